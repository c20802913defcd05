// The body of a request as a frame, looked at from outside only: what is within is the worker's.
import type { Framed } from '../../net/intake/intake.ts'
import { isMessage } from '../../net/protobuf.ts'
import { skipJson, skipSpace } from '../../wire/transcode/json_skip.ts'

/** Null: it is no request. */
export function frameOf(format: 'otlp' | 'otlp_json', bytes: Uint8Array): Framed | null {
  if (format === 'otlp' && bytes.length === 0) return { format, bytes, ends: new Uint32Array(0) }
  if (!(format === 'otlp' ? isMessage(bytes) : isObject(bytes))) return null
  return { format, bytes, ends: Uint32Array.of(bytes.length) }
}

/** True when it is one JSON object and nothing else. */
function isObject(bytes: Uint8Array): boolean {
  const start = skipSpace(bytes, 0, bytes.length)
  if (bytes[start] !== 0x7b) return false
  const end = skipJson(bytes, start, bytes.length)
  return end > 0 && skipSpace(bytes, end, bytes.length) === bytes.length
}
