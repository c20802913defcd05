// Owns what was counted in delivered batches: the open window, the totals since the start, and for each census sink
// the windows that it does not have yet. It never waits for a sink, and it never forgets a count; with a state
// directory not even when its process is killed.
import { randomBytes } from 'node:crypto'
import { orAborted } from '../core/abort.ts'
import type { BatchName } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Naming } from '../core/component.ts'
import type { Counts } from '../core/counts.ts'
import { UNKNOWN_SERVICE } from '../core/policy.ts'
import { type Emitter, eventOf, failed } from './census_events.ts'
import { CensusJournal } from './census_journal.ts'
import { CensusOutlet, type OutletOptions } from './census_outlet.ts'
import { CensusRepeats } from './census_repeats.ts'
import type { CensusState, Entry } from './census_state.ts'
import type { Lane } from './lane.ts'
import { type Origin, Tally } from './tally.ts'

/** Closed windows that the admin server shows. */
const WINDOWS_SHOWN = 5

export interface CensusOptions extends Omit<OutletOptions, 'emitter' | 'note'> {
  readonly instance: string
  readonly window_ms: number
  /** Absent: what was not sent is lost with the process. */
  readonly state_dir?: string
  readonly clock: Clock
  readonly lanes: readonly Lane[]
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
  readonly #journal: CensusJournal | null
  readonly #shown: Tally[] = []
  readonly #repeats: CensusRepeats
  readonly sums: Tally
  #outlets: readonly CensusOutlet[]
  #run = randomBytes(8).toString('hex')
  #open: Tally
  #start_ms: number
  #opened_steady_ms: number
  #now_ms = 0

  constructor(options: CensusOptions) {
    const { state_dir, emit, clock, lanes } = options
    this.#options = options
    this.#journal = state_dir === undefined ? null : new CensusJournal(state_dir, emit, () => this.#state())
    this.#repeats = new CensusRepeats(clock)
    this.sums = this.#tally()
    this.#open = this.#tally()
    this.#outlets = lanes.map((lane) => this.#outlet(lane))
    // Not the boundary before it: windows of a run must not begin twice at the same time.
    this.#start_ms = this.#now()
    this.#opened_steady_ms = clock.steady_ms()
  }

  /** Takes up what an earlier life left. Rejects when the state directory can not be used. */
  async start(): Promise<void> {
    if (this.#journal === null) return
    const left = await this.#journal.read()
    if (left) this.#restore(left.state, left.entries)
    await this.#journal.begin()
    for (const outlet of this.#outlets) outlet.send()
  }

  /** Adds a delivered batch. Called once for each. With a state directory: resolves when no crash can lose it. */
  add(counts: Counts, source: string, policy_version: string, ids?: readonly BatchName[]): Promise<void> | undefined {
    this.tick()
    const at_ms = this.#now()
    if (ids) this.#repeats.add(ids, at_ms)
    this.#count(this.#open, counts, { source, policy_version }, at_ms)
    this.#count(this.sums, counts, { source, policy_version: '' }, at_ms)
    return this.#journal?.note({ add: counts, source, policy_version, at_ms, ids })
  }

  /** Counts chunks of a source in which nobody could even find records: each as one record of nobody knows whom. */
  addUndecodable(chunks: number, source: string, policy_version: string): void {
    const failures = { malformed: chunks }
    const service = { service: UNKNOWN_SERVICE, records: chunks, affected: 0, dropped: chunks, failures }
    void this.add({ findings: [], services: [service] }, source, policy_version)
  }

  /** Whether batches should have names; `isRepeat` knows those that were counted before a crash. */
  get naming(): Naming {
    return this.#journal ? this.#repeats.naming : 'none'
  }

  isRepeat(ids: readonly BatchName[]): boolean {
    return this.#repeats.isRepeat(ids)
  }

  /** Where a batch has to be cut for that. */
  seams(stream: string): readonly number[] {
    return this.#repeats.seams(stream)
  }

  /** From now on these sinks get the windows that close. One that keeps its name is given what it does not have yet. */
  route(lanes: readonly Lane[]): void {
    const { emit } = this.#options
    const before = this.#outlets
    this.#outlets = lanes.map((lane) => {
      const outlet = before.find((known) => known.lane.name === lane.name) ?? this.#outlet(lane)
      outlet.lane = lane
      return outlet
    })
    for (const outlet of before) {
      if (this.#outlets.includes(outlet) || outlet.isDone) continue
      const message = 'A sink left the settings before it had all counts; they were not delivered'
      emit('warn', 'census_abandoned', message, { sink: outlet.lane.name })
    }
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
    await orAborted(Promise.all(this.#outlets.map((outlet) => outlet.drained())), signal)
    const behind = this.#outlets.filter((outlet) => !outlet.isDone)
    for (const { lane } of behind) this.#tellBehind(lane.name)
    await this.#journal?.close()
    return { undelivered: behind.length > 0 && this.#journal === null }
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

  /** The last closed windows as events, the newest first. */
  windows(): object[][] {
    return this.#shown.map((tally) => [...tally.rows()].map((row) => eventOf(this.#emitter(), { seq: 0, row })))
  }

  /** A journal that failed has said so: nothing waits for it. */
  #note(entry: Entry): Promise<void> {
    return this.#journal?.note(entry) ?? Promise.resolve()
  }

  #emitter(): Emitter {
    return { instance: this.#options.instance, run: this.#run }
  }

  #tally(): Tally {
    return new Tally(this.#options.services_max)
  }

  #outlet(lane: Lane): CensusOutlet {
    const emitter = () => this.#emitter()
    return new CensusOutlet(lane, { ...this.#options, emitter, note: (entry) => this.#note(entry) })
  }

  #now(): number {
    this.#now_ms = Math.max(this.#now_ms, this.#options.clock.now_ms())
    return this.#now_ms
  }

  #count(tally: Tally, counts: Counts, origin: Origin, at_ms: number): void {
    tally.add(counts, origin, { start_ms: 0, end_ms: 0, first_ms: at_ms, last_ms: at_ms })
  }

  #close(end_ms: number, next_start_ms: number): void {
    this.#closed(end_ms, next_start_ms)
    void this.#note({ close_ms: end_ms, next_ms: next_start_ms })
    for (const outlet of this.#outlets) outlet.send()
  }

  #closed(end_ms: number, next_start_ms: number): void {
    const closed = this.#open
    closed.stamp(this.#start_ms, end_ms)
    this.#open = this.#tally()
    this.#start_ms = Math.max(end_ms, next_start_ms)
    this.#opened_steady_ms = this.#options.clock.steady_ms()
    if (!closed.empty) this.#shown.unshift(closed)
    this.#shown.length = Math.min(this.#shown.length, WINDOWS_SHOWN)
    for (const outlet of this.#outlets) outlet.merge(closed)
  }

  #tellBehind(sink: string): void {
    const { emit } = this.#options
    if (this.#journal) emit('info', 'census_kept', 'Counts wait in the state directory for the next start', { sink })
    else emit('error', 'census_undelivered', 'Counts were not delivered before the end', { sink })
  }

  #state(): CensusState {
    const outlets = Object.fromEntries(this.#outlets.map((outlet) => [outlet.lane.name, outlet.state]))
    const open = [...this.#open.rows()]
    return { layout: 1, run: this.#run, start_ms: this.#start_ms, open, counted: this.#repeats.state, outlets }
  }

  #restore(state: CensusState, entries: readonly Entry[]): void {
    this.#run = state.run
    this.#start_ms = state.start_ms
    for (const row of state.open) this.#open.put(row)
    for (const outlet of this.#outlets) {
      const left = state.outlets[outlet.lane.name]
      if (left) outlet.restore(left)
    }
    for (const entry of entries) this.#again(entry)
    this.#repeats.restore(state.counted)
    // What the clock says now may lie before what the earlier life saw.
    this.#now_ms = Math.max(this.#now(), this.#start_ms)
  }

  #again(entry: Entry): void {
    if ('add' in entry) {
      const { add, source, policy_version, at_ms, ids } = entry
      if (ids) this.#repeats.add(ids, at_ms)
      this.#count(this.#open, add, { source, policy_version }, at_ms)
      this.#now_ms = Math.max(this.#now_ms, at_ms)
    } else if ('close_ms' in entry) this.#closed(entry.close_ms, entry.next_ms)
    else if ('seal' in entry) this.#outletOf(entry.seal)?.seal(entry.rows)
    else this.#outletOf(entry.sent)?.sent(entry.first, entry.last)
  }

  #outletOf(sink: string): CensusOutlet | undefined {
    return this.#outlets.find(({ lane }) => lane.name === sink)
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
