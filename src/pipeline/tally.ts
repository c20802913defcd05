// Owns sums of counts: per service, rule, action and source, and per service and source. Bounded in distinct services;
// what goes over is counted under `_other`, so that no count is ever lost. It knows nothing of time or sinks.
import type { Counts, FailReason, FindingCount } from '../core/counts.ts'
import { type Confidence, OTHER_SERVICES } from '../core/policy.ts'

/** Names of paths and fingerprints that a row keeps. */
const SAMPLES_MAX = 5

/** When something was counted, in milliseconds since 1970, UTC; the end is exclusive. */
export interface Span {
  start_ms: number
  end_ms: number
}

export interface FindingRow extends FindingCount, Span {
  source: string
}

export interface CoverageRow extends Span {
  service: string
  source: string
  records: number
  affected: number
  dropped: number
  failures: Partial<Record<FailReason, number>>
}

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

  /** Adds what a worker counted in a batch of `source`. */
  add(counts: Counts, source: string, span: Span): void {
    for (const row of counts.services) this.#cover({ ...row, source, ...span })
    for (const row of counts.findings) this.#find({ ...row, source, ...span })
  }

  merge(other: Tally): void {
    for (const row of other.coverage.values()) this.#cover(row)
    for (const row of other.findings.values()) this.#find(row)
  }

  put(row: CoverageRow | FindingRow): void {
    if ('rule' in row) this.#find(row)
    else this.#cover(row)
  }

  /** Says for every row when the window in which it was counted began and ended. */
  stamp(span: Span): void {
    for (const row of this.coverage.values()) Object.assign(row, span)
    for (const row of this.findings.values()) Object.assign(row, span)
  }

  #find(from: FindingRow): void {
    const service = this.#bounded(from.service)
    const key = `${service}\0${from.rule}\0${from.action}\0${from.source}`
    const row = this.findings.get(key)
    if (!row) {
      const copy = { ...from, service, paths: from.paths.slice(0, SAMPLES_MAX) }
      this.findings.set(key, {
        ...copy,
        confidence: { ...from.confidence },
        fingerprints: from.fingerprints.slice(0, SAMPLES_MAX),
      })
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
    const service = this.#bounded(from.service)
    const key = `${service}\0${from.source}`
    const row = this.coverage.get(key)
    if (!row) {
      this.coverage.set(key, { ...from, service, failures: { ...from.failures } })
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

  #bounded(service: string): string {
    if (this.#services.has(service)) return service
    if (this.#services.size >= this.#services_max) return OTHER_SERVICES
    this.#services.add(service)
    return service
  }
}

function widen(row: Span, by: Span): void {
  row.start_ms = Math.min(row.start_ms, by.start_ms)
  row.end_ms = Math.max(row.end_ms, by.end_ms)
}

function addSamples(to: string[], from: readonly string[]): void {
  for (const sample of from) {
    if (to.length >= SAMPLES_MAX) return
    if (!to.includes(sample)) to.push(sample)
  }
}
