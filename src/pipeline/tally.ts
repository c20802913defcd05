// Owns sums of counts: per service, rule, action and source, and per service and source. Bounded in distinct services;
// what goes over is counted under `_other`, so that no count is ever lost. It knows nothing of time or sinks.
import type { Counts, FailReason, FindingCount, ServiceCount } from '../core/counts.ts'
import { type Confidence, OTHER_SERVICES } from '../core/policy.ts'

/** Names of paths and fingerprints that a row keeps. */
const SAMPLES_MAX = 5

/** When something was counted, in milliseconds since 1970, UTC. */
export interface Span {
  /** The window, with its end exclusive. */
  start_ms: number
  end_ms: number
  /** The first and the last delivery in it. */
  first_ms: number
  last_ms: number
}

/** Where counts come from. */
export interface Origin {
  readonly source: string
  readonly policy_version: string
}

export interface FindingRow extends FindingCount, Span, Origin {}

export interface CoverageRow extends ServiceCount, Span, Origin {}

export type Row = FindingRow | CoverageRow

export class Tally {
  readonly findings = new Map<string, FindingRow>()
  readonly coverage = new Map<string, CoverageRow>()
  readonly #services = new Set<string>()
  readonly #services_max: number

  constructor(services_max: number) {
    this.#services_max = services_max
  }

  get empty(): boolean {
    return this.coverage.size === 0 && this.findings.size === 0
  }

  /** What was looked at, then what was found. */
  *rows(): Generator<Row> {
    yield* this.coverage.values()
    yield* this.findings.values()
  }

  /** Adds what a worker counted in a batch. */
  add(counts: Counts, origin: Origin, span: Span): void {
    for (const row of counts.services) this.#cover({ ...row, ...origin, ...span })
    for (const row of counts.findings) this.#find({ ...row, ...origin, ...span })
  }

  merge(other: Tally): void {
    for (const row of other.rows()) this.put(row)
  }

  put(row: Row): void {
    if ('rule' in row) this.#find(row)
    else this.#cover(row)
  }

  /** Says for every row when the window in which it was counted began and ended. */
  stamp(start_ms: number, end_ms: number): void {
    for (const row of this.rows()) Object.assign(row, { start_ms, end_ms })
  }

  #find(from: FindingRow): void {
    const whose = this.#bounded(from)
    const key = keyOf(whose, from, from.rule, from.rule_version, from.action)
    const row = this.findings.get(key)
    if (!row) {
      const paths = from.paths.slice(0, SAMPLES_MAX)
      const fingerprints = from.fingerprints.slice(0, SAMPLES_MAX)
      const confidence = { ...from.confidence }
      this.findings.set(key, { ...from, ...whose, confidence, paths, fingerprints })
      return
    }
    row.matches += from.matches
    row.records += from.records
    for (const [confidence, count] of Object.entries(from.confidence) as [Confidence, number][]) {
      row.confidence[confidence] = (row.confidence[confidence] ?? 0) + count
    }
    addSamples(row.paths, from.paths)
    addSamples(row.fingerprints, from.fingerprints)
    widen(row, from)
  }

  #cover(from: CoverageRow): void {
    const whose = this.#bounded(from)
    const key = keyOf(whose, from)
    const row = this.coverage.get(key)
    if (!row) {
      this.coverage.set(key, { ...from, ...whose, failures: { ...from.failures } })
      return
    }
    row.records += from.records
    row.affected += from.affected
    row.dropped += from.dropped
    for (const [reason, count] of Object.entries(from.failures) as [FailReason, number][]) {
      row.failures[reason] = (row.failures[reason] ?? 0) + count
    }
    widen(row, from)
  }

  #bounded(row: Row): Whose {
    const whose = { service: row.service, namespace: row.namespace, environment: row.environment }
    const key = whoseKey(whose)
    if (this.#services.has(key)) return whose
    if (this.#services.size >= this.#services_max) return OTHERS
    this.#services.add(key)
    return whose
  }
}

/** Whose records they are. */
type Whose = Pick<Row, 'service' | 'namespace' | 'environment'>

const OTHERS: Whose = { service: OTHER_SERVICES, namespace: undefined, environment: undefined }

/** A name may hold any character, so nothing could stand between two of them but JSON. */
function whoseKey({ service, namespace, environment }: Whose): string {
  return JSON.stringify([service, namespace, environment])
}

function keyOf(whose: Whose, { source, policy_version }: Origin, ...kind: string[]): string {
  return JSON.stringify([whose.service, whose.namespace, whose.environment, source, policy_version, ...kind])
}

function widen(row: Span, by: Span): void {
  row.start_ms = Math.min(row.start_ms, by.start_ms)
  row.end_ms = Math.max(row.end_ms, by.end_ms)
  row.first_ms = Math.min(row.first_ms, by.first_ms)
  row.last_ms = Math.max(row.last_ms, by.last_ms)
}

function addSamples(to: string[], from: readonly string[]): void {
  for (const sample of from) {
    if (to.length >= SAMPLES_MAX) return
    if (!to.includes(sample)) to.push(sample)
  }
}
