// Which stretches of streams were counted: those that touch are one. It knows places and names of streams, and nothing
// of what lies there.
import type { Stretch } from '../core/batch.ts'

type Range = readonly [from: number, to: number]

interface Counted {
  /** When it grew last. */
  readonly at_ms: number
  /** Ascending, and apart from each other. */
  readonly ranges: readonly Range[]
}

export class CensusStretches {
  /** In the order in which they grew last. */
  readonly #streams = new Map<string, Counted>()

  get size(): number {
    return this.#streams.size
  }

  add({ stream, from, to }: Stretch, at_ms: number): void {
    let whole: Range = [from, to]
    const apart = (this.#streams.get(stream)?.ranges ?? []).filter((range) => {
      if (range[1] < whole[0] || range[0] > whole[1]) return true
      whole = [Math.min(range[0], whole[0]), Math.max(range[1], whole[1])]
      return false
    })
    this.#streams.delete(stream)
    this.#streams.set(stream, { at_ms, ranges: [...apart, whole].sort(([a], [b]) => a - b) })
  }

  has({ stream, from, to }: Stretch): boolean {
    return this.#streams.get(stream)?.ranges.some((range) => range[0] <= from && to <= range[1]) ?? false
  }

  /** Where they begin and end. */
  seams(stream: string): readonly number[] {
    return this.#streams.get(stream)?.ranges.flat() ?? []
  }

  /** Forgets streams that have not grown since `since_ms`, and the oldest of more than `streams_max`. */
  forget(since_ms: number, streams_max: number): void {
    for (const [stream, { at_ms }] of this.#streams) {
      if (at_ms >= since_ms && this.#streams.size <= streams_max) return
      this.#streams.delete(stream)
    }
  }

  *all(): Generator<readonly [Stretch, number]> {
    for (const [stream, { at_ms, ranges }] of this.#streams) {
      for (const [from, to] of ranges) yield [{ stream, from, to }, at_ms]
    }
  }
}
