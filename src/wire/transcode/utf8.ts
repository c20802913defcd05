// Reads claimed UTF-8 one sequence at a time: how long a good one is, and how much of a bad one is replaced.

/**
 * Length of the well-formed sequence at `at`, or minus the number of bytes that U+FFFD stands for (the maximal subpart
 * of WHATWG's decoder, so that every decoder gives the same text). Table 3-7 of the Unicode Standard.
 */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return -1
  const second = at + 1 < end ? bytes[at + 1] : 0
  if (lead < 0xe0) return isTail(second) ? 2 : -1
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return -1
  if (at + 2 >= end || !isTail(bytes[at + 2])) return -2
  if (lead < 0xf0) return 3
  if (at + 3 >= end || !isTail(bytes[at + 3])) return -3
  return 4
}

export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end) {
    if (bytes[at] < 0x80) {
      at++
      continue
    }
    const length = sequenceLength(bytes, at, end)
    if (length < 0) return false
    at += length
  }
  return true
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
