// Rules on counts as plain data: what is counted, for whom, over which time, and what happens when it is too much. The
// settings make them, pipeline/alerts evaluates them.
import type { Severity } from './policy.ts'

/** What counts are told apart by. `value`: the value at `value` in the record, known only by its keyed hash. */
export type AlertBy = 'service' | 'category' | 'rule' | 'source' | 'value'

/** Which findings count; each list is globs, and an absent one means all. */
export interface AlertScope {
  readonly service?: readonly string[]
  readonly source?: readonly string[]
  readonly category?: readonly string[]
  readonly rule?: readonly string[]
  readonly severity?: readonly string[]
}

export type AlertTrigger =
  /** Findings, records with findings, or records that failed closed, in `over_ms`. */
  | { readonly kind: 'count'; readonly of: 'matches' | 'records' | 'not_inspected'; readonly threshold: number }
  /** How many different ones there were in `over_ms`. */
  | { readonly kind: 'distinct'; readonly of: AlertBy; readonly threshold: number }
  /** So many times what the same counts were on average over the time before, and at least `threshold`. */
  | { readonly kind: 'change'; readonly times: number; readonly threshold: number }
  /** A category that the baseline does not approve for the service. */
  | { readonly kind: 'first_seen' }

export type AlertResponse = 'alert' | 'drop' | 'quarantine'

export interface AlertRule {
  readonly id: string
  readonly when: AlertScope
  readonly by: readonly AlertBy[]
  /** Dotted paths of a value in records with findings, best first. Needs `policy.hmac`. */
  readonly value?: readonly string[]
  readonly trigger: AlertTrigger
  readonly over_ms: number
  readonly severity: Severity
  /** It is counted in the metrics, and nothing else happens. */
  readonly muted: boolean
  /** After it fired, for the same group. */
  readonly quiet_ms: number
  readonly response: AlertResponse
  /** How long a response other than `alert` holds. */
  readonly hold_ms: number
}

/** Approved categories of each service. */
export type Baseline = Readonly<Record<string, readonly string[]>>

export interface AlertsPlan {
  readonly rules: readonly AlertRule[]
  readonly baseline: Baseline
}

/** What a worker does with records of a service in which something of a kind is found, until it is lifted. */
export interface Tightening {
  readonly response: 'drop' | 'quarantine'
  readonly when: AlertScope
}
