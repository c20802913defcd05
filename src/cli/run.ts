// `logveil run`: settings become a running pipeline, and signals end it or have them read again. It holds no bytes of a
// record; the pipeline keeps its promises by itself.
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { Logger } from 'pino'
import { LogveilError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { type Running, startPipeline } from '../pipeline/lifecycle.ts'
import type { LoadedPlan } from '../pipeline/reloads.ts'
import { loadConfig } from '../settings/index.ts'
import { AdminFront } from './admin/front.ts'
import { showComplaints, showWarnings } from './complaints.ts'
import { describeDefect } from './defects.ts'
import { EXIT, Quit } from './exits.ts'
import { needSettings, reasonOf } from './inputs.ts'
import { runLogger } from './log.ts'
import { firstSignal, STOPS } from './signals.ts'
import { type WatchedFiles, watchFiles } from './watch_files.ts'

const EXAMPLES = `
The log goes to standard error: JSON lines, or short ones on a terminal. The line with "event":"ready" says where the
sources and the admin server listen, also what port 0 became.

SIGTERM and SIGINT drain what was taken within pipeline.shutdown_ms; a second one ends at once. SIGHUP reads the
settings again: what is alike stays at work, and settings that are not usable are refused whole.

Examples:
  logveil run -c logveil.yaml
  logveil check logveil.yaml && logveil run -c logveil.yaml 2>> logveil.log
  curl -s http://127.0.0.1:9464/ready`

export function runCommand(): Command {
  return new Command('run')
    .summary('run a pipeline')
    .description('Runs the pipeline of a settings file until it is told to stop.')
    .requiredOption('-c, --config <file>', 'the settings')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config }: { config: string }) => {
      const exitCode = await run(config)
      // Nothing is left to do, whatever a component may still hold open.
      process.exit(exitCode)
    })
}

async function run(file: string): Promise<number> {
  const plan = await planOf(file)
  const log = runLogger(plan.log.level)
  const logger = log.child({ component: 'cli' })
  process.on('uncaughtException', (error) => {
    logger.fatal({ event: 'defect', what: describeDefect(error) }, 'A defect in logveil ended it')
    process.exit(EXIT.failed)
  })
  const onSecond = (signal: string) => logger.warn({ event: 'ended', signal }, 'Ended at once, by a second signal')
  const stopped = firstSignal(onSecond, STOPS)
  const { running, house } = await start(plan, file, log, logger)
  const signal = await Promise.race([stopped, running.ended])
  if (signal) logger.info({ event: 'signal', signal }, 'Told to stop')
  else logger.info({ event: 'ended' }, 'All sources have come to their end')
  const { delivered } = await running.stop()
  await house.close()
  return delivered ? EXIT.ok : EXIT.undelivered
}

async function planOf(file: string): Promise<Plan> {
  const loaded = await loadConfig(await needSettings(file), file)
  if (!loaded.ok) {
    showComplaints(loaded.complaints)
    throw new Quit(EXIT.usage)
  }
  showWarnings(loaded.warnings)
  return loaded.plan
}

interface Started {
  readonly running: Running
  readonly house: House
}

async function start(plan: Plan, file: string, log: Logger, logger: Logger): Promise<Started> {
  let running: Running | undefined
  let house: House | undefined
  // Until it runs there is nothing to reload, and nothing to be ended by a terminal that closes.
  process.on('SIGHUP', () => void running?.reload('SIGHUP'))
  try {
    const changed = async (next: Plan) => (await house?.follow(next)) ?? []
    running = await startPipeline(plan, { logger: log, load: () => loadAgain(file), changed })
    house = new House(running, file, log, logger)
    await house.start()
    tellReady(plan, running, house.front.address, logger)
    return { running, house }
  } catch (error) {
    await running?.stop(true)
    if (!(error instanceof LogveilError)) throw error
    const { code, message, remedy } = error
    const cause = (error.cause as NodeJS.ErrnoException | undefined)?.code
    logger.fatal({ event: 'start_failed', code, cause, remedy }, message)
    throw new Quit(EXIT.failed)
  }
}

/** What stands around a pipeline that runs, and follows its settings: the log, the admin port, the eye on the files. */
class House {
  readonly front: AdminFront
  readonly #running: Running
  readonly #file: string
  readonly #loggers: readonly Logger[]
  #level: string
  #watched: WatchedFiles | null = null

  constructor(running: Running, file: string, ...loggers: [Logger, Logger]) {
    this.#running = running
    this.#file = file
    this.#loggers = loggers
    this.#level = running.plan.log.level
    const [log, logger] = loggers
    this.front = new AdminFront({ running, log: { get: () => log.level, set: (to) => this.#speak(to) } }, logger)
  }

  async start(): Promise<void> {
    await this.front.start(this.#running.plan.admin)
    this.#watch(this.#running.plan)
  }

  /** Returns the sections that could not be brought to work. */
  async follow(plan: Plan): Promise<readonly string[]> {
    // A level that was set at the admin port holds until the settings have another one.
    if (plan.log.level !== this.#level) this.#speak(plan.log.level)
    this.#level = plan.log.level
    this.#watch(plan)
    return (await this.front.follow(plan)) ? [] : ['admin']
  }

  async close(): Promise<void> {
    this.#watched?.close()
    await this.front.close()
  }

  #speak(level: string): void {
    for (const logger of this.#loggers) logger.level = level
  }

  #watch({ reload }: Plan): void {
    if (!reload?.watch) {
      this.#watched?.close()
      this.#watched = null
    }
    const look = () => filesOf(this.#running, this.#file)
    if (reload?.watch) this.#watched ??= watchFiles(look, () => void this.#running.reload('a file changed'))
  }
}

/** The settings as the file has them now. */
async function loadAgain(file: string): Promise<LoadedPlan> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const complaint = { file, line: 1, column: 1, message: reasonOf(error), remedy: 'put the file back' }
    return { ok: false, complaints: [complaint] }
  }
  return loadConfig(text, file)
}

/** The settings file, those that it names, and those of certificates. */
function filesOf({ plan }: Running, file: string): readonly string[] {
  const tls = [...plan.sources, ...plan.sinks].map(({ identity }) => (identity as { tls?: unknown } | undefined)?.tls)
  const named = [...tls, plan.admin?.tls].flatMap((one) => {
    const { cert, key, ca } = (one ?? {}) as Record<string, unknown>
    return [cert, key, ca].filter((path) => typeof path === 'string')
  })
  return [...new Set([file, ...(plan.written?.files ?? []), ...named])]
}

/** One line that says all that a script or a person wants to know. */
function tellReady(plan: Plan, running: Running, admin: string | undefined, logger: Logger): void {
  const sources = Object.fromEntries(running.addresses)
  const places = plan.sources.map(({ name, type }) => `${name} ${type} ${sources[name]?.join(' ')}`)
  if (admin !== undefined) places.push(`admin http ${admin}`)
  const startup_ms = Math.round(process.uptime() * 1000)
  const facts = { event: 'ready', sources, admin, policy: plan.policy.version, startup_ms }
  logger.info(facts, `listening ${places.join(', ')}`)
}
