// Owns how the parts of a pipeline are put together from a plan, and which of them are at work now: a reload exchanges
// them (reload.ts). Nothing is started here, except that the pool's threads begin to load.
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Emit } from '../core/events.ts'
import { ALERTS, CENSUS, type Plan } from '../core/plan.ts'
import { version } from '../core/version.ts'
import { Alerts } from './alerts/alerts.ts'
import { type Audit, NO_AUDIT, openAudit } from './audit/audit_log.ts'
import { Census } from './census.ts'
import { createEmits, type EmitOptions } from './emit.ts'
import { Flow } from './flow.ts'
import { Gate } from './gate.ts'
import type { Lane } from './lane.ts'
import type { Gauges } from './metric_reads.ts'
import type { Metrics } from './metrics.ts'
import { Parts, type RunningSink, type RunningSource, tlsDigest } from './parts.ts'
import type { Pool } from './pool.ts'
import { Router } from './router.ts'
import { Tap } from './tap.ts'
import type { Telemetry } from './telemetry.ts'

export interface Machine {
  plan: Plan
  readonly gate: Gate
  pool: Pool
  /** Workers lost by pools that were retired. */
  lost_before: number
  /** Pools that end when their last batch is done. */
  readonly retiring: Set<Pool>
  readonly flow: Flow
  readonly tap: Tap
  readonly census: Census
  readonly alerts: Alerts
  readonly audit: Audit
  readonly metrics: Metrics
  /** Null: what logveil says of itself stays here. */
  readonly telemetry: Telemetry | null
  sinks: readonly RunningSink[]
  sources: readonly RunningSource[]
  readonly parts: Parts
  readonly emit: Emit
}

export interface Surroundings {
  readonly clock: Clock
  readonly logger: EmitOptions['logger']
  readonly workerUrl?: string
  config: Gauges['config']
}

const NO_ALERTS = { rules: [], baseline: {} }

/** Those who are at work now, for parts that were made before them. */
interface Now {
  plan: Plan
  census: Census
  pool: Pool
  flow: Flow
  sinks: readonly RunningSink[]
}

export async function assemble(plan: Plan, { clock, logger, workerUrl, config }: Surroundings): Promise<Machine> {
  const loading = loadOtel(plan, clock, (...event) => emits('telemetry')(...event))
  const count: EmitOptions['count'] = (component, event, facts) => {
    void loading.then(({ metrics }) => metrics.event(component, event, facts))
    const { undecodable_chunks } = facts ?? {}
    if (typeof undecodable_chunks !== 'number') return
    now.census.addUndecodable(undecodable_chunks, component, now.plan.policy.version)
  }
  const emits = createEmits({ logger, clock, count })
  const { instance } = plan.census
  const audit = plan.audit ? await openAudit(plan.audit, { instance, clock, emit: emits('audit') }) : NO_AUDIT
  const gate = new Gate(plan.pipeline.in_flight_bytes_max)
  let now: Now
  // Workers get their first task, which is nothing, before there is anything to be tightened.
  let alerts: Alerts | undefined
  const later = { flow: () => now.flow, pool: () => now.pool, tightened: () => alerts?.tightened ?? [] }
  const parts = new Parts({ clock, emits, workerUrl, gate, ...later })
  const pool = parts.pool(plan)
  const sinks = await Promise.all(plan.sinks.map((planned) => runningSink(parts, planned, plan)))
  const { metrics, telemetry } = await loading
  const router = routerOf(sinks)
  const census = new Census({
    ...plan.census,
    clock,
    gate,
    emit: emits('census'),
    lanes: router.lanes(CENSUS),
    transcode: (batch, lane) => transcode(now.pool, batch, lane),
  })
  const told = new Alerts({
    plan: plan.alerts ?? NO_ALERTS,
    instance,
    clock,
    audit,
    gate,
    emit: emits('alerts'),
    lanes: router.lanes(ALERTS),
    transcode: (batch, lane) => transcode(now.pool, batch, lane),
  })
  alerts = told
  const tap = new Tap(clock)
  const flow = new Flow({
    gate,
    tap,
    pool,
    router,
    clock,
    tracing: telemetry?.tracing,
    hold_ms: plan.pipeline.hold_ms,
    instance,
    observer: {
      received: (origin, bytes) => metrics.received(origin, bytes),
      redacted: (origin, counts, worked_ms) => metrics.redacted(origin, counts, worked_ms),
      isRepeat: (ids) => census.isRepeat(ids),
      naming: () => census.naming,
      seams: (stream) => census.seams(stream),
      delivered: (origin, counts, took_ms, policy_version, ids) => {
        metrics.delivered(origin, took_ms)
        told.add(counts, origin, policy_version)
        // Values are for rules on counts alone, and are nowhere kept.
        const { findings, services } = counts
        return census.add({ findings, services }, origin, policy_version, ids)
      },
    },
  })
  const sources = await Promise.all(plan.sources.map((planned) => runningSource(parts, planned)))
  const emit = emits('pipeline')
  const at_work = { plan, gate, pool, lost_before: 0, retiring: new Set<Pool>(), flow, tap, census, metrics, telemetry }
  const machine: Machine = { ...at_work, alerts, audit, sinks, sources, parts, emit }
  now = machine
  observe(machine, config)
  return machine
}

async function runningSink(parts: Parts, planned: Plan['sinks'][number], plan: Plan): Promise<RunningSink> {
  const sink = parts.sink(planned)
  // What is wrong with its files is told when it starts.
  const tls = await tlsDigest(planned).catch(() => '')
  return { plan: planned, sink, lane: parts.lane(planned, sink, plan), tls }
}

async function runningSource(parts: Parts, planned: Plan['sources'][number]): Promise<RunningSource> {
  return { plan: planned, source: parts.source(planned), tls: await tlsDigest(planned).catch(() => '') }
}

/** Sends what comes from now on by way of the parts that the machine has now. */
export function connect(machine: Machine): void {
  const { gate, flow, census, alerts, metrics, plan, pool, sinks } = machine
  const router = routerOf(sinks)
  gate.resize(plan.pipeline.in_flight_bytes_max)
  flow.turn({ pool, router })
  census.route(router.lanes(CENSUS))
  alerts.route(router.lanes(ALERTS))
  alerts.change(plan.alerts ?? NO_ALERTS)
  metrics.known(machine)
}

function routerOf(sinks: readonly RunningSink[]): Router {
  return new Router(sinks.map(({ plan: { inputs }, lane }) => ({ inputs, lane })))
}

function observe(machine: Machine, config: Gauges['config']): void {
  const { gate, flow, census, alerts, metrics } = machine
  metrics.known(machine)
  metrics.observe({
    info: () => ({
      version: version(),
      policy: machine.plan.policy.version,
      instance: machine.plan.census.instance,
    }),
    in_flight_bytes_max: () => machine.plan.pipeline.in_flight_bytes_max,
    in_flight_bytes: () => gate.used_bytes,
    stages: () => flow.stages,
    workers: () => machine.pool.threads.length,
    workers_lost: () => [...machine.retiring, machine.pool].reduce((sum, { lost }) => sum + lost, machine.lost_before),
    sums: () => census.sums,
    alerts: () => alerts,
    lanes: () => machine.sinks.map(({ lane }) => lane),
    partitions: () => partitionsOf(machine.sources),
    config,
  })
}

function partitionsOf(sources: readonly RunningSource[]): ReturnType<Gauges['partitions']> {
  return sources.flatMap(({ plan: { name }, source: { partitions } }) =>
    partitions === undefined ? [] : [{ source: name, partitions }],
  )
}

/** OpenTelemetry is as much code as all the rest: it loads on this thread while the workers load on theirs. */
async function loadOtel(
  plan: Plan,
  clock: Clock,
  emit: Emit,
): Promise<{ metrics: Metrics; telemetry: Telemetry | null }> {
  const { Metrics } = await import('./metrics.ts')
  const { otlp, traces } = plan.telemetry ?? {}
  if (!otlp) return { metrics: new Metrics(), telemetry: null }
  const { loadTelemetry } = await import('./telemetry.ts')
  const identity = { version: version(), instance: plan.census.instance }
  const telemetry = await loadTelemetry(otlp, traces, { identity, emit, clock })
  return { metrics: new Metrics(telemetry), telemetry }
}

async function transcode(pool: Pool, batch: Batch, lane: Lane): Promise<Batch> {
  const format = lane.formatFor(batch.format)
  return format === batch.format ? batch : pool.transcode(batch, format)
}
