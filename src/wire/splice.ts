// Puts edits into bytes whose format has no lengths to mend.
import { BATCH_PAD_BYTES } from '../core/batch.ts'
import { Edits } from '../core/edits.ts'
import type { Spliced } from '../core/wire.ts'

/** A padded buffer of its own, so that it can be transferred. Every byte of it is written, so none is cleared. */
function freshBytes(size: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(size + BATCH_PAD_BYTES)
  const bytes = new Uint8Array(buffer, 0, size)
  new Uint8Array(buffer, size).fill(0)
  return bytes
}

/** The frames with each range replaced; a frame of which nothing is left disappears. */
export function spliceBytes(bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced {
  let size = bytes.length
  for (let i = 0; i < edits.count; i++) size += growth(edits, i)
  const out = freshBytes(size)
  let read = 0
  let written = 0
  for (let i = 0; i < edits.count; i++) {
    out.set(bytes.subarray(read, edits.start[i]), written)
    written += edits.start[i] - read
    out.set(edits.bytes.subarray(edits.from[i], edits.to[i]), written)
    written += edits.to[i] - edits.from[i]
    read = edits.end[i]
  }
  out.set(bytes.subarray(read), written)
  return { bytes: out, ends: movedEnds(ends, edits) }
}

/** The edits by place: what stands behind the records of a frame may have been walked before them. */
export function ascending(edits: Edits): Edits {
  let isAscending = true
  for (let i = 1; i < edits.count && isAscending; i++) isAscending = edits.start[i] >= edits.start[i - 1]
  if (isAscending) return edits
  const order = Array.from({ length: edits.count }, (_, i) => i)
  order.sort((a, b) => edits.start[a] - edits.start[b])
  const out = new Edits()
  for (const i of order) {
    out.add(edits.start[i], edits.end[i], edits.head[i], edits.bytes.subarray(edits.from[i], edits.to[i]))
  }
  return out
}

/** By how many bytes an edit makes the batch longer. */
export function growth(edits: Edits, at: number): number {
  return edits.to[at] - edits.from[at] - (edits.end[at] - edits.start[at])
}

/** Where the frames end after the edits. */
function movedEnds(ends: Uint32Array, edits: Edits): Uint32Array {
  const moved = new Uint32Array(ends.length)
  let frames = 0
  let shift = 0
  let edit = 0
  let last = 0
  for (const end of ends) {
    while (edit < edits.count && edits.start[edit] < end) shift += growth(edits, edit++)
    if (end + shift === last) continue
    last = end + shift
    moved[frames++] = last
  }
  return frames === ends.length ? moved : moved.slice(0, frames)
}
