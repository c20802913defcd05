// People and what they carry: documents, devices, vehicles, places, one line a kind.
import type { Detector } from '../../../core/detector.ts'
import { devices } from './devices.ts'
import { documents } from './documents.ts'
import { life } from './life.ts'
import { vehicles } from './vehicles.ts'

export const personal: readonly Detector[] = [...documents, ...life, ...devices, ...vehicles]
