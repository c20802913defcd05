// Reads and writes the few small msgpack values of a protocol itself (handshake, options, acks), and finds where any
// value ends. Strings stay raw bytes. Never builds objects from records.
//
// Grammar: https://github.com/msgpack/msgpack/blob/master/spec.md
//   00-7f fixint | 80-8f fixmap | 90-9f fixarray | a0-bf fixstr | c0 nil | c1 never | c2 c3 bool | c4-c6 bin 8/16/32
//   c7-c9 ext 8/16/32 | ca cb float | cc-cf uint | d0-d3 int | d4-d8 fixext 1..16 | d9-db str | dc dd array | de df map
//   e0-ff negative fixint

/** Bytes of a value by its first byte, when that byte alone decides; 0 for the rest. */
export const FIXED_BYTES = fixedBytes()

/** The bytes end before the value does. */
export const SHORT = -1
/** The bytes are no msgpack. */
export const BROKEN = -2

/**
 * Where the value at `at` ends, SHORT or BROKEN. Nesting costs nothing here: open containers are one number, the
 * count of values still to come.
 */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let left = 1
  while (left > 0) {
    if (at >= end) return SHORT
    const first = bytes[at]
    const fixed = FIXED_BYTES[first]
    left--
    if (fixed > 0) {
      at += fixed
      continue
    }
    // A short text and a small map are nearly all that records have besides.
    if (first === 0xd9 && at + 1 < end) {
      at += 2 + bytes[at + 1]
      continue
    }
    if (first <= 0x8f) {
      left += (first & 0x0f) << 1
      if (left > end - ++at) return SHORT
      continue
    }
    if (first === 0xc1) return BROKEN
    const head = headBytes(first)
    if (at + head > end) return SHORT
    if (isContainer(first)) left += members(bytes, at)
    else at += contentBytes(bytes, at)
    at += head
    // Each value still to come has at least one byte, so absurd counts end here.
    if (left > end - at) return SHORT
  }
  return at > end ? SHORT : at
}

export function isArray(first: number): boolean {
  return (first & 0xf0) === 0x90 || first === 0xdc || first === 0xdd
}

export function isMap(first: number): boolean {
  return (first & 0xf0) === 0x80 || first === 0xde || first === 0xdf
}

export function isStr(first: number): boolean {
  return (first & 0xe0) === 0xa0 || (first >= 0xd9 && first <= 0xdb)
}

export function isBin(first: number): boolean {
  return first >= 0xc4 && first <= 0xc6
}

export function isContainer(first: number): boolean {
  return (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf)
}

/** Bytes from the first byte to the content or to the first member. */
export function headBytes(first: number): number {
  if (first >= 0x80 && first <= 0xbf) return 1
  if (first === 0xc4 || first === 0xd9) return 2
  if (first === 0xc5 || first === 0xda || first === 0xc7 || first === 0xdc || first === 0xde) return 3
  if (first === 0xc8) return 4
  if (first === 0xc6 || first === 0xdb || first === 0xdd || first === 0xdf) return 5
  if (first === 0xc9) return 6
  return 1
}

/** Values inside the container at `at`: a pair of a map counts twice. Its head must lie in `bytes`. */
export function members(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first <= 0x8f) return (first & 0x0f) * 2
  if (first <= 0x9f) return first & 0x0f
  const count = first === 0xdc || first === 0xde ? u16(bytes, at + 1) : u32(bytes, at + 1)
  return first >= 0xde ? count * 2 : count
}

/** Content bytes of the str, bin or ext at `at`, which has a length of its own. Its head must lie in `bytes`. */
export function contentBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first <= 0xbf) return first & 0x1f
  if (first === 0xc4 || first === 0xc7 || first === 0xd9) return bytes[at + 1]
  if (first === 0xc5 || first === 0xc8 || first === 0xda) return u16(bytes, at + 1)
  return u32(bytes, at + 1)
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

export function u32(bytes: Uint8Array, at: number): number {
  return bytes[at] * 0x1000000 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3])
}

/** Content of the str or bin at `at`, as a view; null when it is neither. The value must be whole. */
export function rawText(bytes: Uint8Array, at: number): Uint8Array | null {
  const first = bytes[at]
  if (!isStr(first) && !isBin(first)) return null
  const start = at + headBytes(first)
  return bytes.subarray(start, start + contentBytes(bytes, at))
}

/** A str value. */
export function strValue(text: string | Uint8Array): Buffer {
  const content = Buffer.from(text)
  if (content.length < 32) return Buffer.concat([Buffer.of(0xa0 | content.length), content])
  if (content.length < 0x100) return Buffer.concat([Buffer.of(0xd9, content.length), content])
  if (content.length < 0x10000) return Buffer.concat([Buffer.of(0xda, content.length >> 8, content.length), content])
  const head = Buffer.alloc(5, 0xdb)
  head.writeUInt32BE(content.length, 1)
  return Buffer.concat([head, content])
}

/** A bin value of at most 255 bytes. */
export function binValue(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc4, content.length), content])
}

function fixedBytes(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(1, 0x00, 0x80)
  for (let length = 0; length < 32; length++) table[0xa0 + length] = 1 + length
  table.fill(1, 0xe0)
  for (const first of [0xc0, 0xc2, 0xc3]) table[first] = 1
  for (const [first, size] of [
    [0xca, 5],
    [0xcb, 9],
    [0xcc, 2],
    [0xcd, 3],
    [0xce, 5],
    [0xcf, 9],
  ])
    table[first] = size
  for (const [first, size] of [
    [0xd0, 2],
    [0xd1, 3],
    [0xd2, 5],
    [0xd3, 9],
  ])
    table[first] = size
  for (const [first, size] of [
    [0xd4, 3],
    [0xd5, 4],
    [0xd6, 6],
    [0xd7, 10],
    [0xd8, 18],
  ])
    table[first] = size
  return table
}
