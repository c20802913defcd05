// What the demo shows. On a terminal: pairs of lines flow by, and the table stays below them, redrawn in place. Else:
// the same as plain text, the table every few seconds.
import type { ServiceTotal } from '../../pipeline/census.ts'
import { coloursFor, plain } from '../terminal.ts'
import { tableLines } from './table.ts'
import type { Pair } from './watch.ts'

const PLAIN_TABLE_MS = 5_000
const COLUMNS_DEFAULT = 120
const ROWS_DEFAULT = 40
const LABEL_COLUMNS = 18
/** Lines of the block that are no service: rule, head, sum, blank, status. */
const FRAME_ROWS = 9
const PAIRS_ROWS = 6
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

export class Screen {
  private readonly colours = coloursFor(process.stdout)
  private readonly live = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  private drawn = 0
  private nextTable_ms = 0

  begin(): void {
    if (this.live) process.stdout.write(HIDE_CURSOR)
  }

  /** Gives the terminal back as it was. */
  end(): void {
    if (!this.live) return
    this.erase()
    process.stdout.write(SHOW_CURSOR)
  }

  show(pair: Pair | null, totals: readonly ServiceTotal[], status: string): void {
    if (this.live) {
      this.erase()
      if (pair) process.stdout.write(this.pairText(pair))
      this.drawBlock(totals, status)
      return
    }
    if (pair) process.stdout.write(this.pairText(pair))
    const now = performance.now()
    if (this.nextTable_ms === 0) this.nextTable_ms = now + PLAIN_TABLE_MS
    if (now < this.nextTable_ms) return
    this.nextTable_ms = now + PLAIN_TABLE_MS
    process.stdout.write(`\n${this.table(totals).join('\n')}\n${status}\n\n`)
  }

  table(totals: readonly ServiceTotal[]): string[] {
    const rows = this.live ? (process.stdout.rows || ROWS_DEFAULT) - FRAME_ROWS - PAIRS_ROWS : ROWS_DEFAULT
    return tableLines(totals, Math.max(3, rows), this.colours)
  }

  private drawBlock(totals: readonly ServiceTotal[], status: string): void {
    const columns = process.stdout.columns || COLUMNS_DEFAULT
    const lines = ['', ...this.table(totals), '', this.colours.dim(status)]
    this.drawn = lines.length
    process.stdout.write(`${lines.map((line) => clipped(line, columns)).join('\n')}\n`)
  }

  private erase(): void {
    if (this.drawn > 0) process.stdout.write(`\x1b[${this.drawn}A\x1b[J`)
    this.drawn = 0
  }

  /** Both lines begin at the same place of the record, so that the eye finds the difference. */
  private pairText({ service, before, raw, redacted, behind }: Pair): string {
    const { dim, red, green, bold } = this.colours
    const columns = (process.stdout.columns || COLUMNS_DEFAULT) - LABEL_COLUMNS - 10
    const line = (text: string, paint: (text: string) => string) => {
      const lead = plain(before)
      const middle = plain(text).slice(0, Math.max(8, columns - lead.length))
      const tail = plain(behind).slice(0, Math.max(0, columns - lead.length - middle.length))
      return `${dim(lead)}${paint(middle)}${dim(tail)}`
    }
    const label = bold(service.slice(0, LABEL_COLUMNS - 1).padEnd(LABEL_COLUMNS))
    const indent = ' '.repeat(LABEL_COLUMNS)
    const shown = [
      `${label}${red('raw      ')} ${line(raw, red)}`,
      `${indent}${green('redacted ')} ${line(redacted, green)}`,
    ]
    return `${shown.join('\n')}\n`
  }
}

/** Cut to the terminal's width; colours do not count. A line that wraps would break the redrawing. */
function clipped(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the colours' own escape that is looked for.
  const width = line.replace(/\x1b\[\d+m/g, '').length
  if (width <= columns) return line
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  return line.replace(/\x1b\[\d+m/g, '').slice(0, columns)
}
