// Goes through the members and elements of JSON that is known to be well-formed (transcode/json_skip.ts), one by one.
import { skipJson, skipSpace, skipString } from './transcode/json_skip.ts'

/** The first name of the object at `at`, or the first element of the array there; -1 when it is empty. */
export function firstItem(bytes: Uint8Array, at: number): number {
  const first = skipSpace(bytes, at + 1, bytes.length)
  return bytes[first] === 0x7d || bytes[first] === 0x5d ? -1 : first
}

/** The name or element behind the value that ends at `end`; -1 when that was the last. */
export function nextItem(bytes: Uint8Array, end: number): number {
  const next = skipSpace(bytes, end, bytes.length)
  return bytes[next] === 0x2c ? skipSpace(bytes, next + 1, bytes.length) : -1
}

/** Where the object or array ends whose last value ends at `end`, or that is empty and begins right before `end`. */
export function boxEnd(bytes: Uint8Array, end: number): number {
  return skipSpace(bytes, end, bytes.length) + 1
}

/** Where the value of the member begins whose name is at `name`. */
export function valueAt(bytes: Uint8Array, name: number): number {
  const colon = skipSpace(bytes, skipString(bytes, name, bytes.length), bytes.length)
  return skipSpace(bytes, colon + 1, bytes.length)
}

export function valueEnd(bytes: Uint8Array, value: number): number {
  return skipJson(bytes, value, bytes.length)
}
