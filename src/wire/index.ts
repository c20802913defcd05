// The formats, by name.
import type { Format } from '../core/batch.ts'
import type { Wire } from '../core/wire.ts'
import { json } from './json.ts'
import { kafka } from './kafka.ts'
import { msgpack } from './msgpack.ts'
import { otlp } from './otlp.ts'
import { otlpJson } from './otlp_json.ts'
import { text } from './text.ts'

export const wires: Readonly<Record<Format, Wire>> = { json, msgpack, text, otlp, otlp_json: otlpJson, kafka }
