// The formats, by name.
import type { Format } from '../core/batch.ts'
import type { Wire } from '../core/wire.ts'
import { json } from './json.ts'
import { msgpack } from './msgpack.ts'
import { text } from './text.ts'

export const wires: Readonly<Record<Format, Wire>> = { json, msgpack, text }
