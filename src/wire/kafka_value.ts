// What the first bytes of a value say: its format, when nobody has said it, and the id of a schema in front of it.
//
//   Confluent ::= 00 u32(schema) payload | 01 GUID(16 bytes) payload
//   Glue      ::= 03 u8(0: not compressed, 5: zlib) UUID(16 bytes) payload
import type { ValueFormat } from './kafka_frame.ts'
import { isPlainText } from './plain_text.ts'

const OBJECT = 0x7b
const ARRAY = 0x5b
/** The tag of an ExportLogsServiceRequest's first field. */
const RESOURCE_LOGS = 0x0a

/** A guess; `json` may still be text. */
export function guessFormat(bytes: Uint8Array, start: number, end: number): Exclude<ValueFormat, 'auto'> {
  let at = start
  while (at < end && (bytes[at] === 0x20 || (bytes[at] >= 9 && bytes[at] <= 13))) at++
  const first = bytes[at]
  if (at === end || first === OBJECT || first === ARRAY) return 'json'
  if (isPlainText(bytes, start, end)) return 'text'
  const byte = bytes[start]
  if ((byte >= 0x80 && byte <= 0x8f) || byte === 0xde || byte === 0xdf) return 'msgpack'
  return byte === RESOURCE_LOGS ? 'otlp' : 'opaque'
}

/** Bytes of the schema's id in front of a value; 0 when there is none. `value` does not begin with such a byte else. */
export function schemaPrefix(value: Uint8Array): number {
  const first = value[0]
  if (first === 0x00 && value.length >= 5) return 5
  if (first === 0x01 && value.length >= 17) return 17
  if (first === 0x03 && value.length >= 18 && value[1] === 0) return 18
  return 0
}
