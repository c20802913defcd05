// Sources and sinks in memory, and plans made of them: what the pipeline's tests are built from.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Logger, pino } from 'pino'
import type { Batch, Format } from '../../src/core/batch.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Sink, Source, SourceSite } from '../../src/core/component.ts'
import type { Emit } from '../../src/core/events.ts'
import { CENSUS, type Plan, type PlannedSink, type PlannedSource } from '../../src/core/plan.ts'
import type { Policy } from '../../src/core/policy.ts'

export const OBEDIENT = fileURLToPath(new URL('./workers/obedient.mjs', import.meta.url))
export const BROKEN = fileURLToPath(new URL('./workers/broken.mjs', import.meta.url))

/** Paths that do not exist yet, for orders that a worker obeys once. */
export function oncePaths(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-pipeline-'))
  let next = 0
  return () => join(folder, String(next++))
}

export function lines(origin: string, ...texts: string[]): Batch {
  const ends = new Uint32Array(texts.length)
  let all = ''
  for (let at = 0; at < texts.length; at++) {
    all += `${texts[at]}\n`
    ends[at] = all.length
  }
  return { format: 'text', bytes: Buffer.from(all, 'latin1'), ends, origin }
}

export function textOf(batch: { bytes: Uint8Array }): string {
  return Buffer.from(batch.bytes).toString('latin1')
}

/** A source that is driven by the test: it takes data exactly when told. */
export class HandSource implements Source {
  readonly addresses = ['hand:0']
  readonly pending = new Set<Promise<void>>()
  site!: SourceSite
  stopped = false

  async start(): Promise<void> {}

  deliver(batch: Batch): Promise<void> {
    const promise = this.site.deliver(batch)
    this.pending.add(promise)
    const gone = () => this.pending.delete(promise)
    promise.then(gone, gone)
    return promise
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.stopped = true
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    if (!signal.aborted) await Promise.race([Promise.allSettled(this.pending), aborted])
  }
}

/** A sink that keeps what it is sent, after `before` had its say. */
export class HeapSink implements Sink {
  readonly taken: { batch: Batch; id: string }[] = []
  /** Ids in the order in which sends began. */
  readonly begun: string[] = []
  closed = false
  lets_go = false
  readonly accepts: readonly Format[]
  readonly before: (batch: Batch, id: string, signal: AbortSignal) => Promise<void> | void

  constructor(before: HeapSink['before'] = () => {}, accepts: readonly Format[] = ['text', 'json', 'msgpack']) {
    this.before = before
    this.accepts = accepts
  }

  async start(): Promise<void> {}

  async send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    this.begun.push(id)
    await this.before(batch, id, signal)
    this.taken.push({ batch, id })
  }

  async close(): Promise<void> {
    this.closed = true
  }

  text(): string {
    return this.taken.map(({ batch }) => textOf(batch)).join('')
  }
}

export function plannedSource(name: string, source: HandSource): PlannedSource {
  const create = (site: SourceSite) => {
    source.site = site
    return source
  }
  return { name, type: 'hand', create }
}

export function plannedSink(name: string, sink: Sink, inputs: string[], required = true): PlannedSink {
  return { name, type: 'heap', inputs, required, create: () => sink }
}

export const POLICY: Policy = {
  version: 'test',
  mode: 'enforce',
  rules: [],
  allow: {},
  exclude_fields: [],
  on_error: 'mask_all',
  service_from: ['service'],
}

export interface PlanChanges {
  pipeline?: Partial<Plan['pipeline']>
  census?: Partial<Plan['census']>
  policy?: Partial<Policy>
}

export function makePlan(sources: PlannedSource[], sinks: PlannedSink[], changes: PlanChanges = {}): Plan {
  return {
    sources,
    sinks,
    policy: { ...POLICY, ...changes.policy },
    pipeline: {
      workers: 2,
      in_flight_bytes_max: 8 * 1024 * 1024,
      deadline_ms: 10_000,
      hold_ms: 1_000,
      shutdown_ms: 5_000,
      worker_heap_mib_max: 64,
      ...changes.pipeline,
    },
    census: { window_ms: 60_000, services_max: 100, instance: 'test-1', ...changes.census },
    admin: null,
    log: { level: 'debug' },
  }
}

/** A clock that the test moves. */
export class HandClock implements Clock {
  wall_ms: number
  spent_ms = 0

  constructor(wall_ms: number) {
    this.wall_ms = wall_ms
  }

  now_ms(): number {
    return this.wall_ms
  }

  steady_ms(): number {
    return this.spent_ms
  }

  pass(ms: number): void {
    this.wall_ms += ms
    this.spent_ms += ms
  }
}

/** A logger that keeps its lines. */
export function heapLogger(): { logger: Logger; log: string[] } {
  const log: string[] = []
  return { logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }), log }
}

export function heapEmit(): { emit: Emit; events: { name: string; facts: Record<string, unknown> }[] } {
  const events: { name: string; facts: Record<string, unknown> }[] = []
  return { events, emit: (_level, name, _message, facts) => void events.push({ name, facts: { ...facts } }) }
}

export interface CensusRecord {
  event: 'finding' | 'coverage'
  id: string
  run: string
  seq: number
  policy_version: string
  window_start: string
  window_end: string
  service: string
  source: string
  matches: number
  records: number
  records_seen: number
  records_affected: number
  failures: Record<string, number>
  clean: number
}

export function censusRecords(sink: HeapSink): CensusRecord[] {
  const taken = sink.taken.filter(({ batch }) => batch.origin === CENSUS)
  const texts = taken.flatMap(({ batch }) => textOf(batch).split('\n'))
  return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as CensusRecord)
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until it is so; fails the test by its timeout when it never is. */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5)
}
