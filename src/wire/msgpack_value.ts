// Msgpack values in place: the shape of one encoding, and a walk over the leaves of one value. It copies nothing.
import type { Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import { type Walker, walkerOf } from './walker.ts'

/**
 * What the first byte of an encoding says (msgpack spec, "Formats"):
 * fixint 00-7f e0-ff, fixmap 80-8f, fixarray 90-9f, fixstr a0-bf, nil c0, (never used) c1, bool c2 c3, bin c4-c6,
 * ext c7-c9, float ca cb, uint cc-cf, int d0-d3, fixext d4-d8, str d9-db, array dc dd, map de df.
 */
export const Shape = { scalar: 0, text: 1, number: 2, array: 3, map: 4, unused: 5 } as const

/** Shape of each first byte. Text is str, bin and ext: runs of bytes with a length. */
export const SHAPE = new Uint8Array(256)
/** Bytes of the header (first byte and length field; ext: the type too). For numbers: of the whole encoding. */
export const HEADER = new Uint8Array(256).fill(1)

for (let byte = 0; byte < 256; byte++) {
  if (byte <= 0x7f || byte >= 0xe0) SHAPE[byte] = Shape.number
  else if (byte <= 0x8f) SHAPE[byte] = Shape.map
  else if (byte <= 0x9f) SHAPE[byte] = Shape.array
  else if (byte <= 0xbf) SHAPE[byte] = Shape.text
}
for (const [first, shape, headers] of [
  [0xc1, Shape.unused, [1]],
  [0xc4, Shape.text, [2, 3, 5, 3, 4, 6]],
  [0xca, Shape.number, [5, 9, 2, 3, 5, 9, 2, 3, 5, 9]],
  [0xd4, Shape.text, [2, 2, 2, 2, 2, 2, 3, 5]],
  [0xdc, Shape.array, [3, 5]],
  [0xde, Shape.map, [3, 5]],
] as const) {
  headers.forEach((size, i) => {
    SHAPE[first + i] = shape
    HEADER[first + i] = size
  })
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

export function uint32(bytes: Uint8Array, at: number): number {
  return bytes[at] * 0x1000000 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3])
}

/** Content bytes of a text, items of an array, pairs of a map. The header must lie within bounds. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte < 0x90) return byte & 0x0f
  if (byte < 0xa0) return byte & 0x0f
  if (byte < 0xc0) return byte & 0x1f
  switch (byte) {
    case 0xc4:
    case 0xc7:
    case 0xd9:
      return bytes[at + 1]
    case 0xc5:
    case 0xc8:
    case 0xda:
    case 0xdc:
    case 0xde:
      return uint16(bytes, at + 1)
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return 1 << (byte - 0xd4)
    default:
      return uint32(bytes, at + 1)
  }
}

function float64(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at + 1, 8).getFloat64(0)
}

/** False when the number surely has fewer digits than `digits`, told from its encoding alone. */
export function mayHaveDigits(bytes: Uint8Array, at: number, digits: number): boolean {
  const byte = bytes[at]
  if (digits <= 5) return true
  if (byte <= 0x7f || byte >= 0xe0) return false
  switch (byte) {
    case 0xcc:
    case 0xcd:
    case 0xd0:
    case 0xd1:
      return false
    case 0xcb: {
      // Below 2^19 there are six digits at most. A fraction identifies nothing; integers come as doubles too.
      const exponent = ((bytes[at + 1] & 0x7f) << 4) | (bytes[at + 2] >> 4)
      return exponent >= 1023 + 19 && Number.isInteger(float64(bytes, at))
    }
    default:
      return true
  }
}

/** Walks the leaves of one value of the batch. Use `at` and then the result of `walk`: Step.record or a failure. */
export class MsgpackValue {
  /** Where the walked value ends. */
  at = 0
  private paths: Paths | undefined
  private walker!: Walker

  walk(bytes: Uint8Array, start: number, end: number, leaves: Leaves, paths: Paths, root: number): number {
    if (paths !== this.paths) {
      this.paths = paths
      this.walker = walkerOf(paths)
    }
    const step = this.walker.msgpack(bytes, start, end, leaves, root)
    this.at = this.walker.walkedTo
    return step
  }
}

/** Where the value at `at` ends. The bytes were walked before: they are well-formed. */
export function skipMsgpack(bytes: Uint8Array, from: number): number {
  let at = from
  for (let items = 1; items > 0; items--) {
    const shape = SHAPE[bytes[at]]
    const length = shape === Shape.scalar || shape === Shape.number ? 0 : lengthAt(bytes, at)
    at += HEADER[bytes[at]]
    if (shape === Shape.text) at += length
    else if (shape === Shape.array) items += length
    else if (shape === Shape.map) items += 2 * length
  }
  return at
}
