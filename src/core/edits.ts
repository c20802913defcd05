// What is to be changed in a batch: byte ranges and what stands there instead, in ascending order.
import { grownBytes, grownInts } from './growable.ts'

/** Stands as the head of an edit by which a whole record goes. */
export const DROPPED = -2

export class Edits {
  count = 0
  start = new Int32Array(64)
  end = new Int32Array(64)
  /**
   * Where the msgpack str or bin header of the leaf begins whose content is edited, so that its length is mended;
   * -1 when the edit replaces whole encodings (a header included) or when the format has no lengths; or DROPPED.
   */
  head = new Int32Array(64)
  /** The replacement: a range of `bytes`. */
  from = new Int32Array(64)
  to = new Int32Array(64)
  bytes = new Uint8Array(4096)
  bytesUsed = 0
  /** Headers of msgpack maps and arrays that lost members, one entry a member. */
  readonly boxes: number[] = []

  clear(): void {
    this.count = 0
    this.bytesUsed = 0
    this.boxes.length = 0
  }

  /** Replaces [start, end) by `replacement`. */
  add(start: number, end: number, head: number, replacement: Uint8Array): void {
    const at = this.count++
    if (at === this.start.length) this.grow()
    const used = this.bytesUsed + replacement.length
    if (used > this.bytes.length) this.bytes = grownBytes(this.bytes, used)
    this.bytes.set(replacement, this.bytesUsed)
    this.start[at] = start
    this.end[at] = end
    this.head[at] = head
    this.from[at] = this.bytesUsed
    this.to[at] = used
    this.bytesUsed = used
  }

  /** Forgets the edits at and behind `place`: the frame that they belong to goes another way. */
  rewind(place: number): void {
    while (this.count > 0 && this.start[this.count - 1] >= place) this.count--
    while (this.boxes.length > 0 && this.boxes[this.boxes.length - 1] >= place) this.boxes.pop()
  }

  private grow(): void {
    const needed = this.start.length * 2
    this.start = grownInts(this.start, needed)
    this.end = grownInts(this.end, needed)
    this.head = grownInts(this.head, needed)
    this.from = grownInts(this.from, needed)
    this.to = grownInts(this.to, needed)
  }
}
