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
      const fixed = FIXED_BYTES[first]
      if (fixed > 0) {
        at += fixed
        left--
      } else if (first <= 0x9f) {
        left += first < 0x90 ? ((first & 0x0f) << 1) - 1 : (first & 0x0f) - 1
        at++
      } else {
        const head = headBytes(first)
        if (first === 0xc1) return BROKEN
        if (at + head > limit) break
        left--
        if (isContainer(first)) left += members(bytes, at)
        else at += contentBytes(bytes, at)
        at += head
        if (at - start + left > this.bytes_max) return TOO_LARGE
      }
    }
    this.at = at - start
    this.left = left
    if (this.at + left > this.bytes_max) return TOO_LARGE
    return left > 0 ? SHORT : at
  }
}
