// Owns the way to one sink: begins sends in the order given, retries what may be retried, and holds what waits while
// the sink is down, or is replaced by another one. A lane never looks at another lane, so a dead sink holds nobody up
// but itself.
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Sink } from '../core/component.ts'
import { LogveilError, SinkError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import { LIMITS } from '../core/limits.ts'
import { BATCH_OVERHEAD_BYTES } from './gate.ts'

export const BACKOFF_MS_MIN = 100
export const BACKOFF_MS_MAX = 10_000
/** Sends pending at once; the others wait in the lane. */
const SENDS_MAX = 32
/** A sink that is not required gets a batch this often at most; then the batch is dropped and counted. */
const OPTIONAL_ATTEMPTS_MAX = 10
/** While the sink looks down every so many probes try another batch: the oldest may be what it can not take. */
const PROBES_OF_ONE = 4

export interface LaneOptions {
  readonly name: string
  readonly sink: Sink
  readonly required: boolean
  /** Bytes that may wait for a sink that is not required; more are dropped and counted. */
  readonly optional_bytes_max: number
  readonly emit: Emit
  readonly clock: Clock
  /** Brings a batch that waited for an earlier sink into the format that this one wants. */
  transcode?(batch: Batch, format: Batch['format']): Promise<Batch>
}

/** The sink was taken out of the settings while a batch waited for it: who else is to have it is asked anew. */
export class SinkGone extends LogveilError {}

interface Entry {
  batch: Batch
  readonly id: string
  readonly order: number
  /** Never dropped, though the sink is not required. */
  readonly keep: boolean
  readonly records: number
  attempts: number
  due_ms: number
  resolve(isLetGo: boolean): void
  reject(error: Error): void
}

/** Exponential with full jitter: senders that failed together do not come back together. */
export function backoff_ms(failures: number): number {
  return Math.random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures, 20))
}

export class Lane {
  readonly #options: LaneOptions
  readonly #end = new AbortController()
  #sink: Sink
  #terms: Pick<LaneOptions, 'required' | 'optional_bytes_max'>
  /** Of the sends to this sink: it ends before the lane when another sink takes its place. */
  #sends = new AbortController()
  #isHeld = false
  #whenQuiet: () => void = () => {}
  /** Ascending by order. */
  readonly #waiting: Entry[] = []
  readonly #sending = new Set<Entry>()
  #orders = 0
  #held_bytes = 0
  #up = true
  #probing: Entry | null = null
  #probes = 0
  #failure = ''
  #probe_at_ms = 0
  #timer: NodeJS.Timeout | null = null
  #counts = { sent_records: 0, sent_bytes: 0, retries: 0, dropped_batches: 0 }

  constructor(options: LaneOptions) {
    this.#options = options
    this.#sink = options.sink
    this.#terms = options
  }

  get name(): string {
    return this.#options.name
  }

  get required(): boolean {
    return this.#terms.required
  }

  get up(): boolean {
    return this.#up && !this.#isHeld
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Batches that the sink does not have yet. */
  get pending(): number {
    return this.#waiting.length + this.#sending.size
  }

  /** Bytes of those batches. */
  get held_bytes(): number {
    return this.#held_bytes
  }

  get counts(): Readonly<{ sent_records: number; sent_bytes: number; retries: number; dropped_batches: number }> {
    return this.#counts
  }

  /** The format in which the sink wants a batch of this one. */
  formatFor(format: Batch['format']): Batch['format'] {
    const { accepts } = this.#sink
    return accepts.includes(format) ? format : accepts[0]
  }

  /**
   * Resolves when the sink has it for good: with true when nobody there looks at its bytes any more. Rejects when the
   * sink refuses it, when it is dropped, and at the end.
   */
  send(batch: Batch, id: string, keep = this.required, records = batch.ends.length): Promise<boolean> {
    if (this.#end.signal.aborted) return Promise.reject(this.#reason())
    const over = this.#held_bytes + held(batch) > this.#terms.optional_bytes_max
    if (!keep && over && this.#held_bytes > 0) return Promise.reject(this.#dropped(batch, 'its queue is full'))
    this.#held_bytes += held(batch)
    return new Promise<boolean>((resolve, reject) => {
      const order = this.#orders++
      this.#waiting.push({ batch, id, order, keep, records, attempts: 0, due_ms: 0, resolve, reject })
      this.#pump()
    })
  }

  /** Gives up what is pending; every later send is rejected. */
  stop(reason: LogveilError = stopping()): void {
    if (this.#end.signal.aborted) return
    this.#end.abort(reason)
    this.#sends.abort()
    if (this.#timer) clearTimeout(this.#timer)
    for (const entry of this.#sending) this.#enqueue(entry)
    this.#sending.clear()
    for (const entry of this.#waiting.splice(0)) this.#leave(entry, reason)
    this.#whenQuiet()
  }

  /** Begins no more sends, and resolves when none is under way. At the end of `signal` those are given up and wait. */
  async hold(signal: AbortSignal): Promise<void> {
    this.#isHeld = true
    if (this.#timer) clearTimeout(this.#timer)
    const quiet = new Promise<void>((resolve) => {
      this.#whenQuiet = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    if (this.#sending.size > 0 && !signal.aborted) await quiet
    this.#sends.abort()
    for (const entry of this.#sending) this.#enqueue(entry)
    this.#sending.clear()
    this.#probing = null
  }

  /** After `hold`: what waits goes to `sink`, which is believed to be up. */
  resume(sink: Sink): void {
    if (this.#end.signal.aborted) return
    this.#sink = sink
    this.#sends = new AbortController()
    this.#isHeld = false
    this.#up = true
    this.#probes = 0
    for (const entry of this.#waiting) entry.due_ms = 0
    this.#pump()
  }

  /** From now on the sink is waited for, or is not. What waits already keeps its terms. */
  set terms(terms: Pick<LaneOptions, 'required' | 'optional_bytes_max'>) {
    this.#terms = terms
  }

  #reason(): LogveilError {
    return this.#end.signal.reason as LogveilError
  }

  #pump(): void {
    if (this.#end.signal.aborted || this.#isHeld) return
    const now = this.#options.clock.steady_ms()
    if (this.#up) this.#beginDue(now)
    else if (this.#probing) return
    else if (now < this.#probe_at_ms) this.#wakeAt(this.#probe_at_ms, now)
    else {
      this.#probing = this.#nextProbe()
      if (this.#probing) this.#begin(this.#probing)
    }
  }

  #beginDue(now: number): void {
    let next_ms = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.#waiting.length && this.#sending.size < SENDS_MAX; ) {
      const entry = this.#waiting[at]
      if (entry.due_ms <= now) this.#begin(entry)
      else {
        next_ms = Math.min(next_ms, entry.due_ms)
        at++
      }
    }
    if (next_ms !== Number.POSITIVE_INFINITY) this.#wakeAt(next_ms, now)
  }

  // The oldest one, to keep the order. Now and then the one tried least, for one batch must not block the rest;
  // but who can not be reached at all has nothing against a certain batch.
  #nextProbe(): Entry | null {
    if (this.#waiting.length === 0) return null
    if (this.#failure === 'SINK_UNREACHABLE' || this.#probes % PROBES_OF_ONE !== 0) return this.#waiting[0]
    let least = this.#waiting[0]
    for (const entry of this.#waiting) if (entry.attempts < least.attempts) least = entry
    return least
  }

  #begin(entry: Entry): void {
    this.#waiting.splice(this.#waiting.indexOf(entry), 1)
    this.#sending.add(entry)
    if (entry.attempts++ > 0) this.#counts.retries++
    // The answer of a sink that was replaced meanwhile says nothing of a later attempt.
    const { attempts } = entry
    this.#send(entry).then(
      () => entry.attempts === attempts && this.#sent(entry),
      (error: unknown) => entry.attempts === attempts && this.#failed(entry, error),
    )
  }

  // An async function, so that a sink that throws before its promise is treated like one that rejects.
  async #send(entry: Entry): Promise<void> {
    const sink = this.#sink
    const { signal } = this.#sends
    if (this.#options.transcode && !sink.accepts.includes(entry.batch.format)) {
      const batch = await this.#options.transcode(entry.batch, sink.accepts[0])
      if (signal.aborted) throw stopping()
      this.#held_bytes += batch.bytes.length - entry.batch.bytes.length
      entry.batch = batch
    }
    await sink.send(entry.batch, entry.id, signal)
  }

  #sent(entry: Entry): void {
    if (!this.#sending.delete(entry)) return
    if (this.#probing === entry) this.#probing = null
    this.#counts.sent_bytes += entry.batch.bytes.length
    this.#counts.sent_records += entry.records
    if (!this.#up) {
      this.#up = true
      this.#probes = 0
      this.#options.emit('info', 'sink_up', 'The sink takes batches again')
    }
    this.#leave(entry, null)
    if (this.#sending.size === 0) this.#whenQuiet()
    this.#pump()
  }

  #failed(entry: Entry, error: unknown): void {
    if (!this.#sending.delete(entry)) return
    const code = error instanceof LogveilError ? error.code : 'INTERNAL'
    // What a sink did not mean to throw says nothing about the batch: trying again loses nothing.
    const retryable = !(error instanceof SinkError) || error.retryable
    if (!retryable) {
      this.#options.emit('error', 'sink_refused', 'The sink refused a batch for good', { code })
      this.#leave(entry, error)
    } else if (!entry.keep && entry.attempts >= OPTIONAL_ATTEMPTS_MAX) {
      this.#leave(entry, this.#dropped(entry.batch, 'the sink failed too often'))
    } else {
      const asked_ms = (error instanceof SinkError && error.retry_after_ms) || 0
      this.#postpone(entry, code, Math.min(asked_ms, LIMITS.retry_after_ms_max))
    }
    if (this.#probing === entry) this.#probing = null
    if (this.#sending.size === 0) this.#whenQuiet()
    this.#pump()
  }

  #postpone(entry: Entry, code: string, asked_ms: number): void {
    const now = this.#options.clock.steady_ms()
    entry.due_ms = now + Math.max(asked_ms, backoff_ms(entry.attempts - 1))
    this.#enqueue(entry)
    if (this.#up) {
      this.#up = false
      this.#options.emit('warn', 'sink_down', 'A send failed; the sink is tried again with backoff', { code })
    } else if (entry !== this.#probing) {
      // It was begun before the sink went down, and says nothing new, but perhaps a later time.
      this.#probe_at_ms = Math.max(this.#probe_at_ms, now + asked_ms)
      return
    }
    this.#failure = code
    this.#probe_at_ms = now + Math.max(asked_ms, backoff_ms(this.#probes++))
  }

  #enqueue(entry: Entry): void {
    let at = this.#waiting.length
    while (at > 0 && this.#waiting[at - 1].order > entry.order) at--
    this.#waiting.splice(at, 0, entry)
  }

  #leave(entry: Entry, error: unknown): void {
    this.#held_bytes -= held(entry.batch)
    // What an attempt that was given up still writes, only the collector knows.
    if (error === null) entry.resolve(entry.attempts === 1 && this.#sink.lets_go === true)
    else entry.reject(error instanceof Error ? error : new LogveilError('INTERNAL', 'a sink rejected without an error'))
  }

  #dropped(batch: Batch, why: string): LogveilError {
    this.#counts.dropped_batches++
    const facts = { why, bytes: batch.bytes.length, frames: batch.ends.length }
    this.#options.emit('warn', 'batch_dropped', 'A batch was dropped: the sink is not required', facts)
    return new LogveilError('SINK_REFUSED', `dropped, ${why}`)
  }

  #wakeAt(at_ms: number, now_ms: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#pump()
    }, at_ms - now_ms)
  }
}

function held(batch: Batch): number {
  return batch.bytes.length + BATCH_OVERHEAD_BYTES
}

function stopping(): LogveilError {
  return new LogveilError('STOPPING', 'the sink had no more time')
}
