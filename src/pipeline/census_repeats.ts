// Owns what senders called the batches that were counted lately, so that one whose acknowledgement was lost in a
// crash is not counted again. It knows digests of names, and only those of earlier lives of the process make a batch
// a repeat.
import type { Clock } from '../core/clock.ts'
import type { Naming } from '../core/component.ts'
import { LIMITS } from '../core/limits.ts'

/** A name, and when it was counted. */
export type Counted = readonly [id: string, at_ms: number]

export class CensusRepeats {
  readonly #clock: Clock
  readonly #now = new Map<string, number>()
  #before: ReadonlyMap<string, number> = new Map()
  #until_steady_ms = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get naming(): Naming {
    return this.#isAfterCrash ? 'alone' : 'together'
  }

  /** What the next life must know. */
  get state(): Counted[] {
    return [...(this.#isAfterCrash ? this.#before : []), ...this.#now]
  }

  add(ids: readonly string[], at_ms: number): void {
    for (const id of ids) this.#now.set(id, at_ms)
    // A map keeps the order in which its entries came.
    for (const [id, counted_ms] of this.#now) {
      const isOld = at_ms - counted_ms > LIMITS.census_repeats_ms
      if (!isOld && this.#now.size <= LIMITS.census_repeats_max) return
      this.#now.delete(id)
    }
  }

  /** What was added so far was of an earlier life. */
  restore(counted: readonly Counted[]): void {
    this.#before = new Map([...counted, ...this.#now])
    this.#now.clear()
    this.#until_steady_ms = this.#clock.steady_ms() + LIMITS.census_repeats_ms
  }

  /** True when an earlier life counted all of it. */
  isRepeat(ids: readonly string[]): boolean {
    return this.#isAfterCrash && ids.length > 0 && ids.every((id) => this.#before.has(id))
  }

  get #isAfterCrash(): boolean {
    return this.#before.size > 0 && this.#clock.steady_ms() < this.#until_steady_ms
  }
}
