// `logveil bench`: what this machine makes of logveil. Each section is a file in bench/; here is their order, and who
// is told the result.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Argument, Command, InvalidArgumentError } from 'commander'
import { defaultPolicy } from '../settings/index.ts'
import { benchCore } from './bench/core.ts'
import { benchCorpus } from './bench/corpus.ts'
import { benchFiles } from './bench/files.ts'
import { withFirstDetectors } from './bench/first_detectors.ts'
import { benchHostile } from './bench/hostile.ts'
import { benchKafka } from './bench/kafka.ts'
import { benchLibrary } from './bench/library.ts'
import { benchOtlpPipeline } from './bench/otlp_pipeline.ts'
import { PARTS, type PartName, runPart } from './bench/parts.ts'
import { benchColdStart, benchPipeline, benchSoak } from './bench/pipeline.ts'
import { Report } from './bench/report.ts'

interface BenchOptions {
  readonly quick: boolean
  readonly json?: string
  readonly corpus: string
  readonly collector?: string
  readonly kafka?: string
  readonly workers: number | 'auto'
  readonly soak?: number
  readonly only?: readonly string[]
}

const SECTIONS = [
  'core',
  'library',
  'corpus',
  'pipeline',
  'otlp',
  'kafka',
  'files',
  'hostile',
  'start',
  'soak',
] as const

const EXAMPLES = `
Ratios are medians of runs that take turns, so they hold on a busy machine; the other figures are of this machine, now.
docs/benchmarks.md says what each figure means.

Examples:
  logveil bench --quick --json figures.json   everything but the soak, within a minute
  logveil bench --only pipeline --workers 2   one section
  logveil bench --only soak --soak 300        a slow sink for five minutes`

export function benchCommand(): Command {
  return new Command('bench')
    .summary('measure speed and memory on this machine')
    .description('Measures the worker core, the whole pipeline, hostile inputs and the start on this machine.')
    .option('--quick', 'shorter runs: all sections but the soak within a minute', false)
    .option('--json <file>', 'also write every figure as [{name, value, unit}]')
    .option('--corpus <folder>', 'real logs: its folder loghub holds *.log', '../shared/corpus')
    .option('--collector <file>', 'an OpenTelemetry Collector with the redaction processor, to measure beside')
    .option('--kafka <brokers>', 'a Kafka with the topics logveil.bench.{in,wide,out,copy,census}, to measure with')
    .option('--workers <count>', 'worker threads of the pipeline section', workerCount, 'auto')
    .option('--soak <seconds>', 'how long a slow sink is fed; 300 unless --quick', positive)
    .option('--only <sections>', `some of ${SECTIONS.join(',')}`, sections)
    .addHelpText('after', EXAMPLES)
    .addCommand(partCommand(), { hidden: true })
    .action(bench)
}

/** Started by the pipeline section, as its other processes. */
function partCommand(): Command {
  return new Command('part')
    .addArgument(new Argument('<name>').choices(PARTS))
    .action((name: PartName) => runPart(name))
}

async function bench(options: BenchOptions): Promise<void> {
  const report = new Report(progress)
  const policy = await defaultPolicy()
  // Rivals have about as many patterns.
  const first = withFirstDetectors(policy)
  const wants = (section: string) => options.only?.includes(section) ?? true
  const turns = options.quick ? { turns: 3, warm_ms: 2400 } : { turns: 25, warm_ms: 12_000 }
  if (wants('core')) await benchCore(report, first, turns)
  if (wants('library')) await benchLibrary(report, policy, turns)
  if (wants('corpus')) await benchCorpus(report, first, resolve(options.corpus), turns)
  if (wants('pipeline')) {
    const times = options.quick ? { warm_s: 1.5, full_s: 1.5, half_s: 0.7 } : { warm_s: 5, full_s: 20, half_s: 20 }
    await benchPipeline(report, times, options.workers)
  }
  if (wants('otlp')) {
    const times = options.quick
      ? { warm_s: 0.5, turn_s: 0.5, turns: 2, half_s: 0.5 }
      : { warm_s: 5, turn_s: 4, turns: 9, half_s: 20 }
    await benchOtlpPipeline(report, times, options.collector ?? null)
  }
  // A broker that is only found takes longer to start than all else takes with --quick.
  if (wants('kafka') && (!options.quick || options.only !== undefined || options.kafka !== undefined)) {
    const times = options.quick
      ? { records: 90_000, turns: 1, paced_s: 3, collector_s: 5, scale_records: 0 }
      : { records: 200_000, turns: 3, paced_s: 15, collector_s: 20, scale_records: 240_000 }
    await benchKafka(report, times, options.kafka ?? null, options.collector ?? null)
  }
  if (wants('files')) await benchFiles(report, options.quick ? 10e6 : 1e9)
  if (wants('hostile'))
    benchHostile(report, policy, options.quick ? { runs: 2, onlyJson: true } : { runs: 5, onlyJson: false })
  if (wants('start')) await benchColdStart(report, options.quick ? 1 : 10)
  const soak_s = options.soak ?? (options.quick ? 0 : 300)
  if (wants('soak') && soak_s > 0) await benchSoak(report, soak_s, progress)
  progress('')
  process.stdout.write(report.text())
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report.figures, null, 2)}\n`)
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('it must be a positive number.')
  return value
}

function workerCount(text: string): number | 'auto' {
  return text === 'auto' ? text : Math.ceil(positive(text))
}

function sections(text: string): string[] {
  const names = text.split(',')
  const unknown = names.find((name) => !SECTIONS.some((section) => section === name))
  if (unknown !== undefined) throw new InvalidArgumentError(`there is no ${unknown}; there are ${SECTIONS.join(', ')}.`)
  return names
}
