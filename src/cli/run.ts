// `logveil run`: settings become a running pipeline, and signals end it. It holds no bytes of a record; the pipeline
// keeps its promises by itself.
import { Command } from 'commander'
import type { Logger } from 'pino'
import { LogveilError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { type Running, startPipeline } from '../pipeline/lifecycle.ts'
import { loadConfig } from '../settings/index.ts'
import { type Admin, startAdmin } from './admin.ts'
import { showComplaints, showWarnings } from './complaints.ts'
import { describeDefect } from './defects.ts'
import { EXIT, Quit } from './exits.ts'
import { needSettings } from './inputs.ts'
import { runLogger } from './log.ts'
import { firstSignal } from './signals.ts'

const EXAMPLES = `
The log goes to standard error: JSON lines, or short ones on a terminal. The line with "event":"ready" says where the
sources and the admin server listen, also what port 0 became.

SIGTERM, SIGINT and SIGHUP drain what was taken within pipeline.shutdown_ms; a second signal ends at once.

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
  const stopped = firstSignal((signal) => logger.warn({ event: 'ended', signal }, 'Ended at once, by a second signal'))
  const started = await start(plan, log, logger)
  const signal = await stopped
  logger.info({ event: 'signal', signal }, 'Told to stop')
  const { delivered } = await started.running.stop()
  await started.admin?.close()
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
  readonly admin: Admin | null
}

async function start(plan: Plan, log: Logger, logger: Logger): Promise<Started> {
  let running: Running | undefined
  try {
    running = await startPipeline(plan, { logger: log })
    const admin = plan.admin && (await startAdmin(plan.admin.listen, running))
    tellReady(plan, running, admin, logger)
    return { running, admin }
  } catch (error) {
    await running?.stop(true)
    if (!(error instanceof LogveilError)) throw error
    const { code, message, remedy } = error
    const cause = (error.cause as NodeJS.ErrnoException | undefined)?.code
    logger.fatal({ event: 'start_failed', code, cause, remedy }, message)
    throw new Quit(EXIT.failed)
  }
}

/** One line that says all that a script or a person wants to know. */
function tellReady(plan: Plan, running: Running, admin: Admin | null, logger: Logger): void {
  const sources = Object.fromEntries(running.addresses)
  const places = plan.sources.map(({ name, type }) => `${name} ${type} ${sources[name]?.join(' ')}`)
  if (admin !== null) places.push(`admin http ${admin.address}`)
  const startup_ms = Math.round(process.uptime() * 1000)
  const facts = { event: 'ready', sources, admin: admin?.address, policy: plan.policy.version, startup_ms }
  logger.info(facts, `listening ${places.join(', ')}`)
}
