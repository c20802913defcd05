// Events of a frame in the plain form `[time, record]`, which servers before v1.5 read. What that form cannot hold is
// left out: the metadata of `[[time, metadata], record]`, and the markers of groups with their resource and scope.
import { headBytes, isArray, members, skipValue } from '../../net/msgpack.ts'
import { isGroupTime } from '../../wire/msgpack.ts'

export interface Events {
  readonly bytes: Uint8Array
  readonly count: number
}

/** How many events [start, end) holds, or -1 when they are not whole. */
export function countEvents(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let at = start; at < end; count++) {
    at = skipValue(bytes, at, end)
    if (at < 0) return -1
  }
  return count
}

/** The events of [start, end) in the plain form; the same bytes when they are in it. Null when they are not whole. */
export function plainEvents(bytes: Uint8Array, start: number, end: number): Events | null {
  let out: Uint8Array | null = null
  let used = 0
  let count = 0
  // Events that stay as they are form runs, which are copied at once.
  let run = start
  for (let at = start; at < end; ) {
    if (!isArray(bytes[at]) || at + headBytes(bytes[at]) > end || members(bytes, at) !== 2) return null
    const metadata = at + headBytes(bytes[at])
    // `[[EventTime, {}], record]` is what Fluent Bit sends by default: its head is told by four of its bytes.
    const usual = bytes[metadata] === 0x92 && bytes[metadata + 1] === 0xd7 && bytes[metadata + 11] === 0x80
    const body = usual ? metadata + 12 : skipValue(bytes, metadata, end)
    const next = body < 0 ? -1 : skipValue(bytes, body, end)
    if (next < 0) return null
    const wrapped = usual || isArray(bytes[metadata])
    const time = wrapped ? metadata + headBytes(bytes[metadata]) : metadata
    const marker = isMarker(bytes, time)
    if (wrapped || marker) {
      out ??= new Uint8Array(end - start)
      used = copy(bytes, run, at, out, used)
      run = next
      if (!marker) {
        const timeEnd = usual ? time + 10 : skipValue(bytes, time, end)
        if (timeEnd < 0 || timeEnd > body) return null
        out[used++] = 0x92
        used = copy(bytes, time, timeEnd, out, used)
        run = body
      }
    }
    if (!marker) count++
    at = next
  }
  if (out === null) return { bytes: bytes.subarray(start, end), count }
  used = copy(bytes, run, end, out, used)
  return { bytes: out.subarray(0, used), count }
}

function isMarker(bytes: Uint8Array, time: number): boolean {
  if (bytes[time] === 0xd7 && bytes[time + 1] === 0) return isGroupTime(bytes, time + 2)
  return bytes[time] === 0xc7 && bytes[time + 1] === 8 && bytes[time + 2] === 0 && isGroupTime(bytes, time + 3)
}

function copy(bytes: Uint8Array, from: number, to: number, out: Uint8Array, used: number): number {
  // A call into the engine costs more than a few bytes.
  if (to - from > 32) out.set(bytes.subarray(from, to), used)
  else for (let at = from; at < to; at++) out[used + at - from] = bytes[at]
  return used + to - from
}
