// Deliveries whose client gave up before they were done. Its retry brings the same bytes and is given the delivery that
// is already under way, or done: else a sink that is slower than the client's timeout would store each request once a
// retry. A delivery is given to one request only, so that every request that is acknowledged was stored for itself.
import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'

/** Resolves with true when it is with the sinks, false when it failed. */
export type Delivery = Promise<boolean>

/** As long as a Collector repeats a request (`retry_on_failure.max_elapsed_time`). */
const KEPT_MS = 300_000

interface Orphan {
  readonly size: number
  readonly until_ms: number
  readonly delivery: Delivery
}

export class Orphans {
  private readonly orphans_max: number
  private readonly clock: Clock
  private readonly byDigest = new Map<string, Orphan>()
  /** How many orphans have this size: only what has the size of one is worth a digest. */
  private readonly sizes = new Map<number, number>()

  constructor(orphans_max: number, clock: Clock) {
    this.orphans_max = orphans_max
    this.clock = clock
  }

  keep(bytes: Uint8Array, delivery: Delivery): void {
    this.forgetOld(this.orphans_max - 1)
    const digest = digestOf(bytes)
    // Twins: one of them is remembered, and the retry of the other is delivered again.
    if (this.byDigest.has(digest)) return
    this.byDigest.set(digest, { size: bytes.length, until_ms: this.clock.steady_ms() + KEPT_MS, delivery })
    this.sizes.set(bytes.length, (this.sizes.get(bytes.length) ?? 0) + 1)
    // One that failed is delivered anew by its retry.
    void delivery.then((delivered) => {
      if (!delivered && this.byDigest.get(digest)?.delivery === delivery) this.forget(digest)
    })
  }

  /** The delivery of the same bytes whose client is gone, if there is one. It is then the caller's alone. */
  claim(bytes: Uint8Array): Delivery | undefined {
    if (!this.sizes.has(bytes.length)) return undefined
    this.forgetOld(this.orphans_max)
    const digest = digestOf(bytes)
    const orphan = this.byDigest.get(digest)
    if (orphan !== undefined) this.forget(digest)
    return orphan?.delivery
  }

  private forgetOld(kept_max: number): void {
    const now_ms = this.clock.steady_ms()
    // In the order in which they were kept, which is that of their times.
    for (const [digest, { until_ms }] of this.byDigest) {
      if (until_ms > now_ms && this.byDigest.size <= kept_max) return
      this.forget(digest)
    }
  }

  private forget(digest: string): void {
    const orphan = this.byDigest.get(digest)
    if (orphan === undefined) return
    this.byDigest.delete(digest)
    const left = (this.sizes.get(orphan.size) ?? 1) - 1
    if (left === 0) this.sizes.delete(orphan.size)
    else this.sizes.set(orphan.size, left)
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
