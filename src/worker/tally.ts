// Counts of a batch, by service and by service × rule. Its rows live on from batch to batch, so that a finding costs
// no allocation; only the rows that a batch touched are rendered, once.
import { createHash } from 'node:crypto'
import { CONFIDENCES } from '../classifier/compile.ts'
import type { Counts, FailReason, FindingCount, ServiceCount } from '../core/counts.ts'
import { LIMITS } from '../core/limits.ts'
import type { Paths } from '../core/paths.ts'
import type { Rule } from '../core/policy.ts'
import type { Named } from './service.ts'

const PATHS_MAX = 5
const PATHS_SEEN_MAX = 64
const FINGERPRINTS_MAX = 5
const VERSION_DIGITS = 12

type Whose = Pick<ServiceCount, 'service' | 'namespace' | 'environment'>

/** What is found in each of many records, and only counted. */
export interface Counted {
  /** Index of the rule. */
  readonly index: number
  readonly rule: Rule
  readonly confidence: number
  readonly path: number
}

interface Row {
  readonly rule: Rule
  readonly action: string
  /** The batch that the numbers are of. */
  batch: number
  matches: number
  /** Findings of each confidence, by its place in CONFIDENCES. */
  readonly levels: [number, number, number]
  records: number
  /** The last record counted, so that a record counts once. */
  record: number
  /** Paths and how often each was found, in parallel; only the first ones, if there are very many. */
  paths: number[]
  pathCounts: number[]
  fingerprints: string[]
}

interface Service {
  readonly service: string
  readonly namespace: string | undefined
  readonly environment: string | undefined
  count: ServiceCount
  batch: number
  /** By index of the rule. */
  readonly rows: (Row | undefined)[]
}

export class Tally {
  /** The first of each name, which is the only one nearly always. */
  private readonly services = new Map<string, Service>()
  /** Those of the same name in other namespaces and environments, by all three. */
  private readonly others = new Map<string, Service>()
  /** What the batch touched, in the order of its records. */
  private touched: Service[] = []
  private batch = 0
  private record = 0
  private current!: Service

  /** Begins a batch. */
  reset(): void {
    this.batch++
    this.touched = []
    if (this.services.size + this.others.size <= LIMITS.services_max) return
    this.services.clear()
    this.others.clear()
  }

  /** Begins what belongs together, under its service; `isRecord` is false for tags, options and group markers. */
  begin(named: Named, isRecord: boolean): void {
    this.record++
    const { current } = this
    const isSame = current !== undefined && current.batch === this.batch && isOf(current, named)
    if (!isSame) this.current = this.serviceOf(named)
    if (isRecord) this.current.count.records++
  }

  /** Counts records in each of which the same was found, or nothing. */
  alike(named: Named, records: number, found: readonly Counted[]): void {
    this.begin(named, false)
    this.current.count.records += records
    if (found.length > 0) this.current.count.affected += records
    for (const { index, rule, confidence, path } of found) {
      const row = this.rowOf(index, rule, 'keep')
      this.counted(row, confidence, path, records)
    }
  }

  /** `action` is the same for a rule and a service within a batch. */
  finding(
    index: number,
    confidence: number,
    rule: Rule,
    action: string,
    path: number,
    fingerprint: string | undefined,
  ): void {
    const row = this.rowOf(index, rule, action)
    this.counted(row, confidence, path, 1)
    if (fingerprint === undefined || row.fingerprints.length >= FINGERPRINTS_MAX) return
    if (!row.fingerprints.includes(fingerprint)) row.fingerprints.push(fingerprint)
  }

  private counted(row: Row, confidence: number, path: number, records: number): void {
    row.matches += records
    row.levels[confidence] += records
    if (row.record !== this.record) row.records += records
    row.record = this.record
    countPath(row, path, records)
  }

  /** One more record has a part of a finding that was counted in another one. */
  part(index: number, rule: Rule, action: string): void {
    const row = this.rowOf(index, rule, action)
    if (row.record !== this.record) row.records++
    row.record = this.record
  }

  affected(): void {
    this.current.count.affected++
  }

  dropped(): void {
    this.current.count.dropped++
  }

  failed(reason: FailReason): void {
    const { failures } = this.current.count
    failures[reason] = (failures[reason] ?? 0) + 1
  }

  /** Of the batch. A tag names a service that may have no record of its own: its findings count, nothing was seen. */
  counts(paths: Paths): Counts {
    const findings: FindingCount[] = []
    for (const service of this.touched) {
      for (const row of service.rows) {
        if (row !== undefined && row.batch === this.batch) findings.push(rendered(service, row, paths))
      }
    }
    const seen = this.touched
      .map(({ count }) => count)
      .filter(({ records, failures }) => records > 0 || Object.keys(failures).length > 0)
    return { findings, services: seen }
  }

  private serviceOf(named: Named): Service {
    let known = this.services.get(named.service)
    if (known === undefined) {
      known = newService(named)
      this.services.set(named.service, known)
    } else if (!isOf(known, named)) known = this.otherOf(named)
    if (known.batch !== this.batch) {
      known.batch = this.batch
      known.count = emptyCount(known)
      this.touched.push(known)
    }
    return known
  }

  private otherOf(named: Named): Service {
    const key = JSON.stringify([named.service, named.namespace?.name, named.environment?.name])
    let known = this.others.get(key)
    if (known === undefined) {
      known = newService(named)
      this.others.set(key, known)
    }
    return known
  }

  private rowOf(index: number, rule: Rule, action: string): Row {
    const { rows } = this.current
    let row = rows[index]
    // What is tightened has another action for a while; within a batch it is the same.
    if (row === undefined || row.action !== action) {
      row = emptyRow(rule, action)
      rows[index] = row
    }
    if (row.batch !== this.batch) {
      row.batch = this.batch
      row.matches = 0
      row.levels.fill(0)
      row.records = 0
      row.paths.length = 0
      row.pathCounts.length = 0
      row.fingerprints = []
    }
    return row
  }
}

function isOf(known: Service, { service, namespace, environment }: Named): boolean {
  return known.service === service && known.namespace === namespace?.name && known.environment === environment?.name
}

function newService({ service, namespace, environment }: Named): Service {
  const whose = { service, namespace: namespace?.name, environment: environment?.name }
  return { ...whose, count: emptyCount(whose), batch: 0, rows: [] }
}

/** What nobody named is not there. */
function emptyCount({ service, namespace, environment }: Whose): ServiceCount {
  const count: ServiceCount = { service, records: 0, affected: 0, dropped: 0, failures: {} }
  if (namespace !== undefined) count.namespace = namespace
  if (environment !== undefined) count.environment = environment
  return count
}

function emptyRow(rule: Rule, action: string): Row {
  const lists = { paths: [], pathCounts: [], fingerprints: [] }
  return { rule, action, batch: 0, matches: 0, levels: [0, 0, 0], records: 0, record: 0, ...lists }
}

function countPath(row: Row, path: number, times: number): void {
  const at = row.paths.indexOf(path)
  if (at >= 0) row.pathCounts[at] += times
  else if (row.paths.length < PATHS_SEEN_MAX) {
    row.paths.push(path)
    row.pathCounts.push(times)
  }
}

/** Written out: there are hundreds in each batch. */
function rendered(whose: Service, row: Row, paths: Paths): FindingCount {
  const { rule, action, matches, records, fingerprints } = row
  const { service, namespace, environment } = whose
  const finding: FindingCount = {
    service,
    rule: rule.id,
    rule_version: versionOf(rule),
    category: rule.category,
    severity: rule.severity,
    confidence: byConfidence(row.levels),
    action,
    matches,
    records,
    paths: topPaths(row, paths),
    fingerprints,
  }
  if (namespace !== undefined) finding.namespace = namespace
  if (environment !== undefined) finding.environment = environment
  return finding
}

function topPaths({ paths: seen, pathCounts }: Row, paths: Paths): string[] {
  if (seen.length === 1) return [paths.report(seen[0])]
  const order = seen.map((_, i) => i).sort((a, b) => pathCounts[b] - pathCounts[a] || seen[a] - seen[b])
  return order.slice(0, PATHS_MAX).map((i) => paths.report(seen[i]))
}

const versions = new WeakMap<Rule, string>()

/** Changes when anything changes that was written of the rule. */
function versionOf(rule: Rule): string {
  let known = versions.get(rule)
  if (known === undefined) {
    known = createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, VERSION_DIGITS)
    versions.set(rule, known)
  }
  return known
}

function byConfidence(levels: readonly number[]): FindingCount['confidence'] {
  const counts: FindingCount['confidence'] = {}
  for (let level = levels.length - 1; level >= 0; level--)
    if (levels[level] > 0) counts[CONFIDENCES[level]] = levels[level]
  return counts
}
