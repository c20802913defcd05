// What of the census outlives its process: the state, and what can happen to it. Plain data, as it lies on the disk.
import type { BatchName } from '../core/batch.ts'
import type { Counts } from '../core/counts.ts'
import type { Numbered } from './census_events.ts'
import type { Counted } from './census_repeats.ts'
import type { Row } from './tally.ts'

interface CountsEntry {
  readonly add: Counts
  readonly source: string
  readonly policy_version: string
  readonly at_ms: number
  readonly ids?: readonly BatchName[]
}

/** One thing that happened. */
export type Entry =
  | CountsEntry
  | { readonly close_ms: number; readonly next_ms: number }
  | { readonly seal: string; readonly rows: readonly Row[] }
  | { readonly sent: string; readonly first: number; readonly last: number }

/** All that must outlive the process. */
export interface CensusState {
  readonly layout: 1
  readonly run: string
  readonly start_ms: number
  readonly open: readonly Row[]
  readonly counted: readonly Counted[]
  readonly outlets: Readonly<Record<string, OutletState>>
}

/** What an outlet keeps over a restart. */
export interface OutletState {
  readonly seq: number
  readonly backlog: readonly Row[]
  readonly sealed: readonly Numbered[]
}
