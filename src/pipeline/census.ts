// Owns what was counted in delivered batches: the open window, the totals since the start, and for each census sink the
// windows that it does not have yet. It never waits for a sink, and it never forgets a count.
import { randomBytes } from 'node:crypto'
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Counts } from '../core/counts.ts'
import { LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import {
  type CensusBatch,
  censusBatches,
  coverageRecord,
  type Emitter,
  failed,
  findingRecord,
} from './census_records.ts'
import type { Gate } from './gate.ts'
import type { Lane } from './lane.ts'
import { type Span, Tally } from './tally.ts'

/** Closed windows that the admin server shows. */
const WINDOWS_SHOWN = 5
const ALWAYS: Span = { start_ms: 0, end_ms: 0 }

export interface CensusOptions extends Emitter {
  readonly window_ms: number
  readonly services_max: number
  readonly clock: Clock
  readonly gate: Gate
  readonly emit: Emit
  readonly lanes: readonly Lane[]
  /** Brings a census batch into the format that a lane wants. */
  transcode(batch: Batch, lane: Lane): Promise<Batch>
}

/** A census sink and what it does not have yet. Windows that close while it is behind are merged into one. */
interface Outlet {
  readonly lane: Lane
  backlog: Tally
  seq: number
  sending: Promise<void> | null
}

/** One row of the table service × category. */
export interface ServiceTotal {
  service: string
  records: number
  affected: number
  dropped: number
  failed: number
  /** Findings by category. */
  matches: Record<string, number>
}

export class Census {
  readonly #options: CensusOptions
  readonly #outlets: readonly Outlet[]
  readonly #ids = randomBytes(8).toString('hex')
  readonly #shown: Tally[] = []
  readonly sums: Tally
  #serial = 0
  #open: Tally
  #start_ms: number
  #opened_steady_ms: number
  #now_ms = 0

  constructor(options: CensusOptions) {
    this.#options = options
    this.sums = this.#tally()
    this.#open = this.#tally()
    this.#outlets = options.lanes.map((lane) => ({ lane, backlog: this.#tally(), seq: 1, sending: null }))
    // Not the boundary before it: a process that was restarted within a window must not reuse ids of its first life.
    this.#start_ms = this.#now()
    this.#opened_steady_ms = options.clock.steady_ms()
  }

  /** Adds a delivered batch. Called once for each. */
  add(counts: Counts, source: string): void {
    this.tick()
    this.#open.add(counts, source, ALWAYS)
    this.sums.add(counts, source, ALWAYS)
  }

  /** Closes the window when its time is over. Called by a timer, and before each batch that is added. */
  tick(): void {
    const { window_ms, clock } = this.#options
    const now = this.#now()
    const boundary = Math.floor(this.#start_ms / window_ms) * window_ms + window_ms
    if (now >= boundary) {
      // After a gap the next window begins at the latest boundary, not at one long past.
      this.#close(boundary, Math.floor(now / window_ms) * window_ms)
    } else if (clock.steady_ms() - this.#opened_steady_ms >= 2 * window_ms) {
      // The wall clock was set back. Windows go on; their starts still only ever grow, for ids depend on them.
      this.#close(boundary, boundary)
    }
  }

  /** Closes the last window and resolves when every sink has everything, or when `signal` aborts. */
  async flush(signal: AbortSignal): Promise<{ undelivered: boolean }> {
    this.tick()
    const now = Math.max(this.#now(), this.#start_ms + 1)
    this.#close(now, now)
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const all = Promise.all(this.#outlets.map((outlet) => this.#drained(outlet)))
    await Promise.race([all, aborted])
    const behind = this.#outlets.filter((outlet) => outlet.sending !== null || !outlet.backlog.empty)
    for (const { lane } of behind) {
      this.#options.emit('error', 'census_undelivered', 'Counts were not delivered before the end', { sink: lane.name })
    }
    return { undelivered: behind.length > 0 }
  }

  /** Services since the start, the busiest first. */
  totals(): ServiceTotal[] {
    const totals = new Map<string, ServiceTotal>()
    for (const row of this.sums.coverage.values()) {
      const total = totalOf(totals, row.service)
      total.records += row.records
      total.affected += row.affected
      total.dropped += row.dropped
      total.failed += failed(row)
    }
    for (const row of this.sums.findings.values()) {
      const { matches } = totalOf(totals, row.service)
      matches[row.category] = (matches[row.category] ?? 0) + row.matches
    }
    return [...totals.values()].sort((a, b) => b.records - a.records || (a.service < b.service ? -1 : 1))
  }

  /** The last closed windows as records, the newest first. */
  windows(): Record<string, unknown>[][] {
    return this.#shown.map((tally) => [
      ...[...tally.coverage.values()].map((row) => coverageRecord(this.#options, row, 0)),
      ...[...tally.findings.values()].map((row) => findingRecord(this.#options, row, 0)),
    ])
  }

  #tally(): Tally {
    return new Tally(this.#options.services_max)
  }

  #now(): number {
    this.#now_ms = Math.max(this.#now_ms, this.#options.clock.now_ms())
    return this.#now_ms
  }

  #close(end_ms: number, next_start_ms: number): void {
    const closed = this.#open
    closed.stamp({ start_ms: this.#start_ms, end_ms })
    this.#open = this.#tally()
    this.#start_ms = Math.max(end_ms, next_start_ms)
    this.#opened_steady_ms = this.#options.clock.steady_ms()
    if (!closed.empty) this.#shown.unshift(closed)
    this.#shown.length = Math.min(this.#shown.length, WINDOWS_SHOWN)
    for (const outlet of this.#outlets) {
      outlet.backlog.merge(closed)
      this.#send(outlet)
    }
  }

  // One backlog at a time: what has been sent once keeps its bytes and ids until the sink has it or has refused it.
  #send(outlet: Outlet): void {
    if (outlet.sending || outlet.backlog.empty) return
    const { batches, next_seq } = censusBatches(this.#options, outlet.backlog, outlet.seq)
    outlet.seq = next_seq
    outlet.backlog = this.#tally()
    outlet.sending = Promise.all(batches.map((batch) => this.#sendOne(outlet, batch))).then((taken) => {
      outlet.sending = null
      if (taken.every(Boolean)) this.#send(outlet)
    })
  }

  // False when the sink refused it. Nobody has these rows then, so they go out again with the next window.
  async #sendOne(outlet: Outlet, { batch, rows }: CensusBatch): Promise<boolean> {
    const { gate, transcode, emit } = this.#options
    const { lane } = outlet
    gate.take(batch.bytes.length)
    try {
      await lane.send(await transcode(batch, lane), `${this.#ids}-census-${this.#serial++}`, true)
      return true
    } catch (error) {
      for (const row of rows) outlet.backlog.put(row)
      const code = error instanceof LogveilError ? error.code : 'INTERNAL'
      const facts = { sink: lane.name, code }
      emit('warn', 'census_refused', 'A sink refused counts; they are kept for the next window', facts)
      return false
    } finally {
      gate.give(batch.bytes.length)
    }
  }

  async #drained(outlet: Outlet): Promise<void> {
    // A refusal leaves its rows in the backlog with nothing under way: after the last window nothing would send them.
    for (let tries = 0; tries < 3; tries++) {
      while (outlet.sending) await outlet.sending
      if (outlet.backlog.empty) return
      this.#send(outlet)
    }
    while (outlet.sending) await outlet.sending
  }
}

function totalOf(totals: Map<string, ServiceTotal>, service: string): ServiceTotal {
  let total = totals.get(service)
  if (!total) {
    total = { service, records: 0, affected: 0, dropped: 0, failed: 0, matches: {} }
    totals.set(service, total)
  }
  return total
}
