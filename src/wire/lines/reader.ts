// Brings bytes of a file or a pipe to batches of JSON frames, and says how far each of them reaches. It reads nothing
// by itself.
import type { Batch } from '../../core/batch.ts'
import { LineCutter } from './cutter.ts'
import { LineFrames, type LinesFormat, type Unreadable } from './frames.ts'
import { type Joining, LineJoiner } from './joiner.ts'

const LF = 0x0a

export interface LinesOptions {
  /** Of the batches. */
  readonly origin: string
  readonly format: LinesFormat
  /** A longer line is not kept: a record that says so stands for it. The same holds for records of several lines. */
  readonly line_bytes_max: number
  /** Members that are put in front of every record, each with a comma behind it. */
  readonly members: Buffer
  readonly joining?: Joining
}

export interface TakenLines {
  /** Null: there were only empty lines. */
  readonly batch: Batch | null
  /** All before `upTo` is in this batch or in an earlier one, by offsets in the stream; before `from` in those. */
  readonly from: number
  readonly upTo: number
  /** It holds what lies between the two, and nothing else. */
  readonly isExact: boolean
}

export class LineReader {
  /** Lines that could not be looked into, by why. */
  readonly unreadable: Record<Unreadable, number> = { line_too_long: 0, binary: 0 }
  private readonly options: LinesOptions
  private readonly cutter: LineCutter
  private readonly frames: LineFrames
  private readonly joiner: LineJoiner | null
  private taken: number
  private now_ms = 0
  /** There is a zero byte in what came since the last line was whole. */
  private hasHole = false

  /** `position`: offset in the stream of the first byte that it will be given. */
  constructor(options: LinesOptions, position: number) {
    const { joining, format, line_bytes_max, members } = options
    this.options = options
    this.taken = position
    this.frames = new LineFrames(members)
    this.joiner = joining === undefined ? null : new LineJoiner(joining, format, line_bytes_max, this.frames)
    this.cutter = new LineCutter(position, line_bytes_max, this)
  }

  push(chunk: Buffer, now_ms: number): void {
    this.now_ms = now_ms
    // Asked once, for few logs have one.
    this.hasHole ||= chunk.includes(0)
    const begun = this.cutter.lineStart
    this.cutter.push(chunk)
    if (this.cutter.lineStart !== begun) this.hasHole = this.hasHole && chunk.includes(0, chunk.lastIndexOf(LF) + 1)
  }

  /** Ends records of several lines whose time is over. */
  expire(now_ms: number): void {
    this.joiner?.expire(now_ms)
  }

  /** There is no more to come: what has no end yet has one now. */
  end(): void {
    this.cutter.end()
    this.joiner?.flushAll()
  }

  /** What is whole by now; null when nothing has come since the last time. */
  take(): TakenLines | null {
    const { lineStart } = this.cutter
    const upTo = this.joiner === null ? lineStart : this.joiner.heldFrom(lineStart)
    const batch = this.frames.take(this.options.origin)
    const { taken: from } = this
    if (batch === null && upTo === from) return null
    this.taken = upTo
    return { batch, from, upTo, isExact: this.joiner?.keptOrder() ?? true }
  }

  line(bytes: Buffer, start: number, end: number, from: number): void {
    // A writer that did not see its file being emptied leaves a hole in front.
    if (this.hasHole) while (start < end && bytes[start] === 0) start++
    if (from === 0) start += bomBytes(bytes, start, end)
    if (start === end) return
    if (this.hasHole && bytes.subarray(start, end).includes(0)) this.refuse('binary', end - start)
    else if (this.joiner !== null) this.joiner.add(bytes, start, end, from, this.now_ms)
    else this.frames.add(bytes, start, end, this.options.format)
  }

  longLine(size: number): void {
    this.refuse('line_too_long', size)
  }

  private refuse(reason: Unreadable, size: number): void {
    this.unreadable[reason]++
    this.joiner?.flushAll()
    this.frames.addUnreadable(reason, size)
  }
}

/** Windows tools put a byte order mark at the front of a file. */
function bomBytes(bytes: Buffer, start: number, end: number): number {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? 3 : 0
}
