// Who hears what becomes of batches: the metrics and the census.
import type { BatchName } from '../core/batch.ts'
import type { Naming } from '../core/component.ts'
import type { Counts } from '../core/counts.ts'

/** Told once a batch, never once a record. */
export interface Observer {
  received(origin: string, bytes: number): void
  redacted(origin: string, counts: Counts, worked_ms: number): void
  /** Sources hear of the delivery when the promise, if there is one, resolves; it never rejects. */
  delivered(
    origin: string,
    counts: Counts,
    took_ms: number,
    policy_version: string,
    ids?: readonly BatchName[],
  ): Promise<void> | undefined
  /** True when batches of these names were delivered and counted before a crash. */
  isRepeat?(ids: readonly BatchName[]): boolean
  naming?(): Naming
  seams?(stream: string): readonly number[]
}
