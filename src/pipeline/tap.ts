// Owns who watches records live, and how many they may see: workers are asked for a few redacted records of a batch
// only while somebody watches, and only so often. It holds no record itself.
import type { Clock } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { TapFilter, Tapped } from '../worker/types.ts'

/** A redacted record, as watchers get it. */
export interface TapLine extends Tapped {
  readonly source: string
}

interface Watcher {
  readonly filter: TapFilter
  see(line: TapLine): void
}

export class Tap {
  readonly #clock: Clock
  readonly #watchers = new Set<Watcher>()
  /** No batch is asked before. */
  #next_ms = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Returns what ends it, or null when too many watch already. */
  watch(filter: TapFilter, see: (line: TapLine) => void): (() => void) | null {
    if (this.#watchers.size >= LIMITS.tap_watchers_max) return null
    const watcher = { filter, see }
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** What a worker is to look for in a batch now; undefined: nothing. */
  get filters(): readonly TapFilter[] | undefined {
    if (this.#watchers.size === 0 || this.#clock.steady_ms() < this.#next_ms) return undefined
    return [...this.#watchers].map(({ filter }) => filter)
  }

  take(source: string, tapped: readonly Tapped[]): void {
    if (tapped.length === 0) return
    this.#next_ms = this.#clock.steady_ms() + (tapped.length / LIMITS.tap_records_per_s_max) * 1_000
    for (const one of tapped) {
      for (const { filter, see } of this.#watchers) {
        const { service, rule } = filter
        if (service !== undefined && service !== one.service) continue
        if (rule !== undefined && !one.findings.some((finding) => finding.rule === rule)) continue
        see({ source, ...one })
      }
    }
  }
}
