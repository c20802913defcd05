// Counts of one batch, by service and by service × rule × action. Plain numbers; rendered once a batch.
import type { Counts, FailReason, FindingCount, ServiceCount } from '../core/counts.ts'
import type { Paths } from '../core/paths.ts'
import type { Rule } from '../core/policy.ts'

const PATHS_MAX = 5
const FINGERPRINTS_MAX = 5

interface Row {
  count: FindingCount
  /** The last record counted, so that a record counts once. */
  record: number
  paths: Map<number, number>
  fingerprints: Set<string>
}

export class Tally {
  private readonly services = new Map<string, ServiceCount>()
  private readonly rows = new Map<string, Row>()
  private record = 0
  private current!: ServiceCount

  /** Begins what belongs together, under its service; `isRecord` is false for tags, options and group markers. */
  begin(service: string, isRecord: boolean): void {
    this.record++
    let count = this.services.get(service)
    if (!count) {
      count = { service, records: 0, affected: 0, dropped: 0, failures: {} }
      this.services.set(service, count)
    }
    this.current = count
    if (isRecord) count.records++
  }

  finding(rule: Rule, action: string, path: number, fingerprint: string | undefined): void {
    const key = `${this.current.service}\n${rule.id}\n${action}`
    let row = this.rows.get(key)
    if (!row) {
      const { category, severity } = rule
      const count: FindingCount = {
        service: this.current.service,
        rule: rule.id,
        category,
        severity,
        action,
        matches: 0,
        records: 0,
        paths: [],
        fingerprints: [],
      }
      row = { count, record: 0, paths: new Map(), fingerprints: new Set() }
      this.rows.set(key, row)
    }
    row.count.matches++
    if (row.record !== this.record) row.count.records++
    row.record = this.record
    row.paths.set(path, (row.paths.get(path) ?? 0) + 1)
    if (fingerprint !== undefined && row.fingerprints.size < FINGERPRINTS_MAX) row.fingerprints.add(fingerprint)
  }

  affected(): void {
    this.current.affected++
  }

  dropped(): void {
    this.current.dropped++
  }

  failed(reason: FailReason): void {
    this.current.failures[reason] = (this.current.failures[reason] ?? 0) + 1
  }

  counts(paths: Paths): Counts {
    const findings = [...this.rows.values()].map(({ count, paths: found, fingerprints }) => {
      const top = [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, PATHS_MAX)
      return { ...count, paths: top.map(([path]) => paths.report(path)), fingerprints: [...fingerprints] }
    })
    return { findings, services: [...this.services.values()] }
  }
}
