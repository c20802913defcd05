// Owns the worker threads: gives each one batch at a time, with a deadline, and turns a lost worker into a retry and
// then into a batch that failed closed. It never lets a batch out that no worker has redacted.
import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { Tightening } from '../core/alert_rules.ts'
import { type Batch, type Format, joinBatches } from '../core/batch.ts'
import { ERRORS, LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import type { Policy } from '../core/policy.ts'
import { release } from '../core/release.ts'
import type { Carry, WorkerResult, WorkerSetup, WorkerTask } from '../worker/types.ts'
import { countedAsLost, dropped, joined } from './results.ts'

/** Compiling a policy and loading RE2 on a busy machine; a worker that needs longer will not come. */
const WORKER_START_MS_MAX = 30_000
/** How often missing threads are replaced when piscina itself has given up on them. */
const HEAL_MS = 500
const MIB = 1024 * 1024
/** A task that only shows that a worker is there. */
const NOTHING: Batch = { format: 'json', bytes: new Uint8Array(0), ends: new Uint32Array(0), origin: '' }

export interface PoolOptions {
  /** Path or file URL of the worker entry. */
  readonly url?: string
  readonly workers: number
  readonly policy: Policy
  readonly heap_mib_max: number
  /** Per MiB begun. */
  readonly deadline_ms: number
  readonly emit: Emit
  /** What rules on counts have tightened, now. */
  tightened?(): readonly Tightening[]
}

/** What is around a batch. */
export interface Surroundings {
  /** What batches before it left open. */
  readonly carry?: Carry
  /** Batches behind it, of the same format, which are only looked at for how its lines go on. */
  readonly next?: readonly Batch[]
  /** Nothing more will follow in time. */
  readonly isFinal?: boolean
  /** When it came, on the steady clock. */
  readonly now_ms: number
  /** Records that somebody wants to watch. */
  readonly tap?: WorkerTask['tap']
}

const ALONE: Surroundings = { now_ms: 0 }

type Lost = 'deadline' | 'memory' | 'exit' | 'error'

export class Pool {
  readonly #options: PoolOptions
  readonly #piscina: Piscina<WorkerTask, WorkerResult>
  /** Settles when every worker has done its first task, which is nothing. */
  readonly #warm: Promise<unknown>
  /** Attempts that wait for an idle worker: retries, which go before new loads. */
  readonly #waiting: (() => void)[] = []
  #closed = false
  #lost = 0
  #leases = 0
  #whenFree: () => void = () => {}
  #heal: NodeJS.Timeout | null = null
  /** Called whenever a worker could begin with a new load. */
  onIdle: () => void = () => {}

  constructor(options: PoolOptions) {
    this.#options = options
    const setup: WorkerSetup = { policy: options.policy }
    this.#piscina = new Piscina({
      filename: options.url ?? createRequire(import.meta.url).resolve('#worker'),
      minThreads: options.workers,
      maxThreads: options.workers,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: options.heap_mib_max },
      workerData: setup,
      recordTiming: false,
    })
    this.#piscina.on('error', () => this.#options.emit('warn', 'worker_died', 'A worker died without a batch'))
    // piscina counts the new worker as idle only after this event.
    this.#piscina.on('workerCreate', () => queueMicrotask(() => this.#pump()))
    this.#piscina.on('workerDestroy', () => this.#healLater())
    const warm = () => this.#begin([NOTHING], [], ALONE, 'inspect', WORKER_START_MS_MAX)
    this.#warm = Promise.all(Array.from({ length: options.workers }, warm))
    // Whoever calls `start` is told.
    this.#warm.catch(() => {})
  }

  /** Resolves when every worker has loaded its policy. */
  async start(): Promise<void> {
    try {
      await this.#warm
    } catch (error) {
      await this.destroy()
      const message = error instanceof Error ? error.message : 'no error'
      // No record has been near a worker yet, so its message is safe to show.
      const code = message.startsWith(ERRORS.POLICY[0]) ? 'POLICY' : 'INTERNAL'
      throw new LogveilError(code, `the workers do not start: ${message}`, error)
    }
  }

  get policy(): Policy {
    return this.#options.policy
  }

  /** Until it is given back the pool outlives `retire`. */
  lease(): () => void {
    this.#leases++
    let isBack = false
    return () => {
      if (isBack) return
      isBack = true
      if (--this.#leases === 0) this.#whenFree()
    }
  }

  /** Ends the workers when the last lease is back. Nobody may begin anything new with them meanwhile. */
  async retire(): Promise<void> {
    this.onIdle = () => {}
    const free = new Promise<void>((resolve) => {
      this.#whenFree = resolve
    })
    if (this.#leases > 0) await free
    await this.destroy()
  }

  /** Loads that could begin now. */
  get idle(): number {
    return this.#closed ? 0 : Math.max(0, this.#piscina.idleThreads - this.#waiting.length)
  }

  /** Workers lost since the start, each attempt on a batch counted. */
  get lost(): number {
    return this.#lost
  }

  get threads(): readonly Worker[] {
    return this.#piscina.threads
  }

  /**
   * Redacts `parts`, which are one format and origin, as one batch. They are only copied, so that the batch can be made
   * again when its worker is lost. Rejects only when the pool is destroyed.
   */
  async run(parts: readonly Batch[], also: readonly Format[], around: Surroundings = ALONE): Promise<WorkerResult> {
    const back = this.lease()
    try {
      return await this.#redact(parts, also, around)
    } finally {
      back()
      this.#pump()
    }
  }

  /** Brings what was redacted already into another format. Rejects when the worker is lost. */
  async transcode(batch: Batch, format: Format): Promise<Batch> {
    const back = this.lease()
    try {
      const deadline_ms = this.#deadlineOf(batch.bytes.length)
      const { also } = await this.#queued([batch], [format], ALONE, 'transcode', deadline_ms)
      const frames = also[format]
      if (!frames) throw new LogveilError('INTERNAL', `no ${format} came from the worker`)
      return { format, bytes: frames.bytes, ends: frames.ends, origin: batch.origin }
    } catch (error) {
      if (this.#closed) throw stopping()
      if (error instanceof LogveilError) throw error
      throw new LogveilError('WORKER_LOST', 'a batch was not brought into the format of a sink')
    } finally {
      back()
      this.#pump()
    }
  }

  async destroy(): Promise<void> {
    this.#closed = true
    if (this.#heal) clearTimeout(this.#heal)
    this.#pump()
    await this.#piscina.destroy()
  }

  // The retry goes part by part, so that one frame that kills workers does not take its company with it.
  async #redact(parts: readonly Batch[], also: readonly Format[], around: Surroundings): Promise<WorkerResult> {
    try {
      return await this.#attempt(parts, also, around, 'inspect')
    } catch (error) {
      this.#count(error, parts, 'it is tried again')
    }
    const results: WorkerResult[] = []
    let { carry } = around
    for (let at = 0; at < parts.length; at++) {
      const next = [...parts.slice(at + 1), ...(around.next ?? [])]
      const result = await this.#redactOne([parts[at]], also, { ...around, carry, next })
      if (result.waits) return result
      carry = result.carry
      results.push(result)
    }
    return joined(results)
  }

  // What comes behind it is shown to a worker only when it must be: that may be what kills workers.
  async #redactOne(part: readonly [Batch], also: readonly Format[], around: Surroundings): Promise<WorkerResult> {
    const isLast = around.next?.length === 0
    const alone = { ...around, next: undefined }
    const result = await this.#redactAlone(part, also, { ...alone, isFinal: isLast && around.isFinal })
    if (!result.waits || isLast) return result
    try {
      return await this.#attempt(part, also, around, 'inspect')
    } catch (error) {
      this.#count(error, part, 'lines that go on behind it end there')
    }
    return this.#redactAlone(part, also, { ...alone, isFinal: true })
  }

  async #redactAlone(part: readonly [Batch], also: readonly Format[], around: Surroundings): Promise<WorkerResult> {
    try {
      return await this.#attempt(part, also, around, 'inspect')
    } catch (error) {
      this.#count(error, part, 'it fails closed')
    }
    if (this.#options.policy.on_error === 'mask_all') {
      try {
        const masked = await this.#attempt(part, also, around, 'mask_all')
        return { ...masked, counts: countedAsLost(masked.counts) }
      } catch (error) {
        this.#count(error, part, 'it is dropped')
      }
    }
    return { ...dropped(part, also), carry: around.carry }
  }

  // Begins at once when a worker is idle, so that `idle` is right as soon as `run` has returned.
  #attempt(
    parts: readonly Batch[],
    also: readonly Format[],
    around: Surroundings,
    mode: WorkerTask['mode'],
  ): Promise<WorkerResult> {
    let bytes = 0
    for (const part of [...parts, ...(around.next ?? [])]) bytes += part.bytes.length
    return this.#queued(parts, also, around, mode, this.#deadlineOf(bytes))
  }

  #deadlineOf(bytes: number): number {
    return this.#options.deadline_ms * Math.max(1, Math.ceil(bytes / MIB))
  }

  #queued(
    parts: readonly Batch[],
    also: readonly Format[],
    around: Surroundings,
    mode: WorkerTask['mode'],
    deadline_ms: number,
  ): Promise<WorkerResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => this.#begin(parts, also, around, mode, deadline_ms).then(resolve, reject))
      this.#serve()
    })
  }

  // Called only while a worker is idle: piscina then posts the task at once, so the deadline counts from its start.
  async #begin(
    parts: readonly Batch[],
    also: readonly Format[],
    { carry, next = [], isFinal, now_ms, tap }: Surroundings,
    mode: WorkerTask['mode'],
    deadline_ms: number,
  ): Promise<WorkerResult> {
    if (this.#closed) throw stopping()
    const { format, bytes, ends, origin } = joinBatches([...parts, ...next])
    const frames = next.length === 0 ? undefined : parts.reduce((sum, part) => sum + part.ends.length, 0)
    const tightened = this.#options.tightened?.() ?? []
    const task: WorkerTask = {
      format,
      bytes,
      ends,
      origin,
      also,
      mode,
      tap,
      around: { carry, frames, isFinal, now_ms, tightened },
    }
    const abort = new AbortController()
    // The extra turn of the loop takes in results that came while this thread itself was busy.
    const deadline = setTimeout(() => setImmediate(() => abort.abort()), deadline_ms)
    try {
      const transferList = [bytes.buffer as ArrayBuffer, ends.buffer as ArrayBuffer]
      const result = await this.#piscina.run(task, { transferList, signal: abort.signal })
      if (result.spent) release(result.spent)
      return result
    } finally {
      clearTimeout(deadline)
    }
  }

  #serve(): void {
    while (this.#waiting.length > 0 && (this.#closed || this.#piscina.idleThreads > 0)) this.#waiting.shift()?.()
  }

  #pump(): void {
    this.#serve()
    if (this.idle > 0) this.onIdle()
  }

  #count(error: unknown, parts: readonly Batch[], fate: string): void {
    if (this.#closed) throw stopping()
    this.#lost++
    let frames = 0
    for (const part of parts) frames += part.ends.length
    const level = fate === 'it is tried again' ? 'warn' : 'error'
    // The error's text is left out on purpose: it may quote a record.
    const facts = { reason: reasonOf(error), frames }
    this.#options.emit(level, 'worker_lost', `A worker was lost on a batch: ${fate}`, facts)
  }

  // piscina stops replacing threads once one has died before it was ready. A task that finds no idle worker makes it
  // start one, so empty tasks keep the idle workers busy for a moment, and one more goes out for each missing thread.
  #healLater(): void {
    if (this.#heal || this.#closed) return
    this.#heal = setTimeout(() => {
      this.#heal = null
      const missing = this.#options.workers - this.#piscina.threads.length
      if (this.#closed || missing <= 0) return
      this.#options.emit('warn', 'worker_missing', 'Worker threads are missing; they are started again', { missing })
      const pump = () => this.#pump()
      for (let tasks = this.#piscina.idleThreads + missing; tasks > 0; tasks--) {
        this.#begin([NOTHING], [], ALONE, 'inspect', WORKER_START_MS_MAX).then(pump, pump)
      }
      this.#healLater()
    }, HEAL_MS)
    this.#heal.unref()
  }
}

function stopping(): LogveilError {
  return new LogveilError('STOPPING', 'the workers have ended')
}

function reasonOf(error: unknown): Lost {
  if (!(error instanceof Error)) return 'error'
  if (error.name === 'AbortError') return 'deadline'
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'memory'
  return error.message.startsWith('worker exited') ? 'exit' : 'error'
}
