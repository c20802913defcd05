// The walker of msgpack in plain TypeScript: the tests hold the fast one (assembly/msgpack.ts) to it.
import { Kind, type Leaves } from '../../../src/core/leaves.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { ELEMENT, LONG_KEY, type Paths } from '../../../src/core/paths.ts'
import { Step } from '../../../src/core/wire.ts'
import { HEADER, lengthAt, mayHaveDigits, SHAPE, Shape } from '../../../src/wire/msgpack_value.ts'

const STRUCTURE = LIMITS.depth_max + 1

/** Walks the leaves of one value. Use `at` and then the result of `walk`: Step.record or a failure. */
export class PlainMsgpack {
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
        const isReported = isKey ? paths.cleanKeys[paths.key[path]] === 0 : paths.silence[path] !== 2
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
