// Puts edits into OTLP requests and mends the length of each message around them. An edit lies in the text of a field
// (its head is the tag of that field) or takes the place of whole fields; so the way down to it needs no schema: what
// holds an edit and is not its field is a message.
import { BATCH_PAD_BYTES } from '../core/batch.ts'
import type { Edits } from '../core/edits.ts'
import { grownInts } from '../core/growable.ts'
import type { Spliced } from '../core/wire.ts'
import { encodeVarint, field, readField, varintSize } from './protobuf.ts'
import { ascending, growth } from './splice.ts'

/** One batch at a time: the lengths that change, ascending, and what they become. */
class Mending {
  readonly edits: Edits
  private readonly bytes: Uint8Array
  /** The next edit to come by. */
  next = 0
  count = 0
  start = new Int32Array(64)
  end = new Int32Array(64)
  length = new Int32Array(64)

  constructor(bytes: Uint8Array, edits: Edits) {
    this.bytes = bytes
    this.edits = edits
  }

  /** Notes the lengths of the message or frame [start, end) that change; by how much it grows in all. */
  message(start: number, end: number): number {
    const { bytes, edits } = this
    let grown = 0
    for (let at = start; at < end && this.next < edits.count && edits.start[this.next] < end; at = field.end) {
      if (edits.start[this.next] === at) {
        // A whole field, or all that there is, goes or is replaced.
        at = edits.end[this.next]
        grown += growth(edits, this.next++)
        field.end = at
        continue
      }
      if (!readField(bytes, at, end)) throw new Error('an edit lies outside of the fields')
      const after = field.end
      if (edits.start[this.next] < after) grown += this.content(at, field.start, after)
      field.end = after
    }
    return grown
  }

  /** The same for the field at `tag` with the content [start, end), in which an edit lies. */
  private content(tag: number, start: number, end: number): number {
    const { bytes, edits } = this
    const slot = this.count++
    if (slot === this.start.length) this.grow()
    let lengthAt = tag
    while (bytes[lengthAt] >= 0x80) lengthAt++
    this.start[slot] = ++lengthAt
    this.end[slot] = start
    let grown = 0
    if (edits.head[this.next] === tag) {
      while (this.next < edits.count && edits.head[this.next] === tag) grown += growth(edits, this.next++)
    } else grown = this.message(start, end)
    this.length[slot] = end - start + grown
    return grown + varintSize(this.length[slot]) - (start - lengthAt)
  }

  private grow(): void {
    this.start = grownInts(this.start, this.count)
    this.end = grownInts(this.end, this.count)
    this.length = grownInts(this.length, this.count)
  }
}

export function spliceOtlp(bytes: Uint8Array, ends: Uint32Array, planned: Edits): Spliced {
  const edits = ascending(planned)
  const mending = new Mending(bytes, edits)
  const moved: number[] = []
  let start = 0
  let size = 0
  for (const end of ends) {
    const length = end - start + mending.message(start, end)
    size += length
    if (length > 0) moved.push(size)
    start = end
  }
  const { buffer } = Buffer.allocUnsafeSlow(size + BATCH_PAD_BYTES)
  new Uint8Array(buffer, size).fill(0)
  const out = new Uint8Array(buffer, 0, size)
  write(bytes, edits, mending, out)
  return { bytes: out, ends: Uint32Array.from(moved) }
}

/** Copies what stays; edits and new lengths go between, by their place. */
function write(bytes: Uint8Array, edits: Edits, mending: Mending, out: Uint8Array): void {
  let read = 0
  let written = 0
  let mended = 0
  for (let edit = 0; edit <= edits.count; edit++) {
    const place = edit < edits.count ? edits.start[edit] : bytes.length
    for (; mended < mending.count && mending.start[mended] < place; mended++) {
      out.set(bytes.subarray(read, mending.start[mended]), written)
      written += mending.start[mended] - read
      const length = encodeVarint(mending.length[mended])
      out.set(length, written)
      written += length.length
      read = mending.end[mended]
    }
    out.set(bytes.subarray(read, place), written)
    written += place - read
    if (edit === edits.count) return
    out.set(edits.bytes.subarray(edits.from[edit], edits.to[edit]), written)
    written += edits.to[edit] - edits.from[edit]
    read = edits.end[edit]
  }
}
