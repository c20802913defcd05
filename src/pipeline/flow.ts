// Owns the way of a batch from a source's `deliver` to the promise's end: gate, batcher, pool, order, sinks, census.
// It decides when a batch counts as delivered, and counts it then, once.
import { randomBytes } from 'node:crypto'
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Naming, Redacted } from '../core/component.ts'
import type { Counts } from '../core/counts.ts'
import { LogveilError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import { release } from '../core/release.ts'
import type { WorkerResult } from '../worker/types.ts'
import { Batcher, type Load, type Part } from './batcher.ts'
import { Continuity } from './continuity.ts'
import { BATCH_OVERHEAD_BYTES, type Gate } from './gate.ts'
import { HandBack } from './hand_back.ts'
import { SinkGone } from './lane.ts'
import type { Observer } from './observer.ts'
import type { Pool } from './pool.ts'
import type { Asked, Router } from './router.ts'
import type { Tap } from './tap.ts'
import type { BatchSpan, Tracing } from './tracing.ts'

/** What batches go through: who looks at them, and who gets them. */
export interface Way {
  readonly pool: Pool
  readonly router: Router
}

/** What a batch counts that was counted before. */
const NOTHING: Counts = { findings: [], services: [] }

export interface FlowOptions extends Way {
  readonly gate: Gate
  readonly clock: Clock
  readonly observer: Observer
  /** For how long a batch may wait for the next one of its origin. */
  readonly hold_ms: number
  /** Who watches records. */
  readonly tap?: Tap
  /** Null: nobody wants spans. */
  readonly tracing?: Tracing | null
  /** Name of this process, for counts that a source stores with its records. */
  readonly instance?: string
}

/** A load from its first part to the end of its promises. */
interface Live {
  readonly load: Load
  /** Whose policy it is redacted by. */
  readonly pool: Pool
  readonly span?: BatchSpan
  /** Who was given it. */
  readonly asked: Asked['asked']
  /** Who was given what was put aside of it. */
  readonly askedAside: Asked['askedAside']
  stage: 'queued' | 'in_worker' | 'delivering'
  /** Every required sink has it. */
  counted: boolean
  settled: boolean
  /** What the gate is charged for it now. */
  charged_bytes: number
  /** What its result holds until the last sink has it. */
  result_bytes: number
}

export class Flow {
  readonly #options: FlowOptions
  readonly #batcher: Batcher
  readonly #continuity: Continuity
  readonly #handBack: HandBack
  readonly #live = new Set<Live>()
  readonly #watchers: (() => void)[] = []
  #way: Way
  readonly #ids = randomBytes(8).toString('hex')
  #serial = 0
  #closed = false
  #undelivered_bytes = 0

  constructor(options: FlowOptions) {
    this.#options = options
    this.#way = options
    const { gate, pool, clock, observer, hold_ms, instance = '' } = options
    this.#continuity = new Continuity({ pool, clock, hold_ms })
    this.#handBack = new HandBack({ gate, clock, observer, instance, pool: () => this.#way.pool })
    this.#batcher = new Batcher({
      bytes_target: LIMITS.batch_bytes_target,
      clock,
      idle: () => this.#way.pool.idle,
      dispatch: (load) => this.#dispatch(load),
    })
    pool.onIdle = () => this.#batcher.pump()
  }

  /**
   * Batches that no worker has begun with go this way from now on; the others keep their pool, which may be retired.
   * Whatever the policy, the batches of an origin leave in the order in which they came.
   */
  turn(way: Way): void {
    const { pool } = this.#way
    this.#way = way
    if (pool === way.pool) return
    pool.onIdle = () => {}
    way.pool.onIdle = () => this.#batcher.pump()
    this.#batcher.pump()
  }

  /** The `deliver` of every source. */
  deliver(batch: Batch): Promise<void> {
    if (this.#closed) return Promise.reject(stopping())
    if (batch.ends.length === 0) return Promise.resolve()
    // Twice its bytes: as the source holds it, and as the copy in a worker or the result that waits for its sinks.
    this.#options.gate.take(2 * batch.bytes.length + BATCH_OVERHEAD_BYTES)
    const isRepeat = batch.ids !== undefined && this.#options.observer.isRepeat?.(batch.ids)
    return new Promise((resolve, reject) => this.#batcher.add({ batch, isRepeat, resolve, reject }))
  }

  /** The `naming` of every source. */
  get naming(): Naming {
    return this.#options.observer.naming?.() ?? 'none'
  }

  /** The `seams` of every source. */
  seams(stream: string): readonly number[] {
    return this.#options.observer.seams?.(stream) ?? []
  }

  /** The `redact` of sources that store their records themselves. */
  redact(batch: Batch, before: unknown): Promise<Redacted> {
    if (this.#closed) return Promise.reject(stopping())
    return this.#handBack.redact(batch, before)
  }

  /** Batches by where they are. */
  get stages(): Readonly<Record<Live['stage'], number>> {
    const stages = { queued: this.#batcher.waiting, in_worker: 0, delivering: 0 }
    for (const live of this.#live) if (!live.settled) stages[live.stage]++
    return stages
  }

  /** Resolves when every promise to a source is settled. */
  async settled(): Promise<void> {
    while (this.#batcher.waiting > 0 || [...this.#live].some((live) => !live.settled)) await this.#change()
  }

  /** Resolves when no batch is under way, not even to a sink that nobody waits for. */
  async idle(): Promise<void> {
    while (this.#batcher.waiting > 0 || this.#live.size > 0) await this.#change()
  }

  /** No batch waits for the next one any more: there is none to come. */
  release(): void {
    this.#continuity.release()
  }

  /** Takes no more and rejects what is not delivered. Returns the bytes of that, as the sources delivered them. */
  close(): number {
    if (this.#closed) return this.#undelivered_bytes
    this.#closed = true
    this.release()
    for (const load of this.#batcher.drain()) this.#fail(newLive(load, this.#way.pool, 'queued'), stopping())
    for (const live of this.#live) this.#reject(live, stopping())
    return this.#undelivered_bytes
  }

  #dispatch(load: Load): void {
    const { pool, router } = this.#way
    const live = newLive(load, pool, 'in_worker', this.#options.tracing?.begin(load))
    this.#live.add(live)
    this.#options.observer.received(load.origin, load.bytes)
    const batches = load.parts.map((part) => part.batch)
    const back = pool.lease()
    const done = (result: WorkerResult) => {
      back()
      this.#redacted(live, result)
    }
    const failed = (error: Error) => {
      back()
      this.#fail(live, error)
    }
    const { tap } = this.#options
    this.#continuity.run(batches, router.also(load.origin, load.format), { done, failed }, pool, tap?.filters)
  }

  #redacted(live: Live, result: WorkerResult): void {
    const { observer, tap } = this.#options
    const { load } = live
    const { counts } = result
    live.stage = 'delivering'
    observer.redacted(load.origin, counts, result.worked_ms)
    live.span?.redacted(counts, result.worked_ms)
    if (result.tapped) tap?.take(load.origin, result.tapped)
    result.tapped = undefined
    for (const { batch } of load.parts) if (batch.isGiven) release(batch.bytes)
    live.result_bytes = heldBytes(result) + BATCH_OVERHEAD_BYTES
    if (!live.settled) this.#charge(live, live.charged_bytes - load.bytes + live.result_bytes)
    this.#send(live, result, `${this.#ids}-${this.#serial++}`)
  }

  #send(live: Live, result: WorkerResult, id: string): void {
    const { origin, format } = live.load
    const { delivered, released } = this.#way.router.send(origin, format, result, id, live)
    const settled = Promise.allSettled([delivered, released])
    const forget = () => void settled.then(() => this.#forget(live, result))
    delivered.then(
      () => this.#delivered(live, result.counts, forget),
      (error: Error) => {
        // Its sink left the settings: who has taken its place is to have it, and who has it has it.
        if (error instanceof SinkGone && !this.#closed) return this.#send(live, result, id)
        this.#reject(live, error)
        forget()
      },
    )
  }

  #fail(live: Live, error: Error): void {
    this.#reject(live, error)
    this.#forget(live)
  }

  // The sources hear of the delivery when its counts are safe. Nothing undoes it from here on.
  #delivered(live: Live, counts: Counts, forget: () => void): void {
    if (live.settled) {
      forget()
      return
    }
    const { clock, observer } = this.#options
    const took_ms = clock.steady_ms() - live.load.since_ms
    live.counted = true
    const { origin, parts, isRepeat } = live.load
    const ids = parts.flatMap(({ batch }) => batch.ids ?? [])
    const counted = observer.delivered(origin, isRepeat ? NOTHING : counts, took_ms, live.pool.policy.version, ids)
    const tell = () => {
      live.span?.end(null)
      for (const part of this.#settle(live)) part.resolve()
      forget()
    }
    if (counted) void counted.then(tell)
    else tell()
  }

  #reject(live: Live, error: Error): void {
    if (live.settled || live.counted) return
    if (this.#closed) this.#undelivered_bytes += live.load.bytes
    live.span?.end(error)
    for (const part of this.#settle(live)) part.reject(error)
  }

  // From here on only sinks that nobody waits for may still hold bytes of it.
  #settle(live: Live): Part[] {
    live.settled = true
    this.#charge(live, live.result_bytes)
    this.#changed()
    return live.load.parts.splice(0)
  }

  #forget(live: Live, result?: WorkerResult): void {
    if (result) void giveBack(live, result)
    this.#live.delete(live)
    this.#charge(live, 0)
    this.#changed()
  }

  #charge(live: Live, bytes: number): void {
    const more = bytes - live.charged_bytes
    live.charged_bytes = bytes
    if (more > 0) this.#options.gate.take(more)
    else this.#options.gate.give(-more)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#watchers.splice(0)) resolve()
  }
}

function newLive(load: Load, pool: Pool, stage: Live['stage'], span?: BatchSpan): Live {
  const charged_bytes = 2 * load.bytes + load.parts.length * BATCH_OVERHEAD_BYTES
  return {
    load,
    pool,
    span,
    asked: new Map(),
    askedAside: new Map(),
    stage,
    counted: false,
    settled: false,
    charged_bytes,
    result_bytes: 0,
  }
}

function heldBytes(result: WorkerResult): number {
  let bytes = result.same.bytes.buffer.byteLength + (result.quarantined?.bytes.buffer.byteLength ?? 0)
  for (const frames of Object.values(result.also)) bytes += frames.bytes.buffer.byteLength
  return bytes
}

/** Gives the memory of a result back, if every sink that was ever asked has let go of it. */
async function giveBack({ asked, askedAside }: Live, { same, also, quarantined }: WorkerResult): Promise<void> {
  const sends = await Promise.allSettled([...asked.values(), ...askedAside.values()])
  if (!sends.every((sent) => sent.status === 'fulfilled' && sent.value)) return
  for (const frames of [same, quarantined, ...Object.values(also)]) if (frames) release(frames.bytes)
}

function stopping(): LogveilError {
  return new LogveilError('STOPPING', 'it was not delivered in time')
}
