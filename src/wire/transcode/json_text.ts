// The text of a JSON string, its escapes resolved.
import { hexValue, seen } from './json_skip.ts'

let scratch = new Uint8Array(1024)
/** Where `jsonText` left its text, until it is called again. */
export const text: { bytes: Uint8Array; start: number; end: number } = { bytes: scratch, start: 0, end: 0 }

/** Leaves the text of the string that was skipped last in `text`: in place when it has no escape. */
export function jsonText(bytes: Uint8Array, start: number, end: number): void {
  text.bytes = bytes
  text.start = start
  text.end = end
  if (!seen.escape) return
  const first = bytes.indexOf(0x5c, start) - start
  if (scratch.length < end - start) scratch = new Uint8Array((end - start) * 2)
  scratch.set(bytes.subarray(start, start + first))
  let used = first
  let at = start + first
  while (at < end) {
    if (bytes[at] !== 0x5c) {
      scratch[used++] = bytes[at++]
    } else if (bytes[at + 1] !== 0x75) {
      scratch[used++] = plain(bytes[at + 1])
      at += 2
    } else {
      let point = codeUnit(bytes, at + 2)
      at += 6
      if (point >= 0xd800 && point < 0xdc00 && at + 6 <= end && bytes[at] === 0x5c && bytes[at + 1] === 0x75) {
        const low = codeUnit(bytes, at + 2)
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
          at += 6
        }
      }
      used = putUtf8(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, used)
    }
  }
  text.bytes = scratch
  text.start = 0
  text.end = used
}

function plain(letter: number): number {
  switch (letter) {
    case 0x62:
      return 0x08
    case 0x66:
      return 0x0c
    case 0x6e:
      return 0x0a
    case 0x72:
      return 0x0d
    case 0x74:
      return 0x09
    default:
      return letter
  }
}

function codeUnit(bytes: Uint8Array, at: number): number {
  let unit = 0
  for (let digit = 0; digit < 4; digit++) unit = (unit << 4) | hexValue(bytes[at + digit])
  return unit
}

function putUtf8(point: number, used: number): number {
  if (point < 0x80) {
    scratch[used++] = point
    return used
  }
  if (point >= 0x10000) {
    scratch[used++] = 0xf0 | (point >> 18)
    scratch[used++] = 0x80 | ((point >> 12) & 63)
  } else if (point >= 0x800) scratch[used++] = 0xe0 | (point >> 12)
  else {
    scratch[used++] = 0xc0 | (point >> 6)
    scratch[used++] = 0x80 | (point & 63)
    return used
  }
  scratch[used++] = 0x80 | ((point >> 6) & 63)
  scratch[used++] = 0x80 | (point & 63)
  return used
}
