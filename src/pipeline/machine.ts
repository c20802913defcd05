// Owns how the parts of a pipeline are put together from a plan. Nothing is started here, except that the pool's
// threads begin to load.
import type { Batch } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import type { Sink, Source } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import { CENSUS, type Plan, type PlannedSink, type PlannedSource } from '../core/plan.ts'
import { version } from '../core/version.ts'
import { Census } from './census.ts'
import { createEmits, type EmitOptions } from './emit.ts'
import { Flow } from './flow.ts'
import { Gate } from './gate.ts'
import { Lane } from './lane.ts'
import type { Metrics } from './metrics.ts'
import { Pool } from './pool.ts'
import { type Route, Router } from './router.ts'
import type { Telemetry } from './telemetry.ts'

/** What sinks that nobody waits for may hold, all together, as a part of what may be in flight. */
const OPTIONAL_SHARE = 1 / 4

export interface RunningSink {
  readonly plan: PlannedSink
  readonly sink: Sink
  readonly lane: Lane
}

export interface RunningSource {
  readonly plan: PlannedSource
  readonly source: Source
}

export interface Machine {
  readonly gate: Gate
  readonly pool: Pool
  readonly flow: Flow
  readonly census: Census
  readonly metrics: Metrics
  /** Null: what logveil says of itself stays here. */
  readonly telemetry: Telemetry | null
  readonly sinks: readonly RunningSink[]
  readonly sources: readonly RunningSource[]
  readonly emit: ReturnType<ReturnType<typeof createEmits>>
}

export interface Surroundings {
  readonly clock: Clock
  readonly logger: EmitOptions['logger']
  readonly workerUrl?: string
}

export async function assemble(plan: Plan, { clock, logger, workerUrl }: Surroundings): Promise<Machine> {
  const loading = loadOtel(plan, clock, (...event) => emits('telemetry')(...event))
  const count: EmitOptions['count'] = (...event) => void loading.then(({ metrics }) => metrics.event(...event))
  const emits = createEmits({ logger, clock, count })
  const gate = new Gate(plan.pipeline.in_flight_bytes_max)
  const sinks = assembleSinks(plan, clock, emits)
  const pool = new Pool({
    url: workerUrl,
    workers: plan.pipeline.workers,
    policy: plan.policy,
    heap_mib_max: plan.pipeline.worker_heap_mib_max,
    deadline_ms: plan.pipeline.deadline_ms,
    emit: emits('pool'),
  })
  const { metrics, telemetry } = await loading
  const routes: Route[] = sinks.map(({ plan: { inputs }, lane }) => ({ inputs, lane }))
  const router = new Router(routes)
  const census = new Census({
    ...plan.census,
    policy_version: plan.policy.version,
    clock,
    gate,
    emit: emits('census'),
    lanes: router.lanes(CENSUS),
    transcode: (batch, lane) => transcode(pool, batch, lane),
  })
  const flow = new Flow({
    gate,
    pool,
    router,
    clock,
    tracing: telemetry?.tracing,
    hold_ms: plan.pipeline.hold_ms,
    observer: {
      received: (origin, bytes) => metrics.received(origin, bytes),
      redacted: (origin, counts, worked_ms) => metrics.redacted(origin, counts, worked_ms),
      delivered: (origin, counts, took_ms) => {
        census.add(counts, origin)
        metrics.delivered(origin, took_ms)
      },
    },
  })
  metrics.observe({
    info: { version: version(), policy: plan.policy.version, instance: plan.census.instance },
    in_flight_bytes_max: plan.pipeline.in_flight_bytes_max,
    sources: plan.sources.map(({ name }) => name),
    in_flight_bytes: () => gate.used_bytes,
    stages: () => flow.stages,
    workers: () => pool.threads.length,
    workers_lost: () => pool.lost,
    sums: () => census.sums,
    lanes: () => sinks.map(({ lane }) => lane),
  })
  const sources = plan.sources.map((planned) => ({
    plan: planned,
    source: planned.create({
      name: planned.name,
      emit: emits(planned.name),
      deliver: (batch) => flow.deliver(batch),
      room: () => gate.room(),
      hasRoom: () => gate.hasRoom(),
    }),
  }))
  return { gate, pool, flow, census, metrics, telemetry, sinks, sources, emit: emits('pipeline') }
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

function assembleSinks(plan: Plan, clock: Clock, emits: ReturnType<typeof createEmits>): RunningSink[] {
  const optional = plan.sinks.filter((sink) => !sink.required).length
  const optional_bytes_max = Math.floor((plan.pipeline.in_flight_bytes_max * OPTIONAL_SHARE) / Math.max(1, optional))
  return plan.sinks.map((planned) => {
    const { name, required } = planned
    const emit = emits(name)
    const sink = planned.create({ name, emit })
    return { plan: planned, sink, lane: new Lane({ name, sink, required, optional_bytes_max, emit, clock }) }
  })
}

/** A worker brings counts into another format. It must not look for findings in a batch whose origin is the census. */
async function transcode(pool: Pool, batch: Batch, lane: Lane): Promise<Batch> {
  const format = lane.formatFor(batch.format)
  if (format === batch.format) return batch
  const { also, counts } = await pool.run([batch], [format])
  const frames = also[format]
  const lost = counts.services.some((row) => row.failures.worker_lost !== undefined)
  if (!frames || lost) throw new LogveilError('WORKER_LOST', 'counts were not brought into the format of a sink')
  return { format, bytes: frames.bytes, ends: frames.ends, origin: batch.origin }
}
