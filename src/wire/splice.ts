// Puts edits into bytes whose format has no lengths to mend.
import { BATCH_PAD_BYTES } from '../core/batch.ts'
import type { Edits } from '../core/edits.ts'
import type { Spliced } from '../core/wire.ts'

/** A padded buffer that can be transferred. */
function freshBytes(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
}

/** The frames with each range replaced; a frame of which nothing is left disappears. */
export function spliceBytes(bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced {
  let size = bytes.length
  for (let i = 0; i < edits.count; i++) size += edits.to[i] - edits.from[i] - (edits.end[i] - edits.start[i])
  const out = freshBytes(size)
  const outEnds = new Uint32Array(ends.length)
  let frames = 0
  let read = 0
  let written = 0
  let edit = 0
  for (let frame = 0; frame < ends.length; frame++) {
    const before = written
    while (edit < edits.count && edits.start[edit] < ends[frame]) {
      out.set(bytes.subarray(read, edits.start[edit]), written)
      written += edits.start[edit] - read
      out.set(edits.bytes.subarray(edits.from[edit], edits.to[edit]), written)
      written += edits.to[edit] - edits.from[edit]
      read = edits.end[edit++]
    }
    const unread = ends[frame] - read
    if (unread > 0) {
      out.set(bytes.subarray(read, ends[frame]), written)
      written += unread
      read = ends[frame]
    }
    if (written > before) outEnds[frames++] = written
  }
  return { bytes: out, ends: frames === ends.length ? outEnds : outEnds.slice(0, frames) }
}
