// Where a msgpack value ends, and that it is whole: what a reader makes sure of before it tells a record.
import { LIMITS } from '../../core/limits.ts'
import { HEADER, lengthAt, SHAPE, Shape } from '../msgpack_value.ts'

/** The walk bounds records; resources and options are nested a little deeper than what they hold. */
const DEPTH_MAX = LIMITS.depth_max * 2
const left = new Float64Array(DEPTH_MAX + 1)

/** End of the value at `at`, or -1 when it is cut off, no msgpack, or nested too deep. */
export function skip(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0
  left[0] = 1
  for (;;) {
    while (left[depth] === 0) {
      if (depth === 0) return at
      depth--
    }
    left[depth]--
    if (at >= end) return -1
    const byte = bytes[at]
    const shape = SHAPE[byte]
    const header = HEADER[byte]
    if (shape === Shape.unused || at + header > end) return -1
    if (shape === Shape.text) {
      at += header + lengthAt(bytes, at)
      if (at > end) return -1
    } else if (shape >= Shape.array) {
      if (depth === DEPTH_MAX) return -1
      left[++depth] = lengthAt(bytes, at) * (shape === Shape.map ? 2 : 1)
      at += header
    } else {
      at += header
    }
  }
}
