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
  /** The last one: rows of one service follow each other. */
  #whose: Counted = NOBODY

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
    for (const row of counts.services) this.#cover(row, origin, span)
    for (const row of counts.findings) this.#find(row, origin, span)
  }

  merge(other: Tally): void {
    for (const row of other.rows()) this.put(row)
  }

  put(row: Row): void {
    if ('rule' in row) this.#find(row, row, row)
    else this.#cover(row, row, row)
  }

  /** Says for every row when the window in which it was counted began and ended. */
  stamp(start_ms: number, end_ms: number): void {
    for (const row of this.rows()) Object.assign(row, { start_ms, end_ms })
  }

  // Once a row of each batch: nothing is copied but for a row that is new.
  #find(from: FindingCount, origin: Origin, span: Span): void {
    const { key: whose, isOther } = this.#countedAs(from, origin)
    const key = whose + joined(from.rule, from.rule_version, from.action)
    const row = this.findings.get(key)
    if (!row) {
      const paths = from.paths.slice(0, SAMPLES_MAX)
      const fingerprints = from.fingerprints.slice(0, SAMPLES_MAX)
      const confidence = { ...from.confidence }
      this.findings.set(key, { ...from, ...fresh(from, origin, span, isOther), confidence, paths, fingerprints })
      return
    }
    row.matches += from.matches
    row.records += from.records
    for (const level in from.confidence) {
      const confidence = level as Confidence
      row.confidence[confidence] = (row.confidence[confidence] ?? 0) + (from.confidence[confidence] ?? 0)
    }
    addSamples(row.paths, from.paths)
    addSamples(row.fingerprints, from.fingerprints)
    widen(row, span)
  }

  #cover(from: ServiceCount, origin: Origin, span: Span): void {
    const { key, isOther } = this.#countedAs(from, origin)
    const row = this.coverage.get(key)
    if (!row) {
      this.coverage.set(key, { ...from, ...fresh(from, origin, span, isOther), failures: { ...from.failures } })
      return
    }
    row.records += from.records
    row.affected += from.affected
    row.dropped += from.dropped
    for (const [reason, count] of Object.entries(from.failures) as [FailReason, number][]) {
      row.failures[reason] = (row.failures[reason] ?? 0) + count
    }
    widen(row, span)
  }

  #countedAs(row: Whose, origin: Origin): Counted {
    if (isOf(this.#whose, row, origin)) return this.#whose
    const { service, namespace, environment } = row
    const { source, policy_version } = origin
    const isOther = this.#isOther(row)
    const key = keyOf(row, origin, isOther)
    this.#whose = { service, namespace, environment, source, policy_version, isOther, key }
    return this.#whose
  }

  /** True when there are too many services to count this one by its name. */
  #isOther({ service, namespace, environment }: Whose): boolean {
    const key = joined(service, namespace, environment)
    if (this.#services.has(key)) return false
    if (this.#services.size >= this.#services_max) return true
    this.#services.add(key)
    return false
  }
}

/** Whose records they are. */
type Whose = Pick<ServiceCount, 'service' | 'namespace' | 'environment'>

/** Under which name they are counted. */
interface Counted extends Whose, Origin {
  readonly isOther: boolean
  /** Says whose they are and where they came from. */
  readonly key: string
}

const NOBODY: Counted = { service: '', source: '', policy_version: '', isOther: false, key: '' }

function isOf(known: Counted, row: Whose, { source, policy_version }: Origin): boolean {
  if (known === NOBODY || known.service !== row.service || known.source !== source) return false
  const isSame = known.namespace === row.namespace && known.environment === row.environment
  return isSame && known.policy_version === policy_version
}

const OTHERS: Whose = { service: OTHER_SERVICES, namespace: undefined, environment: undefined }

function keyOf(row: Whose, { source, policy_version }: Origin, isOther: boolean): string {
  const { service, namespace, environment } = isOther ? OTHERS : row
  return joined(service, namespace, environment) + joined(source, policy_version)
}

/** A name may hold any character, so no character could stand between two of them: their lengths do. */
function joined(first: string, second: string | undefined, third?: string): string {
  return part(first) + part(second) + part(third)
}

function part(name: string | undefined): string {
  return name === undefined ? '-' : `${name.length}:${name}`
}

function fresh(row: Whose, { source, policy_version }: Origin, span: Span, isOther: boolean): Whose & Origin & Span {
  const { service, namespace, environment } = isOther ? OTHERS : row
  const { start_ms, end_ms, first_ms, last_ms } = span
  return { service, namespace, environment, source, policy_version, start_ms, end_ms, first_ms, last_ms }
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
