// Owns the counts that one sink does not have yet. Windows that close while the sink is behind are merged into one;
// what was sent once is never merged with anything, and keeps its ids, numbers and counts until the sink has taken
// it.
import type { Batch } from '../core/batch.ts'
import { LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import { type CensusBatch, censusBatches, type Emitter, type Numbered } from './census_events.ts'
import type { Entry, OutletState } from './census_state.ts'
import type { Gate } from './gate.ts'
import type { Lane } from './lane.ts'
import { type Row, Tally } from './tally.ts'

export interface OutletOptions {
  readonly services_max: number
  readonly gate: Gate
  readonly emit: Emit
  /** Brings a batch of events into the format that a lane wants. */
  transcode(batch: Batch, lane: Lane): Promise<Batch>
  emitter(): Emitter
  /** Resolves when it is on the disk, if there is one. */
  note(entry: Entry): Promise<void>
}

export class CensusOutlet {
  lane: Lane
  readonly #options: OutletOptions
  #backlog: Tally
  #sealed: Numbered[] = []
  /** Number of the next event. */
  #seq = 1
  #sending: Promise<void> | null = null

  constructor(lane: Lane, options: OutletOptions) {
    this.lane = lane
    this.#options = options
    this.#backlog = new Tally(options.services_max)
  }

  get isDone(): boolean {
    return this.#sending === null && this.#backlog.empty && this.#sealed.length === 0
  }

  get state(): OutletState {
    return { seq: this.#seq, backlog: [...this.#backlog.rows()], sealed: this.#sealed }
  }

  restore({ seq, backlog, sealed }: OutletState): void {
    this.#seq = seq
    for (const row of backlog) this.#backlog.put(row)
    this.#sealed = [...sealed]
  }

  merge(closed: Tally): void {
    this.#backlog.merge(closed)
  }

  /** Numbers what is to go next; from here on it stays as it is. */
  seal(rows: readonly Row[]): void {
    this.#sealed = rows.map((row) => ({ seq: this.#seq++, row }))
    this.#backlog = new Tally(this.#options.services_max)
  }

  /** The sink has the events of these numbers. */
  sent(first: number, last: number): void {
    this.#sealed = this.#sealed.filter(({ seq }) => seq < first || seq > last)
  }

  /** Sends what there is, unless that is being done. One that was refused is tried again, and nothing passes it. */
  send(): void {
    if (this.#sending || this.isDone) return
    this.#sending = this.#sendAll().then((taken) => {
      this.#sending = null
      if (taken) this.send()
    })
  }

  /** Resolves when all is with the sink, or was refused a few times. */
  async drained(): Promise<void> {
    for (let tries = 0; tries < 3 && !this.isDone; tries++) {
      while (this.#sending) await this.#sending
      this.send()
    }
    while (this.#sending) await this.#sending
  }

  async #sendAll(): Promise<boolean> {
    if (this.#sealed.length === 0) {
      const rows = [...this.#backlog.rows()]
      this.seal(rows)
      // A sink must not have what could be merged with something else after a restart.
      await this.#options.note({ seal: this.lane.name, rows })
    }
    const batches = censusBatches(this.#options.emitter(), this.#sealed)
    const taken = await Promise.all(batches.map((batch) => this.#sendOne(batch)))
    return taken.every(Boolean)
  }

  async #sendOne({ batch, first, last }: CensusBatch): Promise<boolean> {
    const { gate, transcode, emit, emitter, note } = this.#options
    const { lane } = this
    gate.take(batch.bytes.length)
    try {
      await lane.send(await transcode(batch, lane), `${emitter().run}-${lane.name}-${first}`, true)
    } catch (error) {
      const code = error instanceof LogveilError ? error.code : 'INTERNAL'
      const facts = { sink: lane.name, code }
      emit('warn', 'census_refused', 'A sink refused counts; they are kept and tried with the next window', facts)
      return false
    } finally {
      gate.give(batch.bytes.length)
    }
    this.sent(first, last)
    await note({ sent: lane.name, first, last })
    return true
  }
}
