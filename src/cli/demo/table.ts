// The table service × category, as lines of text.
import type { ServiceTotal } from '../../pipeline/census.ts'
import type { Colours } from '../terminal.ts'

const CATEGORIES = ['secret', 'financial', 'personal', 'network'] as const
const SERVICE_COLUMNS = 18
const NUMBER_COLUMNS = 11

/** At most `rows_max` services; the rest are one row. */
export function tableLines(totals: readonly ServiceTotal[], rows_max: number, { bold, dim }: Colours): string[] {
  const shown = totals.slice(0, totals.length > rows_max ? rows_max - 1 : rows_max)
  const rest = totals.slice(shown.length)
  const head = ['records', 'affected', ...CATEGORIES].map((name) => name.padStart(NUMBER_COLUMNS)).join('')
  const lines = [bold('service'.padEnd(SERVICE_COLUMNS) + head), ...shown.map((total) => row(total.service, [total]))]
  if (rest.length > 0) lines.push(row(`${rest.length} more`, rest))
  lines.push(dim('─'.repeat(SERVICE_COLUMNS + head.length)), bold(row('all', totals)))
  return lines
}

function row(name: string, totals: readonly ServiceTotal[]): string {
  const sum = (read: (total: ServiceTotal) => number) => totals.reduce((all, total) => all + read(total), 0)
  const numbers = [
    sum((total) => total.records),
    sum((total) => total.affected),
    ...CATEGORIES.map((category) => sum((total) => total.matches[category] ?? 0)),
  ]
  const cells = numbers.map((value) => (value === 0 ? '·' : value.toLocaleString('en')).padStart(NUMBER_COLUMNS))
  return name.slice(0, SERVICE_COLUMNS - 1).padEnd(SERVICE_COLUMNS) + cells.join('')
}
