// Adds up what the inspector counted, for `--summary` and the end of `scan`. It holds counts, never values.
import type { Counts } from '../core/counts.ts'

interface Row {
  readonly rule: string
  readonly category: string
  readonly severity: string
  readonly action: string
  matches: number
  lines: number
}

const COLUMNS = ['rule', 'category', 'severity', 'action'] as const

export class Sums {
  lines = 0
  affected = 0
  matches = 0
  private readonly rows = new Map<string, Row>()
  private readonly failures = new Map<string, number>()

  add(counts: Counts): void {
    for (const { rule, category, severity, action, matches, records } of counts.findings) {
      const key = `${rule} ${action}`
      const row = this.rows.get(key) ?? { rule, category, severity, action, matches: 0, lines: 0 }
      row.matches += matches
      row.lines += records
      this.matches += matches
      this.rows.set(key, row)
    }
    for (const { records, affected, failures } of counts.services) {
      this.lines += records
      this.affected += affected
      for (const [reason, count] of Object.entries(failures)) {
        this.failures.set(reason, (this.failures.get(reason) ?? 0) + count)
      }
    }
  }

  /** `2 too_deep, 1 malformed`; '' when every line was inspected. */
  failed(): string {
    return [...this.failures].map(([reason, count]) => `${count} ${reason}`).join(', ')
  }

  /** A table, most findings first, and a line with the totals. */
  text(): string {
    const rows = [...this.rows.values()].sort((a, b) => b.matches - a.matches || (a.rule < b.rule ? -1 : 1))
    const cells = rows.map((row) => [...COLUMNS.map((column) => row[column]), String(row.matches), String(row.lines)])
    if (cells.length === 0) return `${this.total()}\n`
    return `${table([[...COLUMNS, 'findings', 'lines'], ...cells])}\n${this.total()}\n`
  }

  total(): string {
    const findings = `${this.matches} finding${this.matches === 1 ? '' : 's'}`
    return `${findings} in ${this.affected} of ${this.lines} line${this.lines === 1 ? '' : 's'}`
  }
}

/** The last columns, `numbers` of them, are numbers. */
export function table(rows: readonly (readonly string[])[], numbers = 2): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const isNumber = (column: number) => column >= widths.length - numbers
  const cell = (text: string, column: number) =>
    isNumber(column) ? text.padStart(widths[column]) : text.padEnd(widths[column])
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
