// The member names that mean something in forward metadata, options and group markers, as small numbers.
import { HEADER, lengthAt } from '../msgpack_value.ts'
import { isStr } from './msgpack_values.ts'

export const KNOWN = {
  other: -1,
  otlp: 0,
  timestamp: 1,
  observed_timestamp: 2,
  severity_text: 3,
  severity_number: 4,
  event_name: 5,
  trace_id: 6,
  span_id: 7,
  trace_flags: 8,
  dropped_attributes_count: 9,
  attributes: 10,
  resource: 11,
  scope: 12,
  schema_url: 13,
  metadata: 14,
  chunk: 15,
  size: 16,
  compressed: 17,
  fluent_signal: 18,
  eventEntryDataSize: 19,
} as const

const NAMES = Object.entries(KNOWN)
  .filter(([, id]) => id >= 0)
  .map(([name, id]) => ({ id, bytes: new TextEncoder().encode(name) }))

/** Number of the key at `at`, or `KNOWN.other`. */
export function nameOf(bytes: Uint8Array, at: number): number {
  if (!isStr(bytes[at])) return KNOWN.other
  const start = at + HEADER[bytes[at]]
  const length = lengthAt(bytes, at)
  for (const name of NAMES) {
    if (name.bytes.length === length && same(bytes, start, name.bytes)) return name.id
  }
  return KNOWN.other
}

function same(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false
  return true
}
