// Collects figures and prints them as they come: a readable table on stdout, ratios first when it is over, and the
// same as data for `--json`.
import { cpus } from 'node:os'
import pc from 'picocolors'
import type { Figure } from './measure.ts'

interface Ratio {
  readonly title: string
  readonly value: number
  readonly wanted: number
}

interface Section {
  readonly title: string
  readonly lines: string[]
}

const TITLE_COLUMNS = 62

export class Report {
  readonly figures: Figure[] = []
  private readonly ratios: Ratio[] = []
  private readonly sections: Section[] = []
  private readonly progress: (text: string) => void

  /** `progress` is told what is being measured. */
  constructor(progress: (text: string) => void) {
    this.progress = progress
  }

  section(title: string): void {
    this.sections.push({ title, lines: [] })
    this.progress(title)
  }

  figure(name: string, title: string, value: number, unit: string): void {
    this.figures.push({ name, value: rounded(value), unit })
    this.note(`${title.padEnd(TITLE_COLUMNS)} ${shown(value).padStart(9)} ${unit}`)
  }

  /** A figure that has a target. */
  ratio(name: string, title: string, value: number, wanted: number): void {
    this.figures.push({ name, value: rounded(value), unit: 'ratio' })
    this.ratios.push({ title, value, wanted })
  }

  /** A figure for the data alone: the table shows it in another form. */
  record(name: string, value: number, unit: string): void {
    this.figures.push({ name, value: rounded(value), unit })
  }

  note(line: string): void {
    this.sections.at(-1)?.lines.push(line)
  }

  text(): string {
    const cores = cpus()
    const machine = `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, node ${process.version}`
    const ratios = this.ratios.map(({ title, value, wanted }) => {
      const verdict = value >= wanted ? pc.green('reached') : pc.yellow('not reached')
      const target = `target ${wanted}`
      return `${title.padEnd(TITLE_COLUMNS)} ${value.toFixed(2).padStart(9)} ${target.padEnd(12)} ${verdict}`
    })
    const parts = [
      [pc.bold('Ratios (medians of interleaved runs: these hold on a noisy machine)'), ...ratios],
      ...this.sections.filter(({ lines }) => lines.length > 0).map(({ title, lines }) => [pc.bold(title), ...lines]),
    ]
    return `${machine}\n\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

function shown(value: number): string {
  if (Number.isNaN(value)) return '-'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
