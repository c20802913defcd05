// `logveil demo`: the main job on an embedded configuration, with made-up traffic over a real socket. It shows records
// before and after, and who logged what; and it holds every stored line against what it must have become.
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { pino } from 'pino'
import { LogveilError } from '../core/errors.ts'
import { type Running, startPipeline } from '../pipeline/lifecycle.ts'
import { loadConfig } from '../settings/index.ts'
import { type Admin, startAdmin } from './admin.ts'
import { quantile } from './bench/measure.ts'
import { demoConfig } from './demo/config.ts'
import { Screen } from './demo/screen.ts'
import { DemoTraffic } from './demo/traffic.ts'
import { Watch } from './demo/watch.ts'
import { EXIT, Quit } from './exits.ts'
import { firstSignal } from './signals.ts'
import { coloursFor } from './terminal.ts'

interface DemoOptions {
  readonly seconds?: number
  readonly rate: number
}

const TRAFFIC = { seed: 42, share: 0.05 }
const RATE_DEFAULT = 2_000
/** Between two looks at the output: so often a pair of lines is shown. */
const SHOW_MS = 300
const ACKS_WAIT_MS = 5_000

const EXAMPLES = `
Everything happens in a temporary folder, which stays: settings, redacted logs, counts, the program's own log.

Examples:
  logveil demo                 until Ctrl-C
  logveil demo --seconds 10    ends by itself
  logveil demo --rate 20000    faster`

export function demoCommand(): Command {
  return new Command('demo')
    .summary('watch it work on made-up traffic')
    .description('Runs a whole pipeline on made-up traffic, and shows records before and after.')
    .option('--seconds <count>', 'end after so long; without it Ctrl-C ends it', positive)
    .option('--rate <records>', 'records per second', positive, RATE_DEFAULT)
    .addHelpText('after', EXAMPLES)
    .action(async (options: DemoOptions) => {
      const exitCode = await demo(options)
      // Nothing is left to do, whatever a component may still hold open.
      process.exit(exitCode)
    })
}

async function demo(options: DemoOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-demo-'))
  const { running, admin } = await start(folder)
  const screen = new Screen()
  try {
    return await show(options, folder, running, admin, screen)
  } finally {
    screen.end()
    await running.stop(true)
    await admin.close()
  }
}

async function show(
  { seconds, rate }: DemoOptions,
  folder: string,
  running: Running,
  admin: Admin,
  screen: Screen,
): Promise<number> {
  const address = running.addresses.get('app')?.[0] ?? ''
  const { bold, dim } = coloursFor(process.stdout)
  process.stdout.write(`${bold('logveil demo')}  made-up traffic at ${rate.toLocaleString('en')} records/s\n`)
  process.stdout.write(dim(`forward source ${address}   metrics http://${admin.address}/metrics\nfiles ${folder}\n\n`))
  const ended = firstSignal(() => screen.end())
  const traffic = new DemoTraffic(Number(address.split(':').at(-1)), rate, TRAFFIC)
  const watch = new Watch(join(folder, 'logs.ndjson'), TRAFFIC)
  const began = performance.now()
  traffic.start()
  screen.begin()
  const isOver = until(ended, seconds)
  while (!isOver()) {
    await Promise.race([sleep(SHOW_MS), ended])
    await watch.read()
    const pair = watch.latest
    watch.latest = null
    screen.show(pair, running.census.totals(), statusOf(traffic, began, seconds))
  }
  const took_s = (performance.now() - began) / 1000
  screen.end()
  await traffic.stop(ACKS_WAIT_MS)
  const { delivered } = await running.stop()
  await watch.read()
  await watch.close()
  process.stdout.write(summary(folder, running, traffic, watch, took_s, screen))
  return delivered && watch.wrong === 0 ? EXIT.ok : EXIT.failed
}

async function start(folder: string) {
  const file = join(folder, 'logveil.yaml')
  const text = demoConfig(folder)
  writeFileSync(file, text)
  const loaded = await loadConfig(text, file)
  if (!loaded.ok) throw new LogveilError('INTERNAL', `the demo's own settings: ${loaded.complaints[0].message}`)
  const logger = pino({ level: 'info', base: undefined }, pino.destination(join(folder, 'logveil.log')))
  const running = await startPipeline(loaded.plan, { logger })
  if (loaded.plan.admin === null) throw new Quit(EXIT.failed)
  return { running, admin: await startAdmin(loaded.plan.admin, { running }) }
}

/** True once a signal came or the time is over. */
function until(ended: Promise<unknown>, seconds: number | undefined): () => boolean {
  let over = false
  void ended.then(() => {
    over = true
  })
  const end = performance.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000
  return () => over || performance.now() >= end
}

function statusOf(traffic: DemoTraffic, began: number, seconds: number | undefined): string {
  const elapsed_s = (performance.now() - began) / 1000
  const rate = Math.round(traffic.records / elapsed_s).toLocaleString('en')
  const acks = `ack p50 ${ms(traffic, 0.5)}, p99 ${ms(traffic, 0.99)}`
  const end = seconds === undefined ? 'Ctrl-C ends it' : `of ${seconds} s`
  return `${elapsed_s.toFixed(0)} s ${end}   ${rate} records/s   ${speed(traffic, elapsed_s)}   ${acks}`
}

function summary(
  folder: string,
  running: Running,
  traffic: DemoTraffic,
  watch: Watch,
  took_s: number,
  screen: Screen,
): string {
  const { bold, green, red } = coloursFor(process.stdout)
  const count = (value: number) => value.toLocaleString('en')
  const amount = `${bold(count(traffic.records))} records, ${(traffic.bytes / 1e6).toFixed(1)} MB`
  const all = traffic.unacknowledged === 0 ? 'all' : 'not all'
  const verdict =
    watch.wrong === 0
      ? green(`${count(watch.exact)} stored records are exactly what they must be; no made-up secret is left`)
      : red(`${count(watch.wrong)} stored records are not what they must be`)
  const files = ['logveil.yaml', 'logs.ndjson', 'census.ndjson', 'logveil.log'].map((name) => {
    const size = (statSync(join(folder, name)).size / 1e6).toFixed(1)
    return `  ${join(folder, name)}  ${size} MB`
  })
  return [
    '',
    ...screen.table(running.census.totals()),
    '',
    `${amount} in ${took_s.toFixed(1)} s: ${speed(traffic, took_s)}, ${all} acknowledged`,
    `ack p50 ${ms(traffic, 0.5)}, p99 ${ms(traffic, 0.99)} (stored on disk by then)`,
    verdict,
    ...files,
    '',
  ].join('\n')
}

function speed(traffic: DemoTraffic, seconds: number): string {
  return `${(traffic.bytes / 1e6 / seconds).toFixed(2)} MB/s`
}

function ms(traffic: DemoTraffic, share: number): string {
  return traffic.acks_ms.length === 0 ? '-' : `${quantile(traffic.acks_ms, share).toFixed(1)} ms`
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('it must be a positive number.')
  return value
}
