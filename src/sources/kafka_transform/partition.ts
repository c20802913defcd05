// What a transform does with one partition while this instance has it. It is done by exact.ts, or by at_least_once.ts.
import type { Fetched } from '../../net/kafka/client.ts'

export interface TransformedPartition {
  /** How many records were in front of it when it was last looked at. */
  readonly lag: number
  /** Resolves when all of it is done, by this instance or by one that had the partition before. */
  take(fetched: Fetched): Promise<void>
  /** Nothing but markers of transactions, and records of aborted ones, lies in front of `next`. */
  passed(next: bigint): Promise<void>
  /** Waits for what is pending; that ends one way or the other. */
  close(): Promise<void>
}

/** One call after the other. */
export class Turns {
  private last: Promise<void> = Promise.resolve()

  take(turn: () => Promise<void>): Promise<void> {
    const taken = this.last.then(turn)
    this.last = taken.catch(() => {})
    return taken
  }
}

export function lagOf({ high_watermark }: Fetched, next: bigint): number {
  return Math.max(0, Number(high_watermark - next))
}
