// Owns the frames that wait for a worker: joins those of one origin and format into loads of the size that a worker
// wants. It never holds a frame back while a worker is idle, and it never changes the order within an origin.
import type { Batch, Format } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'

/** One delivery of a source and the promise that it waits for. */
export interface Part {
  readonly batch: Batch
  /** It was delivered and counted before a crash, and is here again. */
  readonly isRepeat?: boolean
  resolve(): void
  reject(error: Error): void
}

/** Parts that go through a worker together and share their fate. */
export interface Load {
  readonly origin: string
  readonly format: Format
  /** So are all its parts, or none of them. */
  readonly isRepeat?: boolean
  readonly parts: Part[]
  bytes: number
  /** When its first part came, on the steady clock. */
  readonly since_ms: number
}

export interface BatcherOptions {
  readonly bytes_target: number
  readonly clock: Clock
  /** How many loads the workers could begin with now. */
  idle(): number
  /** Takes a load to a worker; called only while `idle()` is not 0. */
  dispatch(load: Load): void
}

export class Batcher {
  readonly #options: BatcherOptions
  /** Loads in the order in which they were opened; only the last one of each origin may still grow. */
  #queue: Load[] = []
  readonly #growing = new Map<string, Load>()
  #scheduled = false

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.length
  }

  add(part: Part): void {
    const { batch, isRepeat = false } = part
    const growing = this.#growing.get(batch.origin)
    if (growing && growing.format === batch.format && growing.isRepeat === isRepeat && this.#fits(growing, batch)) {
      growing.parts.push(part)
      growing.bytes += batch.bytes.length
    } else {
      const load: Load = {
        origin: batch.origin,
        format: batch.format,
        isRepeat,
        parts: [part],
        bytes: batch.bytes.length,
        since_ms: this.#options.clock.steady_ms(),
      }
      this.#queue.push(load)
      this.#growing.set(batch.origin, load)
    }
    this.#schedule()
  }

  /** Gives loads to idle workers. The pool calls it when one becomes idle. */
  pump(): void {
    while (this.#queue.length > 0 && this.#options.idle() > 0) {
      const load = this.#queue.shift()
      if (!load) return
      if (this.#growing.get(load.origin) === load) this.#growing.delete(load.origin)
      this.#options.dispatch(load)
    }
  }

  /** Gives up what still waits. */
  drain(): Load[] {
    this.#growing.clear()
    return this.#queue.splice(0)
  }

  #fits(load: Load, batch: Batch): boolean {
    return load.bytes + batch.bytes.length <= this.#options.bytes_target
  }

  // At the end of this turn of the loop: frames of one socket read travel together even when a worker is idle.
  #schedule(): void {
    if (this.#scheduled || this.#options.idle() === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.pump()
    })
  }
}
