// Makes the parts of a running pipeline out of what a plan says of them. Nothing is started here, except that the
// threads of a pool begin to load.
import { createHash } from 'node:crypto'
import type { Tightening } from '../core/alert_rules.ts'
import type { Clock } from '../core/clock.ts'
import type { Sink, Source } from '../core/component.ts'
import type { Emit } from '../core/events.ts'
import type { Plan, PlannedSink, PlannedSource } from '../core/plan.ts'
import { tlsFiles } from '../net/tls.ts'
import type { Flow } from './flow.ts'
import type { Gate } from './gate.ts'
import { Lane } from './lane.ts'
import { Pool } from './pool.ts'

/** What sinks that nobody waits for may hold, all together, as a part of what may be in flight. */
const OPTIONAL_SHARE = 1 / 4

export interface RunningSink {
  readonly plan: PlannedSink
  readonly sink: Sink
  readonly lane: Lane
  /** What the files of its `tls` held. */
  readonly tls: string
  /** It could not be started again after a reload that was refused. */
  readonly isDown?: boolean
}

export interface RunningSource {
  readonly plan: PlannedSource
  readonly source: Source
  readonly tls: string
  readonly isDown?: boolean
}

export interface PartsOptions {
  readonly clock: Clock
  readonly emits: (component: string) => Emit
  readonly workerUrl?: string
  /** Those of the pipeline; both may be asked only when a part is at work. */
  readonly gate: Gate
  flow(): Flow
  pool(): Pool
  tightened(): readonly Tightening[]
}

export class Parts {
  readonly #options: PartsOptions

  constructor(options: PartsOptions) {
    this.#options = options
  }

  /** `emits` of the component. */
  emit(name: string): Emit {
    return this.#options.emits(name)
  }

  pool({ policy, pipeline }: Plan): Pool {
    return new Pool({
      url: this.#options.workerUrl,
      workers: pipeline.workers,
      policy,
      heap_mib_max: pipeline.worker_heap_mib_max,
      deadline_ms: pipeline.deadline_ms,
      emit: this.emit('pool'),
      tightened: this.#options.tightened,
    })
  }

  sink(planned: PlannedSink): Sink {
    return planned.create({ name: planned.name, emit: this.emit(planned.name) })
  }

  lane(planned: PlannedSink, sink: Sink, plan: Plan): Lane {
    const { name } = planned
    const { clock, pool } = this.#options
    return new Lane({
      name,
      sink,
      ...termsOf(planned, plan),
      emit: this.emit(name),
      clock,
      transcode: (batch, format) => pool().transcode(batch, format),
    })
  }

  /** What it delivers waits for `opened`, if that is given, and is rejected with it. */
  source({ name, create }: PlannedSource, opened?: Promise<void>): Source {
    const { gate, flow } = this.#options
    return create({
      name,
      emit: this.emit(name),
      deliver: (batch) => (opened ? opened.then(() => flow().deliver(batch)) : flow().deliver(batch)),
      redact: (batch, before) => (opened ?? Promise.resolve()).then(() => flow().redact(batch, before)),
      room: () => gate.room(),
      hasRoom: () => gate.hasRoom(),
      naming: () => flow().naming,
      seams: (stream) => flow().seams(stream),
    })
  }
}

/** Who waits for a sink, and how much may wait for it when nobody does. */
export function termsOf({ required }: PlannedSink, plan: Plan): { required: boolean; optional_bytes_max: number } {
  const optional = plan.sinks.filter((sink) => !sink.required).length
  const share = plan.pipeline.in_flight_bytes_max * OPTIONAL_SHARE
  return { required, optional_bytes_max: Math.floor(share / Math.max(1, optional)) }
}

/** A digest of what the files of its `tls` hold; '' without one. Rejects with TLS_FILE when they are not usable. */
export async function tlsDigest({ identity }: PlannedSource | PlannedSink): Promise<string> {
  const tls = (identity as { tls?: unknown } | undefined)?.tls
  if (typeof tls !== 'object' || tls === null) return ''
  const hash = createHash('sha256')
  for (const content of await tlsFiles(tls)) hash.update(content).update('\0')
  return hash.digest('hex')
}
