// Puts edits into forward frames and mends every length around them: of the str, bin or ext that was edited, of the
// map or array that lost members, and of the bin32 that holds the frame's events. A header keeps its width while the
// new length fits.
import { Edits } from '../core/edits.ts'
import type { Spliced } from '../core/wire.ts'
import { eventsHeader } from './msgpack_frame.ts'
import { HEADER, lengthAt, uint32 } from './msgpack_value.ts'
import { growth, spliceBytes } from './splice.ts'

export function spliceMsgpack(bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced {
  if (edits.count === 0) return spliceBytes(bytes, ends, edits)
  const mended = new Edits()
  mendLengths(bytes, edits, mended)
  mendBoxes(bytes, edits.boxes, mended)
  mendFrames(bytes, ends, sorted(mended), mended)
  return spliceBytes(bytes, ends, sorted(mended))
}

/** Copies the edits; before those of one leaf goes the leaf's new header. */
function mendLengths(bytes: Uint8Array, edits: Edits, mended: Edits): void {
  let at = 0
  while (at < edits.count) {
    const head = edits.head[at]
    let last = at + 1
    if (head >= 0) {
      let length = lengthAt(bytes, head) + growth(edits, at)
      while (last < edits.count && edits.head[last] === head) length += growth(edits, last++)
      mended.add(head, head + HEADER[bytes[head]], -1, textHeader(bytes, head, length))
    }
    for (; at < last; at++) {
      mended.add(edits.start[at], edits.end[at], -1, edits.bytes.subarray(edits.from[at], edits.to[at]))
    }
  }
}

/** A header of the same family as the one at `head`, for `length` bytes of content. */
function textHeader(bytes: Uint8Array, head: number, length: number): Uint8Array {
  const first = bytes[head]
  const isExt = (first >= 0xc7 && first <= 0xc9) || (first >= 0xd4 && first <= 0xd8)
  if (first >= 0xa0 && first <= 0xbf && length < 32) return Uint8Array.of(0xa0 | length)
  const first8 = isExt ? 0xc7 : first >= 0xc4 && first <= 0xc6 ? 0xc4 : 0xd9
  const wasWidth = HEADER[first] - (isExt ? 2 : 1)
  const width = Math.max(wasWidth, length < 256 ? 1 : length < 65536 ? 2 : 4)
  const header = new Uint8Array(1 + width + (isExt ? 1 : 0))
  header[0] = first8 + (width === 1 ? 0 : width === 2 ? 1 : 2)
  for (let i = 0; i < width; i++) header[width - i] = (length / 2 ** (8 * i)) & 255
  if (isExt) header[1 + width] = bytes[head + HEADER[first] - 1]
  return header
}

/** Lowers the counts of maps and arrays that lost members. The new count always fits the old width. */
function mendBoxes(bytes: Uint8Array, boxes: readonly number[], mended: Edits): void {
  const lost = new Map<number, number>()
  for (const box of boxes) lost.set(box, (lost.get(box) ?? 0) + 1)
  for (const [box, count] of lost) {
    const header = bytes.slice(box, box + HEADER[bytes[box]])
    const left = lengthAt(bytes, box) - count
    if (header.length === 1) header[0] = (header[0] & 0xf0) | left
    for (let i = 1; i < header.length; i++) header[header.length - i] = (left / 2 ** (8 * (i - 1))) & 255
    mended.add(box, box + header.length, -1, header)
  }
}

/** Sets the length of each frame's events to what the edits leave of it. */
function mendFrames(bytes: Uint8Array, ends: Uint32Array, edits: Edits, mended: Edits): void {
  const count = edits.count
  let start = 0
  let at = 0
  for (const end of ends) {
    const header = eventsHeader(bytes, start, end)
    const eventsEnd = header < 0 ? end : header + 5 + uint32(bytes, header + 1)
    let change = 0
    let whole = header < 0
    for (; at < count && edits.start[at] < end; at++) {
      if (edits.start[at] === start && edits.end[at] === end) whole = true
      if (edits.start[at] >= header + 5 && edits.start[at] < eventsEnd) change += growth(edits, at)
    }
    if (!whole && change !== 0) {
      const length = uint32(bytes, header + 1) + change
      mended.add(
        header + 1,
        header + 5,
        -1,
        Uint8Array.of(length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255),
      )
    }
    start = end
  }
}

/** The edits by place, without those that lie inside a removed range. */
function sorted(edits: Edits): Edits {
  const order = Array.from({ length: edits.count }, (_, i) => i)
  order.sort((a, b) => edits.start[a] - edits.start[b] || edits.end[b] - edits.end[a])
  const out = new Edits()
  let covered = 0
  for (const i of order) {
    if (edits.start[i] < covered) continue
    covered = edits.end[i]
    out.add(edits.start[i], edits.end[i], -1, edits.bytes.subarray(edits.from[i], edits.to[i]))
  }
  return out
}

/** A str encoding of the text, in the smallest form. */
export function encodeStr(text: Uint8Array): Uint8Array {
  const header = text.length < 32 ? Uint8Array.of(0xa0 | text.length) : textHeader(Uint8Array.of(0xd9), 0, text.length)
  const out = new Uint8Array(header.length + text.length)
  out.set(header)
  out.set(text, header.length)
  return out
}
