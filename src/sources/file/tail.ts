// One open file: reads on, hands over what is whole, and knows up to where it was delivered. It never says that a byte
// is delivered before the pipeline did, and never reads on over a place at which the file is not what it was.
import { orAborted } from '../../core/abort.ts'
import type { Batch } from '../../core/batch.ts'
import type { SourceSite } from '../../core/component.ts'
import { LIMITS } from '../../core/limits.ts'
import { LineReader, type LinesOptions, type TakenLines } from '../../wire/lines/reader.ts'
import type { Bytes } from './bytes.ts'
import { HEAD_BYTES, type Mark, type Marks, TAIL_BYTES, TRAIL_PLACES } from './marks.ts'

/** `changed`: the file was emptied or replaced. `stuck`: a delivery failed, or the source stops. */
export type Outcome = 'more' | 'end' | 'changed' | 'stuck'

/** What is handed over and not yet settled, in the order of the file. */
interface Flight {
  readonly upTo: number
  readonly tail: Buffer
  isDone: boolean
}

const RETRY_MS = 1_000
const RETRY_MS_MAX = 60_000

export interface TailOptions {
  readonly site: SourceSite
  readonly marks: Marks
  readonly mark: Mark
  readonly bytes: Bytes
  /** What the file begins with, up to HEAD_BYTES. */
  readonly head: Buffer
  /** What stands before the place at which it begins to read. */
  readonly before: Buffer
  readonly lines: LinesOptions
}

export class Tail {
  readonly mark: Mark
  readonly bytes: Bytes
  position: number
  private readonly options: TailOptions
  private reader: LineReader
  private head: Buffer
  private last: Buffer
  private flights: Flight[] = []
  private pending = 0
  private inFlightBytes = 0
  private wake = (): void => {}
  private failures = 0
  private hasFailed = false
  private retryAt_ms = 0
  private lastDelivered: Buffer

  constructor(options: TailOptions) {
    this.options = options
    this.mark = options.mark
    this.bytes = options.bytes
    this.head = options.head
    this.last = options.before
    this.lastDelivered = options.before
    this.position = options.mark.offset
    this.reader = new LineReader(options.lines, this.position)
  }

  /** Nothing is under way. */
  get isSettled(): boolean {
    return this.pending === 0
  }

  /** All that was read is delivered, and so is not the beginning of a line whose end has not come. */
  get isDone(): boolean {
    return this.flights.length === 0 && !this.hasFailed
  }

  /** Reads on until its turn is over. Its caller lends the buffer, and sees to it that there is one turn at a time. */
  async turn(buffer: Buffer, now_ms: () => number, stop: AbortSignal): Promise<Outcome> {
    for (let left = LIMITS.file_turn_bytes; left > 0; ) {
      if (!this.options.site.hasRoom()) await orAborted(this.options.site.room(), stop)
      while (this.inFlightBytes >= LIMITS.file_in_flight_bytes) await this.settledOne()
      if (stop.aborted || !this.isReady(now_ms())) return 'stuck'
      const before = this.last.length
      const size = await this.fill(buffer)
      if (size < 0) return 'changed'
      if (size === before) return 'end'
      const chunk = buffer.subarray(before, size)
      this.learnHead(chunk)
      const windowStart = this.position - before
      this.last = lastOf(buffer, size)
      this.push(chunk, now_ms(), (upTo) => (upTo <= windowStart ? Buffer.alloc(0) : lastOf(buffer, upTo - windowStart)))
      left -= chunk.length
      if (size < buffer.length) return 'end'
    }
    return 'more'
  }

  /** In pieces, where it was counted before a crash: a record that ended at such a place ends there again. */
  private push(chunk: Buffer, now_ms: number, tailAt: (upTo: number) => Buffer): void {
    const begin = this.position
    this.position += chunk.length
    let start = 0
    for (const seam of this.options.site.seams?.(this.mark.id) ?? []) {
      const end = seam - begin
      if (end <= start || end > chunk.length) continue
      this.reader.push(chunk.subarray(start, end), now_ms)
      this.reader.end()
      this.hand(tailAt)
      start = end
    }
    this.reader.push(chunk.subarray(start), now_ms)
    this.hand(tailAt)
  }

  /** Hands over records of several lines whose time is over. */
  expire(now_ms: number): void {
    this.reader.expire(now_ms)
    this.hand((upTo) => this.lastAt(upTo))
  }

  /** Nobody writes to it any more: a line without an end has one now. */
  finish(): void {
    this.reader.end()
    this.hand((upTo) => this.lastAt(upTo))
  }

  private lastAt(upTo: number): Buffer {
    return upTo === this.position ? this.last : Buffer.alloc(0)
  }

  /** Deliveries that failed are begun again, from the last one that did not. False: not yet. */
  private isReady(now_ms: number): boolean {
    if (!this.hasFailed) return true
    if (this.pending > 0) return false
    if (this.retryAt_ms === 0) {
      this.retryAt_ms = now_ms + Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.failures++)
      return false
    }
    if (now_ms < this.retryAt_ms) return false
    this.hasFailed = false
    this.retryAt_ms = 0
    this.flights = []
    this.position = this.mark.offset
    this.last = this.lastDelivered
    this.reader = new LineReader(this.options.lines, this.position)
    return true
  }

  /** Puts what stands before the place, and what follows, into the buffer. -1: another text stands before the place. */
  private async fill(buffer: Buffer): Promise<number> {
    const { last, bytes } = this
    if (bytes.isCompressed) {
      last.copy(buffer)
      return last.length + (await bytes.read(buffer.subarray(last.length), this.position))
    }
    if (this.position === 0) {
      // It may have been emptied since it was recognised, and its lines be in a copy.
      const size = await bytes.read(buffer, 0)
      return buffer.subarray(0, Math.min(size, this.head.length)).equals(this.head) ? size : -1
    }
    // Nothing to compare: behind a line that is longer than a read, for one.
    if (last.length === 0 && (await bytes.size()) < this.position) return -1
    const size = await bytes.read(buffer, this.position - last.length)
    return size >= last.length && buffer.subarray(0, last.length).equals(last) ? size : -1
  }

  /** A file is known by more and more of its first bytes while it grows. */
  private learnHead(chunk: Buffer): void {
    const { mark, options } = this
    const missing = HEAD_BYTES - this.head.length
    const from = this.head.length - this.position
    if (missing > 0 && from >= 0 && from < chunk.length) {
      this.head = Buffer.concat([this.head, chunk.subarray(from, from + missing)])
    }
    if (mark.head_bytes === this.head.length) return
    mark.head_bytes = this.head.length
    mark.head = options.marks.hash(this.head)
  }

  private hand(tailAt: (upTo: number) => Buffer): void {
    const taken = this.reader.take()
    this.tellUnreadable()
    if (taken === null) return
    const flight: Flight = { upTo: taken.upTo, tail: tailAt(taken.upTo), isDone: taken.batch === null }
    this.flights.push(flight)
    if (taken.batch === null) {
      this.advance()
      return
    }
    const { length } = taken.batch.bytes
    this.pending++
    this.inFlightBytes += length
    const settled = (): void => {
      this.pending--
      this.inFlightBytes -= length
      this.wake()
    }
    this.options.site.deliver(this.named(taken, taken.batch)).then(
      () => {
        settled()
        flight.isDone = true
        this.advance()
      },
      () => {
        settled()
        this.hasFailed = true
      },
    )
  }

  private named({ from, upTo, isExact }: TakenLines, batch: Batch): Batch {
    const naming = this.options.site.naming?.() ?? 'none'
    if (!isExact || upTo <= from || naming === 'none') return batch
    return { ...batch, ids: [{ stream: this.mark.id, from, to: upTo }] }
  }

  private settledOne(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
    })
  }

  private advance(): void {
    const { mark, options } = this
    while (this.flights[0]?.isDone) {
      const { upTo, tail } = this.flights.shift() as Flight
      if (mark.tail_bytes > 0) {
        const { offset, tail_bytes } = mark
        mark.trail = [{ offset, tail_bytes, tail: mark.tail }, ...mark.trail].slice(0, TRAIL_PLACES)
      }
      mark.offset = upTo
      mark.tail_bytes = tail.length
      mark.tail = options.marks.hash(tail)
      this.lastDelivered = tail
      this.failures = 0
      options.marks.isChanged = true
    }
  }

  private tellUnreadable(): void {
    const { unreadable } = this.reader
    const { emit } = this.options.site
    const facts = { path: this.mark.path }
    for (; unreadable.line_too_long > 0; unreadable.line_too_long--) {
      emit('warn', 'line_too_long', 'A line over line_bytes_max was replaced by a record that says so', facts)
    }
    for (; unreadable.binary > 0; unreadable.binary--) {
      emit('warn', 'line_binary', 'A line with zero bytes in it was replaced by a record that says so', facts)
    }
  }
}

/** A copy of what stands before `end`. */
function lastOf(buffer: Buffer, end: number): Buffer {
  return Buffer.from(buffer.subarray(Math.max(0, end - TAIL_BYTES), end))
}
