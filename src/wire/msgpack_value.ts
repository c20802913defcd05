// Msgpack values in place: the shape of one encoding, and a walk over the leaves of one value. It copies nothing.
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { ELEMENT, LONG_KEY, type Paths } from '../core/paths.ts'
import { Step } from '../core/wire.ts'

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

const STRUCTURE = LIMITS.depth_max + 1

/** Walks the leaves of one value. Use `at` and then the result of `walk`: Step.record or a failure. */
export class MsgpackValue {
  /** Where the walked value ends. */
  at = 0
  /** Items left in each open box; in a map keys and values count one each. */
  private readonly left = new Int32Array(STRUCTURE)
  private readonly isMap = new Uint8Array(STRUCTURE)
  private readonly boxes = new Int32Array(STRUCTURE)
  private readonly boxPaths = new Int32Array(STRUCTURE)
  /** Path of the last text key of each open map; -1 before its first. */
  private readonly lastPaths = new Int32Array(STRUCTURE)

  walk(bytes: Uint8Array, start: number, end: number, leaves: Leaves, paths: Paths, root: number): number {
    const { left, isMap, boxes, boxPaths } = this
    let depth = 0
    let at = start
    let path = root
    let member = -1
    left[0] = 1
    isMap[0] = 0
    boxes[0] = -1
    for (;;) {
      while (left[depth] === 0) {
        this.at = at
        if (depth-- === 0) return Step.record
      }
      if (at >= end) return Step.malformed
      // Keys and values take turns, and a value comes last.
      const isKey = isMap[depth] === 1 && (left[depth] & 1) === 0
      if (depth > 0 && (isKey || isMap[depth] === 0)) {
        member = at
        path = boxPaths[depth]
      }
      left[depth]--
      const shape = SHAPE[bytes[at]]
      const content = at + HEADER[bytes[at]]
      if (content > end) return Step.malformed
      if (shape === Shape.text) {
        const stop = content + lengthAt(bytes, at)
        if (stop > end) return Step.malformed
        if (isKey) path = this.keyPath(bytes, content, stop, paths, depth)
        const isReported = isKey
          ? paths.cleanKeys[paths.key[path]] === 0
          : paths.silence[path] !== 2 && !this.isClean(bytes, content, stop, paths, path)
        if (isReported) leaves.add(content, stop, path, isKey ? Kind.key : Kind.text, at, member, boxes[depth])
        at = stop
        continue
      }
      if (isKey) path = paths.child(path, LONG_KEY)
      if (shape === Shape.number) {
        const silence = paths.silence[path]
        const isReported = silence === 0 || (silence === 1 && mayHaveDigits(bytes, at, paths.digitsMin))
        if (isReported) leaves.add(at, content, path, Kind.binary_number, at, member, boxes[depth])
      } else if (shape === Shape.unused) return Step.malformed
      else if (shape !== Shape.scalar) {
        const step = this.open(bytes, at, end, depth + 1, path, paths)
        if (step < 0) return step
        depth++
      }
      at = content
    }
  }

  private isClean(bytes: Uint8Array, start: number, end: number, paths: Paths, path: number): boolean {
    const length = paths.cleanLength[path]
    return length > 0 && length === end - start && paths.cleanAt(path, bytes, start, end) > 0
  }

  private keyPath(bytes: Uint8Array, start: number, stop: number, paths: Paths, depth: number): number {
    const above = this.boxPaths[depth]
    const last = this.lastPaths[depth]
    const guess = last < 0 ? paths.first[above] : paths.next[last]
    let path = guess
    if (guess === 0 || paths.isKeyAt(guess, bytes, start, stop) !== stop - start) {
      path = paths.child(above, paths.keyOf(bytes, start, stop))
      if (last < 0) paths.first[above] = path
      else paths.next[last] = path
    }
    this.lastPaths[depth] = path
    return path
  }

  /** Opens the map or array at `at` as the box of `depth`. */
  private open(bytes: Uint8Array, at: number, end: number, depth: number, path: number, paths: Paths): number {
    if (depth > LIMITS.depth_max) return Step.too_deep
    const isMap = SHAPE[bytes[at]] === Shape.map
    const items = lengthAt(bytes, at) * (isMap ? 2 : 1)
    // Each item takes a byte at least: a count that the rest cannot hold is a lie.
    if (items > end - at - HEADER[bytes[at]]) return Step.malformed
    this.left[depth] = items
    this.isMap[depth] = isMap ? 1 : 0
    this.lastPaths[depth] = -1
    this.boxes[depth] = at
    this.boxPaths[depth] = isMap ? path : paths.child(path, ELEMENT)
    return Step.record
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
