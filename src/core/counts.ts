// What a worker counted in one batch: plain rows, added to the census only when the batch is delivered.
import type { Confidence } from './policy.ts'

/**
 * Why a record could not be inspected. Each one failed closed. `unknown_field`: only fields that nobody knows did, and
 * were taken out. `cut_line`: only the end of a line did that goes on nobody knows how, and was masked.
 */
export type FailReason =
  | 'malformed'
  | 'too_deep'
  | 'over_budget'
  | 'matcher_error'
  | 'worker_lost'
  | 'unknown_field'
  | 'cut_line'

/** Whose records were counted. */
interface Counted {
  service: string
  namespace?: string
  environment?: string
}

/** One row of findings: a service, a rule and what was done. */
export interface FindingCount extends Counted {
  rule: string
  /** Short hash of the rule as it was written. */
  rule_version: string
  category: string
  severity: string
  /** Findings of each confidence. */
  confidence: Partial<Record<Confidence, number>>
  /** `mask`, `replace`, `hash`, `drop_field`, `drop_record`, `keep`; in observe mode always `keep`. */
  action: string
  /** Findings. */
  matches: number
  /** Records with at least one. */
  records: number
  /** Dotted paths with the most findings, names only, at most 5. */
  paths: string[]
  /** Keyed fingerprints, only when the policy asks; at most 5. */
  fingerprints: string[]
}

/** One row a service: what was seen and what could not be inspected. */
export interface ServiceCount extends Counted {
  records: number
  /** Records with at least one finding. */
  affected: number
  /** Records removed by `drop_record`, or because they failed closed. */
  dropped: number
  failures: Partial<Record<FailReason, number>>
}

/** Findings in records with a certain value, for the rule on counts that looks at it. */
export interface ValueCount {
  /** Id of the rule on counts. */
  alert: string
  service: string
  rule: string
  category: string
  severity: string
  /** Keyed hash, with the id of the key. */
  value: string
  matches: number
  records: number
}

export interface Counts {
  findings: FindingCount[]
  services: ServiceCount[]
  values?: ValueCount[]
}
