// Owns by what names batches were counted lately, so that one whose acknowledgement was lost in a crash is not counted
// again. It knows digests of names and places in streams, and only those of earlier lives of the process make a batch
// a repeat.
import type { BatchName } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Naming } from '../core/component.ts'
import { LIMITS } from '../core/limits.ts'
import { CensusStretches } from './census_stretches.ts'

/** A name, and when it was counted. */
export type Counted = readonly [name: BatchName, at_ms: number]

class Names {
  /** A map keeps the order in which its entries came. */
  readonly #ids = new Map<string, number>()
  readonly stretches = new CensusStretches()

  get isEmpty(): boolean {
    return this.#ids.size === 0 && this.stretches.size === 0
  }

  add(name: BatchName, at_ms: number): void {
    if (typeof name === 'string') this.#ids.set(name, at_ms)
    else this.stretches.add(name, at_ms)
  }

  has(name: BatchName): boolean {
    return typeof name === 'string' ? this.#ids.has(name) : this.stretches.has(name)
  }

  forget(since_ms: number): void {
    this.stretches.forget(since_ms, LIMITS.census_repeats_max)
    for (const [id, counted_ms] of this.#ids) {
      if (counted_ms >= since_ms && this.#ids.size <= LIMITS.census_repeats_max) return
      this.#ids.delete(id)
    }
  }

  all(): Counted[] {
    return [...this.#ids, ...this.stretches.all()]
  }
}

export class CensusRepeats {
  readonly #clock: Clock
  #now = new Names()
  #before = new Names()
  #until_steady_ms = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get naming(): Naming {
    return this.#isAfterCrash ? 'alone' : 'together'
  }

  /** What the next life must know. */
  get state(): Counted[] {
    return [...(this.#isAfterCrash ? this.#before.all() : []), ...this.#now.all()]
  }

  add(names: readonly BatchName[], at_ms: number): void {
    for (const name of names) this.#now.add(name, at_ms)
    this.#now.forget(at_ms - LIMITS.census_repeats_ms)
  }

  /** What was added so far was of an earlier life. */
  restore(counted: readonly Counted[]): void {
    const added = this.#now.all()
    this.#before = new Names()
    this.#now = new Names()
    for (const [name, at_ms] of [...counted, ...added]) this.#before.add(name, at_ms)
    this.#until_steady_ms = this.#clock.steady_ms() + LIMITS.census_repeats_ms
  }

  /** True when an earlier life counted all of it. */
  isRepeat(names: readonly BatchName[]): boolean {
    return this.#isAfterCrash && names.length > 0 && names.every((name) => this.#before.has(name))
  }

  /** Where stretches of that stream begin and end that an earlier life counted. */
  seams(stream: string): readonly number[] {
    return this.#isAfterCrash ? this.#before.stretches.seams(stream) : []
  }

  get #isAfterCrash(): boolean {
    return !this.#before.isEmpty && this.#clock.steady_ms() < this.#until_steady_ms
  }
}
