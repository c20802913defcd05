// Owns the beginning of a pipeline and what the outside sees of it while it runs.
import { type Clock, systemClock } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { Plan } from '../core/plan.ts'
import type { Alerts } from './alerts/alerts.ts'
import { noteReload, startFacts } from './audit/notes.ts'
import type { Census } from './census.ts'
import { Certificates } from './certificates.ts'
import { type EmitOptions, stderrLogger } from './emit.ts'
import { assemble, type Machine } from './machine.ts'
import type { Pool } from './pool.ts'
import { changePlan } from './reload.ts'
import { type ConfigState, type LoadedPlan, type Outcome, Reloads } from './reloads.ts'
import { all, Shutdown, type StopReport, until } from './shutdown.ts'
import type { Tap } from './tap.ts'

/** How often windows are looked at; records are counted into the right one in any case. */
const TICK_MS_MAX = 1_000
/** What components get to undo a start that failed. */
const UNDO_MS = 2_000

export interface PipelineOptions {
  /** Path or file URL of the worker entry; the built one when absent. */
  workerUrl?: string
  clock?: Clock
  logger?: EmitOptions['logger']
  /** Reads the settings again, for `reload`. Absent: they stay as they are. */
  load?(): Promise<LoadedPlan>
  /** Has what is not of the pipeline follow a new plan; returns the sections that it could not bring to work. */
  changed?(plan: Plan): Promise<readonly string[]>
}

export interface ComponentHealth {
  name: string
  kind: 'source' | 'sink' | 'workers'
  type: string
  ready: boolean
}

export interface Health {
  ready: boolean
  stopping: boolean
  components: ComponentHealth[]
}

export interface Running {
  /** Where each source listens, by its name. */
  readonly addresses: ReadonlyMap<string, readonly string[]>
  readonly census: Census
  readonly alerts: Alerts
  readonly pool: Pool
  /** Who watches records. */
  readonly tap: Tap
  /** The one at work. */
  readonly plan: Plan
  /** How the settings on disk stand to it. */
  readonly config: ConfigState
  health(): Health
  /** The Prometheus text. */
  metrics(): Promise<string>
  /** Reads the settings and changes to them, or refuses them and stays as it was. `reason` is for the log. */
  reload(reason: string): Promise<Outcome>
  /** Resolves when all sources have come to an end by themselves. */
  readonly ended: Promise<void>
  /** Idempotent; a call with `force` ends the drain at once. */
  stop(force?: boolean): Promise<StopReport>
}

/** Rejects with the LogveilError of the first component that can not start; what had started is stopped again then. */
export async function startPipeline(plan: Plan, options: PipelineOptions = {}): Promise<Running> {
  const { clock = systemClock, logger = stderrLogger(plan.log.level), workerUrl } = options
  const load = options.load ?? (async () => ({ ok: true, plan, warnings: [] }) as const)
  let reloads: Reloads | undefined
  const began_ms = clock.now_ms()
  const config = () => reloads?.state ?? { ok: true, loaded_ms: began_ms, needs_restart: [] }
  const machine = await assemble(plan, { clock, logger, workerUrl, config })
  try {
    await all([machine.pool.start(), ...machine.sinks.map(({ sink }) => sink.start())])
    await machine.census.start()
    await all(machine.sources.map(({ source }) => source.start()))
  } catch (error) {
    await undo(machine)
    throw error
  }
  const tick = () => {
    machine.census.tick()
    machine.alerts.tick()
  }
  const ticks = setInterval(tick, Math.min(TICK_MS_MAX, plan.census.window_ms))
  ticks.unref()
  const shutdown = new Shutdown(machine)
  const ending = new AbortController()
  const certificates = new Certificates(machine, clock)
  void certificates.look()
  const apply = async (wanted: Plan) => {
    const changes = await changePlan(machine, wanted, ending.signal)
    void certificates.look()
    const later = (await options.changed?.(machine.plan)) ?? []
    return { ...changes, needs_restart: [...changes.needs_restart, ...later] }
  }
  const count = (outcome: string) => machine.metrics.reloaded(outcome)
  const { emit, audit } = machine
  let known = plan
  const told = (outcome: Outcome, reason: string) => {
    const before = known
    known = machine.plan
    return noteReload(audit, outcome, reason, before, known)
  }
  await audit.note('start', startFacts(plan))
  reloads = new Reloads({ load, apply, count, told, clock, emit })
  const closing = reloads
  for (const [source, where] of addressesOf(machine)) {
    emit('info', 'source_started', 'A source takes data', { source, addresses: where.join(' ') })
  }
  return {
    get addresses() {
      return addressesOf(machine)
    },
    get pool() {
      return machine.pool
    },
    get plan() {
      return machine.plan
    },
    get config() {
      return closing.state
    },
    census: machine.census,
    tap: machine.tap,
    alerts: machine.alerts,
    health: () => health(machine, shutdown.begun || ending.signal.aborted),
    metrics: () => machine.metrics.text(),
    reload: (reason) => closing.reload(reason),
    ended: endOf(machine),
    stop: async (force) => {
      clearInterval(ticks)
      certificates.close()
      ending.abort()
      // Half of a change is worse to end than all of it. It hurries now, and a component that hangs holds up nobody.
      const changed = closing.close()
      if (!force) await until(changed, AbortSignal.timeout(2 * LIMITS.reload_grace_ms))
      return shutdown.stop(force)
    },
  }
}

/** A reload may have brought other sources meanwhile. */
async function endOf(machine: Machine): Promise<void> {
  const never = new Promise<void>(() => {})
  for (let seen: Machine['sources'] | undefined; seen !== machine.sources; ) {
    seen = machine.sources
    await Promise.all(seen.map(({ source }) => source.ended ?? never))
  }
}

function addressesOf({ sources }: Machine): ReadonlyMap<string, readonly string[]> {
  return new Map(sources.map(({ plan: { name }, source }) => [name, source.addresses]))
}

async function undo({ sources, sinks, pool, gate, telemetry, audit }: Machine): Promise<void> {
  const signal = AbortSignal.timeout(UNDO_MS)
  await until(Promise.allSettled(sources.map(({ source }) => source.stop(signal))), signal)
  gate.close()
  for (const { lane } of sinks) lane.stop()
  await until(Promise.allSettled(sinks.map(({ sink }) => sink.close(signal))), signal)
  await until(Promise.resolve(telemetry?.close()), signal)
  await audit.close()
  await pool.destroy()
}

function health({ sources, sinks, pool }: Machine, stopping: boolean): Health {
  const components: ComponentHealth[] = [
    { name: 'workers', kind: 'workers', type: 'pool', ready: pool.threads.length > 0 },
    ...sources.map(({ plan: { name, type }, source, isDown }) => {
      return { name, kind: 'source' as const, type, ready: !stopping && !isDown && source.ready !== false }
    }),
    ...sinks.map(({ plan: { name, type }, lane }) => ({ name, kind: 'sink' as const, type, ready: lane.up })),
  ]
  const optional = new Set(sinks.filter(({ plan }) => !plan.required).map(({ plan }) => plan.name))
  const ready = components.every(({ kind, name, ready }) => ready || (kind === 'sink' && optional.has(name)))
  return { ready: ready && !stopping, stopping, components }
}
