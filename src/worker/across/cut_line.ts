// One line that a container runtime cut in pieces, put together again: its text, and which record has which part of it.
import { BATCH_PAD_BYTES } from '../../core/batch.ts'
import { LIMITS } from '../../core/limits.ts'
import type { OpenLine } from '../types.ts'

/** Who has a piece of the line: a record of the batch by where it begins, or one of these. */
export const Owner = {
  /** A batch before this one. */
  gone: -1,
  /** A batch behind this one. */
  next: -2,
} as const

export interface Piece {
  /** Start of its record, or an Owner. */
  readonly record: number
  /** The leaf that holds it, by where its encoding begins. */
  readonly head: number
  /** Offset of the piece in the decoded text of the leaf. */
  readonly offset: number
  /** Its range in the text of the line. */
  readonly from: number
  readonly to: number
}

export class CutLine {
  readonly stream: string
  readonly path: string
  readonly id: string
  service: string
  pieces: Piece[] = []
  bytes = new Uint8Array(4096)
  used = 0
  touched_ms: number
  /** Where the pieces of this batch end in the text. */
  ownEnd = 0
  /** Its last piece is here in part only. */
  isCutOff = false
  /** Its end is known, in this batch or in one behind it. */
  hasEnded = false
  /** The end of its part in an earlier batch was masked, since nobody knew how it goes on. */
  readonly isMasked: boolean
  /** As it came, while no record of this batch has added to it. */
  readonly carried: OpenLine | undefined

  constructor(stream: string, path: string, id: string, service: string, now_ms: number, carried?: OpenLine) {
    this.stream = stream
    this.path = path
    this.id = id
    this.service = service
    this.touched_ms = now_ms
    this.carried = carried
    this.isMasked = carried?.isMasked ?? false
    if (carried) {
      this.add(Owner.gone, -1, 0, carried.tail, 0, carried.tail.length)
      this.ownEnd = this.used
    }
  }

  get hasOwn(): boolean {
    return this.pieces.some(({ record }) => record >= 0)
  }

  /** True while more of what follows would help to see what goes over the end of this batch's part. */
  get isWanting(): boolean {
    return !this.hasEnded && this.hasOwn && this.used - this.ownEnd < LIMITS.cut_window_bytes
  }

  add(record: number, head: number, offset: number, source: Uint8Array, start: number, end: number): void {
    const from = this.used
    const to = from + end - start
    if (to + BATCH_PAD_BYTES > this.bytes.length) {
      const bigger = new Uint8Array((to + BATCH_PAD_BYTES) * 2)
      bigger.set(this.bytes.subarray(0, from))
      this.bytes = bigger
    }
    this.bytes.set(source.subarray(start, end), from)
    this.used = to
    this.pieces.push({ record, head, offset, from, to })
    if (record >= 0) this.ownEnd = to
  }

  /** The line without its first part, so that it does not grow for ever. */
  shortened(): CutLine {
    const cut = this.used - LIMITS.cut_window_bytes
    const line = new CutLine(this.stream, this.path, this.id, this.service, this.touched_ms)
    for (const { record, head, offset, from, to } of this.pieces) {
      if (to <= cut) continue
      const start = Math.max(from, cut)
      line.add(record, head, offset + start - from, this.bytes, start, to)
    }
    return line
  }

  /** What the next batch has to know of it. `masked`: the end of this batch's part was masked. */
  open(masked: boolean): OpenLine {
    if (this.carried !== undefined && !this.hasOwn) return this.carried
    const { stream, path, id, touched_ms, ownEnd } = this
    const tail = this.bytes.slice(Math.max(0, ownEnd - LIMITS.cut_window_bytes), ownEnd)
    return { stream, path, id, tail, isMasked: masked, touched_ms }
  }
}
