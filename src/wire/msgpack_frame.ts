// The envelope of a forward chunk in its packed form: `[ Tag, bin32 Event*, Options? ]`.
import { HEADER, lengthAt, SHAPE, Shape, uint32 } from './msgpack_value.ts'

export const BIN32 = 0xc6

/** Offset of the bin32 header in the frame at `start`, or -1 when the frame is not one of ours. */
export function eventsHeader(bytes: Uint8Array, start: number, end: number): number {
  if (start + 2 > end || (bytes[start] !== 0x92 && bytes[start] !== 0x93)) return -1
  const tag = start + 1
  if (SHAPE[bytes[tag]] !== Shape.text || tag + HEADER[bytes[tag]] > end) return -1
  const events = tag + HEADER[bytes[tag]] + lengthAt(bytes, tag)
  if (events + 5 > end || bytes[events] !== BIN32) return -1
  return events + 5 + uint32(bytes, events + 1) > end ? -1 : events
}
