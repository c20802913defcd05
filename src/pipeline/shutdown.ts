// Owns the end: sources first, then what is in flight, then the last counts, then the sinks. It keeps to its time
// whatever a component does, and it never acknowledges what was not delivered.
import { setTimeout as sleep } from 'node:timers/promises'
import { orAborted } from '../core/abort.ts'
import type { Machine } from './machine.ts'

/** The part of the time that is kept for the counts and for closing the sinks. */
const RESERVE_SHARE = 0.2
const RESERVE_MS_MAX = 5_000
/** How long sinks that nobody waits for may take over what they still hold. */
const OPTIONAL_DRAIN_MS = 2_000

export interface StopReport {
  /** True when every batch that was taken, and every count, is with its sinks. */
  readonly delivered: boolean
  /** Bytes that sources had handed over and that were not acknowledged. */
  readonly undelivered_bytes: number
}

export class Shutdown {
  readonly #machine: Machine
  /** Aborts when the sources must end, when the counts must be out, and when the sinks must be closed. */
  readonly #drain = new AbortController()
  readonly #flush = new AbortController()
  readonly #end = new AbortController()
  #report: Promise<StopReport> | null = null

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get begun(): boolean {
    return this.#report !== null
  }

  /** Idempotent. `force` gives up at once whatever is not done. */
  stop(force = false): Promise<StopReport> {
    this.#report ??= this.#run()
    if (force) for (const stage of [this.#drain, this.#flush, this.#end]) stage.abort()
    return this.#report
  }

  async #run(): Promise<StopReport> {
    const { plan, gate, pool, retiring, flow, census, alerts, audit, telemetry, sinks, sources, emit } = this.#machine
    const { shutdown_ms } = plan.pipeline
    const reserve_ms = Math.min(RESERVE_MS_MAX, shutdown_ms * RESERVE_SHARE)
    const timers = [
      setTimeout(() => this.#drain.abort(), shutdown_ms - reserve_ms),
      setTimeout(() => this.#flush.abort(), shutdown_ms - reserve_ms / 2),
      setTimeout(() => this.#end.abort(), shutdown_ms),
    ]
    emit('info', 'stopping', 'The pipeline stops', { shutdown_ms })
    const stops = sources.map(({ source }) => source.stop(this.#drain.signal))
    flow.release()
    await until(Promise.all(stops), this.#flush.signal)
    await until(flow.settled(), this.#drain.signal)
    await until(Promise.race([flow.idle(), sleep(OPTIONAL_DRAIN_MS, null, { ref: false })]), this.#drain.signal)
    const undelivered_bytes = flow.close()
    gate.close()
    const counts = await census.flush(this.#flush.signal)
    const told = await alerts.flush(this.#flush.signal)
    for (const { lane } of sinks) lane.stop()
    const closes = sinks.map(({ sink }) => sink.close(this.#end.signal))
    // It keeps a short time of its own, and is the last to hear of everything else.
    await until(Promise.all(closes), this.#end.signal)
    await until(Promise.resolve(telemetry?.close()), this.#end.signal)
    // A thread deep in native code ends late; nobody has to wait for it.
    await until(Promise.all([pool, ...retiring].map((one) => one.destroy())), this.#end.signal)
    for (const timer of timers) clearTimeout(timer)
    const delivered = undelivered_bytes === 0 && !counts.undelivered && !told.undelivered
    const report = { delivered, undelivered_bytes }
    await audit.note('stop', report)
    await audit.close()
    emit(report.delivered ? 'info' : 'error', 'stopped', 'The pipeline has stopped', { ...report })
    return report
  }
}

/** Waits for all even when one fails, so that nothing is half started when the others are undone. */
export async function all(starts: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(starts)
  await Promise.all(starts)
}

/** Resolves when `work` is settled, well or badly, or when `signal` aborts. */
export async function until(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await orAborted(
    work.catch(() => {}),
    signal,
  )
}
