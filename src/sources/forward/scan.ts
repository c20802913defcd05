// Finds where requests end in a stream of msgpack, each byte looked at once however the stream was cut into reads.
// Never allocates by a length that the peer declares, and never decodes.
//
//   Connection ::= Request*                      no framing around them
//   Request    ::= nil | [ Tag, Any, Any?, Any? ]
//
// Containers are not nested calls but a count of the values that are still to come: depth costs nothing here, and a
// record that is nested too deep gets as far as the worker, which fails it closed.
import {
  BROKEN,
  contentBytes,
  FIXED_BYTES,
  headBytes,
  isArray,
  isContainer,
  members,
  SHORT,
} from '../../net/msgpack.ts'

/** The request is larger than allowed, or declares that it will be. */
export const TOO_LARGE = -3

/** Bytes to go on by after this first byte: whole values, and the heads of fixmap and fixarray; 0: a length follows. */
const STEP = FIXED_BYTES.slice().fill(1, 0x80, 0xa0)
const MORE = moreByFirst()

export class RequestScan {
  /** Elements of the request; 0 for nil, -1 before it is known. */
  count = -1
  /** Offset of each element from the start of the request; behind the last one, its end. */
  readonly starts = [0, 0, 0, 0, 0]
  private element = 0
  private left = 1
  private at = 0
  private readonly bytes_max: number

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }

  /** Bytes that the request has at least, as far as it was seen. */
  get expected(): number {
    return this.at + this.left
  }

  /** Must be called before each request. */
  reset(): void {
    this.count = -1
    this.element = 0
    this.left = 1
    this.at = 0
  }

  /** Goes on in the request at `start`: its end, SHORT (come again with more), BROKEN or TOO_LARGE. */
  next(bytes: Uint8Array, start: number, limit: number): number {
    if (this.count < 0) {
      const begun = this.begin(bytes, start, limit)
      if (begun < 0) return begun
    }
    for (; this.element < this.count; this.element++) {
      const at = this.skip(bytes, start, limit)
      if (at < 0) return at
      this.left = 1
      this.starts[this.element + 1] = at - start
    }
    if (this.at > this.bytes_max) return TOO_LARGE
    const end = start + this.at
    return end > limit ? SHORT : end
  }

  private begin(bytes: Uint8Array, start: number, limit: number): number {
    if (start >= limit) return SHORT
    const first = bytes[start]
    if (first === 0xc0) {
      this.count = 0
      this.at = 1
      return 1
    }
    if (!isArray(first)) return BROKEN
    const head = headBytes(first)
    if (start + head > limit) return SHORT
    const count = members(bytes, start)
    if (count < 2 || count > 4) return BROKEN
    this.count = count
    this.starts[0] = head
    this.at = head
    return head
  }

  /** The end of the element, which may lie behind `limit`; or a negative code, with everything kept for next time. */
  private skip(bytes: Uint8Array, start: number, limit: number): number {
    let at = start + this.at
    let left = this.left
    while (left > 0 && at < limit) {
      const first = bytes[at]
      const step = STEP[first]
      if (step > 0) {
        at += step
        left += MORE[first]
        continue
      }
      if (first === 0xd9 && at + 1 < limit) {
        at += 2 + bytes[at + 1]
        left--
        continue
      }
      if (first === 0xc1) return BROKEN
      const head = headBytes(first)
      if (at + head > limit) break
      const size = isContainer(first) ? members(bytes, at) : contentBytes(bytes, at)
      // Asked before it is added, so that the numbers of this loop stay small integers.
      if (size > this.bytes_max) return TOO_LARGE
      left--
      if (isContainer(first)) left += size
      else at += size
      at += head
      if (at - start + left > this.bytes_max) return TOO_LARGE
    }
    this.at = at - start
    this.left = left
    if (this.at + left > this.bytes_max) return TOO_LARGE
    return left > 0 ? SHORT : at
  }
}

/** How many values more are to come after a value that begins with this byte: its members, less itself. */
function moreByFirst(): Int8Array {
  const table = new Int8Array(256).fill(-1)
  for (let count = 0; count < 16; count++) {
    table[0x80 + count] = count * 2 - 1
    table[0x90 + count] = count - 1
  }
  return table
}
