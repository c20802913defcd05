// Owns the way of a batch that its source stores itself: gate, pool, back to the source, and the counts when the source
// says that it has stored it. Order is the source's business, and so is what a batch leaves open for the next one.
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Redacted } from '../core/component.ts'
import type { ServiceCount } from '../core/counts.ts'
import type { Carry, FailedFrame } from '../worker/types.ts'
import { eventOf } from './census_events.ts'
import { translated } from './continuity.ts'
import { BATCH_OVERHEAD_BYTES, type Gate } from './gate.ts'
import type { Observer } from './observer.ts'
import type { Pool } from './pool.ts'
import { Tally } from './tally.ts'

export interface HandBackOptions {
  readonly gate: Gate
  readonly clock: Clock
  readonly observer: Observer
  /** Name of this process. */
  readonly instance: string
  /** Who looks at batches now. */
  pool(): Pool
}

/** What is open, and by whose policy: another policy has other words for it. */
interface Open {
  readonly pool: Pool
  readonly carry: Carry | undefined
}

/** What was handed back once may be counted together with what follows it. */
interface Counted extends Redacted {
  addTo(tally: Tally): void
}

/** A batch is all that there is for now: the end of a line that goes on behind it is masked. */
const IS_FINAL = true

export class HandBack {
  readonly #options: HandBackOptions

  constructor(options: HandBackOptions) {
    this.#options = options
  }

  async redact(batch: Batch, before: unknown): Promise<Redacted> {
    const { gate, clock, observer, instance } = this.#options
    const pool = this.#options.pool()
    const open = before as Open | null
    const since_ms = clock.steady_ms()
    const start_ms = clock.now_ms()
    let charged_bytes = 2 * batch.bytes.length + BATCH_OVERHEAD_BYTES
    const charge = (bytes: number) => {
      const more = bytes - charged_bytes
      charged_bytes = bytes
      if (more > 0) gate.take(more)
      else gate.give(-more)
    }
    gate.take(charged_bytes)
    observer.received(batch.origin, batch.bytes.length)
    try {
      const carry = open?.carry && translated(open.carry, open.pool.policy, pool.policy)
      const around = { carry, now_ms: since_ms, isFinal: IS_FINAL }
      const result = await pool.run([batch], [], around)
      const { same, counts, worked_ms, carry: after } = result
      observer.redacted(batch.origin, counts, worked_ms)
      charge(batch.bytes.length + same.bytes.length + BATCH_OVERHEAD_BYTES)
      const { version } = pool.policy
      const counted: Counted = {
        batch: { ...batch, ...same },
        counts,
        failed: result.failed ?? (counts.services.some(isLost) ? allLost(batch) : []),
        open: { pool, carry: after } satisfies Open,
        addTo(tally) {
          const span = {
            start_ms,
            end_ms: Math.max(start_ms + 1, clock.now_ms()),
            first_ms: start_ms,
            last_ms: start_ms,
          }
          tally.add(counts, { source: batch.origin, policy_version: version }, span)
        },
        census(place, earlier) {
          const tally = new Tally(Number.POSITIVE_INFINITY)
          for (const one of [...earlier, counted]) (one as Counted).addTo(tally)
          const events = [...tally.rows()].map((row, at) => eventOf({ instance, run: place }, { seq: at + 1, row }))
          return events.map((event) => Buffer.from(JSON.stringify(event)))
        },
        stored: async () => {
          charge(0)
          await observer.delivered(batch.origin, counts, clock.steady_ms() - since_ms, version)
        },
        givenUp: () => charge(0),
      }
      return counted
    } catch (error) {
      charge(0)
      throw error
    }
  }
}

function isLost({ failures }: ServiceCount): boolean {
  return failures.worker_lost !== undefined
}

/** No worker came back with it: nobody knows which of its records was to blame. */
function allLost({ ends }: Batch): FailedFrame[] {
  return Array.from(ends, (_end, frame) => ({ frame, reason: 'worker_lost' as const }))
}
