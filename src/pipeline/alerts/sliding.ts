// Sums over the last while, in steps: what is older than the window is forgotten step by step. Bounded by the number of
// steps, and where keys are told apart by the number of keys.
import { LIMITS } from '../../core/limits.ts'

/** Steps of a window. More are more exact, and more to keep. */
const STEPS = 60

interface Step {
  readonly at: number
  sum: number
}

export class SlidingSum {
  readonly #step_ms: number
  /** Ascending; only steps in which something was counted. */
  readonly #steps: Step[] = []
  #sum = 0

  constructor(over_ms: number) {
    this.#step_ms = over_ms / STEPS
  }

  add(count: number, now_ms: number): void {
    const at = Math.floor(now_ms / this.#step_ms)
    const last = this.#steps.at(-1)
    if (last?.at === at) last.sum += count
    else this.#steps.push({ at, sum: count })
    this.#sum += count
    this.#forget(at)
  }

  sum(now_ms: number): number {
    this.#forget(Math.floor(now_ms / this.#step_ms))
    return this.#sum
  }

  #forget(at: number): void {
    while (this.#steps.length > 0 && this.#steps[0].at <= at - STEPS) this.#sum -= this.#steps.shift()?.sum ?? 0
  }
}

export class SlidingSet {
  readonly #over_ms: number
  /** When each was seen last, the oldest first. */
  readonly #seen = new Map<string, number>()

  constructor(over_ms: number) {
    this.#over_ms = over_ms
  }

  add(key: string, now_ms: number): void {
    this.#seen.delete(key)
    if (this.#seen.size < LIMITS.alert_keys_max) this.#seen.set(key, now_ms)
  }

  size(now_ms: number): number {
    for (const [key, at_ms] of this.#seen) {
      if (at_ms > now_ms - this.#over_ms) break
      this.#seen.delete(key)
    }
    return this.#seen.size
  }
}

/** Average of the windows before the open one: what is usual. */
export class Usual {
  readonly #over_ms: number
  /** Sums of windows that are over, the latest last; none is left out. */
  readonly #closed: number[] = []
  #open = 0
  #at: number

  constructor(over_ms: number, now_ms: number) {
    this.#over_ms = over_ms
    this.#at = Math.floor(now_ms / over_ms)
  }

  add(count: number, now_ms: number): void {
    this.#turn(now_ms)
    this.#open += count
  }

  /** Undefined while too few windows are over to say. */
  average(now_ms: number): number | undefined {
    this.#turn(now_ms)
    if (this.#closed.length < LIMITS.alert_usual_windows_min) return undefined
    return this.#closed.reduce((sum, count) => sum + count, 0) / this.#closed.length
  }

  #turn(now_ms: number): void {
    const at = Math.floor(now_ms / this.#over_ms)
    const { alert_usual_windows_max: most } = LIMITS
    for (let steps = Math.min(at - this.#at, most + 1); steps > 0; steps--) {
      this.#closed.push(this.#open)
      this.#open = 0
    }
    this.#at = Math.max(at, this.#at)
    this.#closed.splice(0, Math.max(0, this.#closed.length - most))
  }
}
