// What an inspection of a batch gives, and who may watch it.
import type { Matcher } from '../classifier/matcher.ts'
import type { Finding } from '../classifier/overlap.ts'
import type { Counts } from '../core/counts.ts'
import type { Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import type { Views } from '../wire/views.ts'
import type { Around, Carry, Frames } from './types.ts'

/** Told of each finding that counts, in the text that it was found in: `scan` prints them, the pipeline does not. */
export interface Observer {
  (finding: Finding, leaves: Leaves, paths: Paths, views: Views, recordStart: number): void
  /** The batch is inspected from its beginning: what was told of it before does not hold. */
  restart?(): void
  /** A record is over: its findings were told. */
  record?(service: string): void
}

/** For who wants to know why something is found or is not. */
export interface Watch {
  newMatcher?(...parts: ConstructorParameters<typeof Matcher>): Matcher
  /** Every value is looked at: those of excluded fields, too, and those in which nothing can be. */
  readonly showsAll?: boolean
}

export interface Inspected extends Frames {
  counts: Counts
  /** What the batch leaves open for the next one. */
  carry: Carry | undefined
  /** True when it is not known yet how lines of the batch go on: nothing else here may be used. */
  waits: boolean
}

/** More of what comes behind has to be seen. */
export const WAITING: Inspected = {
  bytes: new Uint8Array(0),
  ends: new Uint32Array(0),
  counts: { findings: [], services: [] },
  carry: undefined,
  waits: true,
}

/** Nothing is around it. */
export const ALONE: Around = { now_ms: 0, isFinal: true }
