// Counts of one batch, by service and by service × rule. Plain numbers; rendered once a batch.
import type { Counts, FailReason, FindingCount, ServiceCount } from '../core/counts.ts'
import type { Paths } from '../core/paths.ts'
import type { Rule } from '../core/policy.ts'

const PATHS_MAX = 5
const PATHS_SEEN_MAX = 64
const FINGERPRINTS_MAX = 5

interface Row {
  readonly count: FindingCount
  /** The last record counted, so that a record counts once. */
  record: number
  /** Paths and how often each was found, in parallel; only the first ones, if there are very many. */
  readonly paths: number[]
  readonly pathCounts: number[]
}

interface Service {
  readonly count: ServiceCount
  /** By index of the rule. */
  readonly rows: (Row | undefined)[]
}

export class Tally {
  private readonly services = new Map<string, Service>()
  private record = 0
  private current!: Service

  /** Begins what belongs together, under its service; `isRecord` is false for tags, options and group markers. */
  begin(service: string, isRecord: boolean): void {
    this.record++
    if (this.current?.count.service !== service) this.current = this.serviceOf(service)
    if (isRecord) this.current.count.records++
  }

  /** `action` is always the same for a rule. */
  finding(index: number, rule: Rule, action: string, path: number, fingerprint: string | undefined): void {
    let row = this.current.rows[index]
    if (!row) {
      row = newRow(this.current.count.service, rule, action)
      this.current.rows[index] = row
    }
    row.count.matches++
    if (row.record !== this.record) row.count.records++
    row.record = this.record
    countPath(row, path)
    const { fingerprints } = row.count
    if (fingerprint === undefined || fingerprints.length >= FINGERPRINTS_MAX) return
    if (!fingerprints.includes(fingerprint)) fingerprints.push(fingerprint)
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

  counts(paths: Paths): Counts {
    const services = [...this.services.values()]
    const rows = services.flatMap((service) => service.rows).filter((row) => row !== undefined)
    for (const { count, paths: found, pathCounts } of rows) {
      const order = found.map((_, i) => i).sort((a, b) => pathCounts[b] - pathCounts[a] || found[a] - found[b])
      count.paths = order.slice(0, PATHS_MAX).map((i) => paths.report(found[i]))
    }
    const findings = rows.map(({ count }) => count)
    // A tag names a service that may have no record of its own: its findings count, but nothing was seen of it.
    const seen = services.filter(({ count }) => count.records > 0)
    return { findings, services: seen.map(({ count }) => count) }
  }

  private serviceOf(service: string): Service {
    let known = this.services.get(service)
    if (!known) {
      known = { count: { service, records: 0, affected: 0, dropped: 0, failures: {} }, rows: [] }
      this.services.set(service, known)
    }
    return known
  }
}

function newRow(service: string, rule: Rule, action: string): Row {
  const { category, severity } = rule
  const count = { service, rule: rule.id, category, severity, action, matches: 0, records: 0 }
  return { count: { ...count, paths: [], fingerprints: [] }, record: 0, paths: [], pathCounts: [] }
}

function countPath(row: Row, path: number): void {
  const at = row.paths.indexOf(path)
  if (at >= 0) row.pathCounts[at]++
  else if (row.paths.length < PATHS_SEEN_MAX) {
    row.paths.push(path)
    row.pathCounts.push(1)
  }
}
