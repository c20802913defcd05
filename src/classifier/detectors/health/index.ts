// Health: numbers of patients, providers and medicines, and what is said of them, one line a kind.
import type { Detector } from '../../../core/detector.ts'
import { patients } from './patients.ts'
import { providers } from './providers.ts'
import { records } from './records.ts'

export const health: readonly Detector[] = [...patients, ...providers, ...records]
