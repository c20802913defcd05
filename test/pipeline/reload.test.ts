// A pipeline that runs changes to other settings: all of them or none, and no batch notices.
import { afterEach, describe, expect, test } from 'vitest'
import { LogveilError, SinkError } from '../../src/core/errors.ts'
import { CENSUS, type Plan, type PlannedSink } from '../../src/core/plan.ts'
import { type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
import type { LoadedPlan } from '../../src/pipeline/reloads.ts'
import {
  censusRecords,
  eventually,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  oncePaths,
  plannedSink,
  plannedSource,
  sleep,
} from './kit.ts'

const running: Running[] = []

afterEach(async () => {
  for (const pipeline of running.splice(0)) await pipeline.stop(true)
})

/** A pipeline whose settings are what `on_disk` says. */
async function start(plan: Plan) {
  const on_disk: { loaded: LoadedPlan; reads: number } = { loaded: { ok: true, plan, warnings: [] }, reads: 0 }
  const { logger, log } = heapLogger()
  const load = async () => {
    on_disk.reads++
    return on_disk.loaded
  }
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger, load })
  running.push(pipeline)
  const change = (next: Plan) => {
    on_disk.loaded = { ok: true, plan: next, warnings: [] }
    return pipeline.reload('test')
  }
  return { pipeline, on_disk, change, log }
}

const withPolicy = (plan: Plan, version: string): Plan => ({ ...plan, policy: { ...plan.policy, version } })

function sinkOf(name: string, identity: unknown, make: () => HeapSink, inputs = ['app']): PlannedSink {
  return { name, type: 'heap', identity, inputs, required: true, create: make }
}

describe('another policy', () => {
  test('is at work in new workers, and batches leave in their order with exact counts on both sides', async () => {
    const [source, store, counts] = [new HandSource(), new HeapSink(), new HeapSink()]
    const sinks = [plannedSink('store', store, ['app']), plannedSink('counts', counts, [CENSUS], false)]
    const plan = withPolicy(makePlan([plannedSource('app', source)], sinks), 'one')
    const { pipeline, change } = await start(plan)
    const total = 400
    const sent: Promise<void>[] = []
    let reloads = 0
    let changing: Promise<unknown> = Promise.resolve()
    const pool = pipeline.pool
    for (let n = 0; n < total; n++) {
      sent.push(source.deliver(lines('app', `svc=a !sleep:1 SECRET ${n}`)))
      if (n % 100 === 50) changing = change(withPolicy(plan, `v${n}`)).then(() => reloads++)
      if (n % 100 === 99) await changing
      await sleep(1)
    }
    await Promise.all(sent)
    expect(reloads).toBe(4)
    expect(pipeline.pool).not.toBe(pool)
    const order = store
      .text()
      .match(/\d+(?=\n)/g)
      ?.map(Number)
    expect(order).toEqual(Array.from({ length: total }, (_, n) => n))
    await pipeline.stop()
    const found = censusRecords(counts).filter(({ event }) => event === 'finding') as unknown as {
      policy_version: string
      matches: number
    }[]
    expect(new Set(found.map(({ policy_version }) => policy_version)).size).toBeGreaterThan(2)
    expect(found.reduce((sum, { matches }) => sum + matches, 0)).toBe(total)
  })

  test('that does not compile is refused, and the one before it stays', async () => {
    const [source, store] = [new HandSource(), new HeapSink()]
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
    const { pipeline, on_disk } = await start(plan)
    const pool = pipeline.pool
    const flaw = { file: 'x.yaml', line: 3, column: 7, message: 'no such thing', remedy: 'another' }
    on_disk.loaded = { ok: false, complaints: [flaw] }
    expect(await pipeline.reload('test')).toEqual({ outcome: 'refused', complaints: [flaw] })
    expect(pipeline.config).toMatchObject({ ok: false, refused: { complaints: [flaw] } })
    expect(await pipeline.metrics()).toContain('logveil_config_ok 0')
    await source.deliver(lines('app', 'SECRET'))
    expect([pipeline.pool, store.text(), pipeline.health().ready]).toEqual([pool, '******\n', true])
    on_disk.loaded = { ok: true, plan, warnings: [] }
    expect(await pipeline.reload('test')).toMatchObject({ outcome: 'unchanged' })
    expect(pipeline.config.ok).toBe(true)
    expect(await pipeline.metrics()).toMatch(/reloads_total\{outcome="refused"\} 1/)
  })

  test('a storm of a hundred reloads is a few, and loses nothing', async () => {
    const [source, store] = [new HandSource(), new HeapSink()]
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
    const { pipeline, on_disk, change } = await start(plan)
    const asked: Promise<unknown>[] = []
    const sent: Promise<void>[] = []
    for (let n = 0; n < 100; n++) {
      asked.push(change(withPolicy(plan, `v${n}`)))
      sent.push(source.deliver(lines('app', `line ${n}`)))
      await sleep(5)
    }
    await Promise.all([...asked, ...sent])
    expect(on_disk.reads).toBeLessThan(60)
    expect(pipeline.plan.policy.version).toBe('v99')
    expect(store.text().match(/\d+/g)?.map(Number)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })
})

describe('sinks', () => {
  test('a dead one is mended without a restart: its successor gets what waits, and those alike stay', async () => {
    const [source, alike] = [new HandSource(), new HeapSink()]
    const dead = new HeapSink(() => {
      throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const mended = new HeapSink()
    const other = plannedSink('other', alike, ['app'])
    const plan = makePlan([plannedSource('app', source)], [sinkOf('store', 1, () => dead), other])
    const { pipeline, change } = await start(plan)
    const delivered = source.deliver(lines('app', 'one'))
    await eventually(() => dead.begun.length > 0)
    expect(pipeline.health().ready).toBe(false)
    const outcome = await change({ ...plan, sinks: [sinkOf('store', 2, () => mended), other] })
    expect(outcome).toMatchObject({ outcome: 'changed', changes: { restarted: ['store'], policy: false } })
    await delivered
    expect([mended.text(), alike.text(), dead.closed, alike.closed]).toEqual(['one\n', 'one\n', true, false])
    expect(pipeline.health().ready).toBe(true)
  })

  test('one that has another name, or another format, is given what waited, once', async () => {
    const [source, alike] = [new HandSource(), new HeapSink()]
    const dead = new HeapSink(() => {
      throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const next = new HeapSink(() => {}, ['json'])
    const other = plannedSink('other', alike, ['app'])
    const plan = makePlan([plannedSource('app', source)], [sinkOf('store', 1, () => dead), other])
    const { change } = await start(plan)
    const delivered = [source.deliver(lines('app', 'one')), source.deliver(lines('app', 'two'))]
    await eventually(() => dead.begun.length > 0 && alike.taken.length > 0)
    await change({ ...plan, sinks: [sinkOf('elsewhere', 1, () => next), other] })
    await Promise.all(delivered)
    // The stand-in for a worker transcodes by writing in capitals.
    expect([next.text(), alike.text()]).toEqual(['ONE\nTWO\n', 'one\ntwo\n'])
  })

  test('one that hangs is given up after a while; one that is gone is waited for by nobody', async () => {
    const source = new HandSource()
    const hangs = new HeapSink((_batch, _id, signal) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    })
    const alike = new HeapSink()
    const other = plannedSink('other', alike, ['app'])
    const plan = makePlan([plannedSource('app', source)], [sinkOf('store', 1, () => hangs), other])
    const { change } = await start(plan)
    const delivered = source.deliver(lines('app', 'one'))
    await eventually(() => hangs.begun.length > 0)
    expect(await change({ ...plan, sinks: [other] })).toMatchObject({ changes: { stopped: ['store'] } })
    await delivered
    expect(alike.taken.length).toBe(1)
  }, 20_000)
})

class Listener extends HandSource {
  static readonly taken = new Set<string>()
  readonly port: string
  isOpen = false

  constructor(port: string) {
    super()
    this.port = port
  }

  override async start(): Promise<void> {
    if (Listener.taken.has(this.port)) throw new LogveilError('LISTEN_FAILED', `${this.port} (EADDRINUSE)`)
    Listener.taken.add(this.port)
    this.isOpen = true
  }

  override async stop(signal: AbortSignal): Promise<void> {
    await super.stop(signal)
    if (this.isOpen) Listener.taken.delete(this.port)
    this.isOpen = false
  }
}

function listening(name: string, port: string, made: Listener[]) {
  return {
    name,
    type: 'hand',
    identity: port,
    create: (site: HandSource['site']) => {
      const source = new Listener(port)
      source.site = site
      made.push(source)
      return source
    },
  }
}

describe('sources', () => {
  test('only those that differ stop and start; a new one delivers by the new routes', async () => {
    const [stays, changes]: [Listener[], Listener[]] = [[], []]
    const store = new HeapSink()
    const plan = makePlan(
      [listening('a', '1', stays), listening('b', '2', changes)],
      [sinkOf('store', 1, () => store, ['a', 'b'])],
    )
    const { change } = await start(plan)
    const late = new HeapSink()
    const next = makePlan(
      [listening('a', '1', stays), listening('b', '3', changes), listening('c', '2', changes)],
      [sinkOf('store', 1, () => store, ['a', 'b']), plannedSink('late', late, ['c'])],
    )
    expect(await change(next)).toMatchObject({
      changes: { restarted: ['b'], started: ['late', 'c'].sort(), stopped: [] },
    })
    expect([stays.length, changes.length, stays[0].stopped, changes[0].stopped]).toEqual([1, 3, false, true])
    await changes[2].deliver(lines('c', 'x'))
    await stays[0].deliver(lines('a', 'y'))
    expect([late.text(), store.text()]).toEqual(['x\n', 'y\n'])
  })

  test('two with one port: a clear error, and everything is as it was', async () => {
    const made: Listener[] = []
    const store = new HeapSink()
    const plan = makePlan(
      [listening('a', '1', made), listening('b', '2', made)],
      [sinkOf('store', 1, () => store, ['a', 'b'])],
    )
    const { pipeline, change } = await start(plan)
    const pool = pipeline.pool
    const next = withPolicy({ ...plan, sources: [listening('a', '1', made), listening('b', '1', made)] }, 'other')
    const outcome = await change(next)
    expect(outcome).toMatchObject({ outcome: 'refused', error: { code: 'LISTEN_FAILED' } })
    expect([pipeline.pool, pipeline.plan.policy.version, pipeline.health().ready]).toEqual([pool, 'test', true])
    expect([...Listener.taken].sort()).toEqual(['1', '2'])
    await made[0].deliver(lines('a', 'one'))
    await made.at(-1)?.deliver(lines('b', 'two'))
    expect(store.text()).toBe('one\ntwo\n')
  })

  test('what can not come back is down until the next reload', async () => {
    const made: Listener[] = []
    const plan = makePlan([listening('a', '7', made)], [plannedSink('store', new HeapSink(), ['a'])])
    const { pipeline, change } = await start(plan)
    Listener.taken.add('8')
    made[0].stop = async () => {}
    const outcome = await change({ ...plan, sources: [listening('a', '8', made)] })
    expect(outcome).toMatchObject({ outcome: 'refused' })
    expect(pipeline.health().components).toContainEqual({ name: 'a', kind: 'source', type: 'hand', ready: false })
    Listener.taken.clear()
    expect(await change(plan)).toMatchObject({ outcome: 'changed', changes: { restarted: ['a'] } })
    expect(pipeline.health().ready).toBe(true)
  })

  test('a batch that is under way when its workers are replaced stays with the old ones, lost or not', async () => {
    const [source, store, once] = [new HandSource(), new HeapSink(), oncePaths()]
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
    const { change } = await start(plan)
    const delivered = source.deliver(lines('app', `!sleep:300 !exit@${once()} SECRET`))
    await sleep(50)
    await change(withPolicy(plan, 'two'))
    await delivered
    expect(store.text()).toContain('******')
  })
})

test('what a reload can not change is said, and stays as it was', async () => {
  const plan = makePlan([plannedSource('app', new HandSource())], [plannedSink('store', new HeapSink(), ['app'])])
  const { pipeline, change, log } = await start(plan)
  const outcome = await change({ ...plan, census: { ...plan.census, window_ms: 1_000 } })
  expect(outcome).toMatchObject({ outcome: 'unchanged', changes: { needs_restart: ['census'] } })
  expect([pipeline.plan.census.window_ms, pipeline.config.needs_restart]).toEqual([60_000, ['census']])
  expect(log.join('')).toContain('"sections":"census"')
})
