import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { LogveilError, SinkError } from '../../src/core/errors.ts'
import { CENSUS, type PlannedSink } from '../../src/core/plan.ts'
import { type PipelineOptions, type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
import {
  BROKEN,
  censusRecords,
  eventually,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  oncePaths,
  type PlanChanges,
  plannedSink,
  plannedSource,
  sleep,
  textOf,
} from './kit.ts'

const once = oncePaths()
const running: Running[] = []

async function start(sinks: PlannedSink[], changes: PlanChanges = {}, options: PipelineOptions = {}) {
  const source = new HandSource()
  const { logger, log } = heapLogger()
  const plan = makePlan([plannedSource('app', source)], sinks, changes)
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger, ...options })
  running.push(pipeline)
  return { pipeline, source, log, deliver: (...texts: string[]) => source.deliver(lines('app', ...texts)) }
}

afterEach(async () => {
  for (const pipeline of running.splice(0)) await pipeline.stop(true)
})

const down = () => new SinkError('SINK_UNREACHABLE', 'test', true)
const never = () => new Promise<void>(() => {})

describe('a running pipeline', () => {
  test('redacts, delivers and counts', async () => {
    const store = new HeapSink()
    const counts = new HeapSink()
    const { pipeline, deliver } = await start([
      plannedSink('store', store, ['app']),
      plannedSink('counts', counts, [CENSUS]),
    ])
    await Promise.all([deliver('svc=a SECRET'), deliver('svc=b fine', 'svc=a SECRET SECRET')])
    expect(store.text()).toBe('svc=a ******\nsvc=b fine\nsvc=a ****** ******\n')
    expect(await pipeline.stop()).toEqual({ delivered: true, undelivered_bytes: 0 })
    expect(store.closed).toBe(true)
    const findings = censusRecords(counts).filter(({ event }) => event === 'finding')
    expect(findings).toMatchObject([{ service: 'a', matches: 3, records: 2, source: 'app' }])
  })

  test('keeps the order of an origin though workers finish out of order', async () => {
    const store = new HeapSink()
    const { deliver } = await start([plannedSink('store', store, ['app'])])
    const sends: Promise<void>[] = []
    for (let n = 0; n < 40; n++) {
      sends.push(deliver(`n=${n} ${n % 5 === 0 ? '!sleep:30' : ''}`))
      if (n % 3 === 0) await sleep(2)
    }
    await Promise.all(sends)
    const order = [...store.text().matchAll(/n=(\d+)/g)].map(([, n]) => Number(n))
    expect(order).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(store.taken.length).toBeGreaterThan(3)
  })

  test('a batch is delivered when all required sinks have it, and not before', async () => {
    let release = () => {}
    const slow = new HeapSink(() => new Promise<void>((resolve) => (release = resolve)))
    const quick = new HeapSink()
    const { deliver } = await start([plannedSink('quick', quick, ['app']), plannedSink('slow', slow, ['app'])])
    let acked = false
    const ack = deliver('one').then(() => (acked = true))
    await eventually(() => slow.begun.length === 1 && quick.taken.length === 1)
    await sleep(20)
    expect(acked).toBe(false)
    release()
    await ack
  })

  test('a sink that refuses a batch for good has the source told', async () => {
    const refusing = new HeapSink(() => Promise.reject(new SinkError('SINK_REFUSED', 'test', false)))
    const counts = new HeapSink()
    const { pipeline, deliver } = await start([
      plannedSink('store', refusing, ['app']),
      plannedSink('counts', counts, [CENSUS]),
    ])
    await expect(deliver('SECRET')).rejects.toMatchObject({ code: 'SINK_REFUSED' })
    await pipeline.stop()
    expect(censusRecords(counts)).toEqual([])
  })

  test('a sink that is not required neither holds nor loses anything for the others', async () => {
    const store = new HeapSink()
    const dead = new HeapSink(() => Promise.reject(down()))
    const sinks = [plannedSink('store', store, ['app']), plannedSink('extra', dead, ['app'], false)]
    const { pipeline, source, deliver } = await start(sinks, { pipeline: { in_flight_bytes_max: 1_000_000 } })
    for (let n = 0; n < 100; n++) {
      await source.site.room()
      await deliver('x'.repeat(50_000))
    }
    expect(store.text()).toHaveLength(100 * 50_001)
    expect(await pipeline.metrics()).toMatch(/logveil_batches_dropped_total\{sink="extra"\} [1-9]/)
    expect(pipeline.health()).toMatchObject({ ready: true })
  })

  test('one dead sink does not keep the others from their batches', async () => {
    const store = new HeapSink()
    const sinks = [plannedSink('store', store, ['app']), plannedSink('dead', new HeapSink(never), ['app'])]
    const { pipeline, deliver } = await start(sinks)
    for (let n = 0; n < 50; n++) {
      void deliver(`n=${n}`).catch(() => {})
      await sleep(1)
    }
    await eventually(() => store.text().includes('n=49'))
    expect(await pipeline.stop(true)).toMatchObject({ delivered: false })
  })

  test('memory of a result is given back when all sinks have let go of it, and not before', async () => {
    const [store, copy] = [new HeapSink(), new HeapSink()]
    store.lets_go = copy.lets_go = true
    let refusals = 0
    const keeper = new HeapSink(() => {
      if (refusals-- > 0) throw down()
    })
    const sinks = [store, copy, keeper]
    const { deliver } = await start(sinks.map((sink, at) => plannedSink(`s${at}`, sink, ['app'])))
    const held = () => sinks.map(({ taken }) => taken.at(-1)?.batch.bytes.length)
    const text = 'x'.repeat(40_000)
    await deliver(text)
    expect(held()).toEqual([40_001, 40_001, 40_001])
    keeper.lets_go = true
    await deliver(text)
    await eventually(() => held().every((bytes) => bytes === 0))
    refusals = 1
    await deliver(text)
    await sleep(20)
    expect(held()).toEqual([40_001, 40_001, 40_001])
  })

  test('memory that a source has given away is given back as soon as it is redacted, and no other', async () => {
    const store = new HeapSink(never)
    const { source } = await start([plannedSink('store', store, ['app'])])
    const kept = lines('app', 'x'.repeat(40_000))
    const given = { ...lines('app', 'y'.repeat(40_000)), isGiven: true }
    for (const batch of [kept, given]) void source.deliver(batch).catch(() => {})
    await eventually(() => store.begun.length > 0)
    expect([kept, given].map(({ bytes }) => bytes.length)).toEqual([40_001, 0])
  })

  test('gives each sink a format that it takes', async () => {
    const store = new HeapSink()
    const other = new HeapSink(undefined, ['json'])
    const { deliver } = await start([plannedSink('store', store, ['app']), plannedSink('other', other, ['app'])])
    await deliver('abc SECRET')
    expect(store.taken[0].batch.format).toBe('text')
    expect(other.taken[0].batch.format).toBe('json')
    expect(other.text()).toBe('ABC ******\n')
    expect(other.taken[0].batch.origin).toBe('app')
  })

  test('counts go through a worker when a sink does not take JSON', async () => {
    const counts = new HeapSink(undefined, ['msgpack'])
    const { pipeline, deliver } = await start([plannedSink('counts', counts, [CENSUS])])
    await deliver('svc=a b')
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    expect(counts.taken[0].batch.format).toBe('msgpack')
    expect(counts.text()).toContain('"RECORDS_SEEN":1')
  })

  test('a thread killed in the middle of a batch costs no record and lets none through raw', async () => {
    const store = new HeapSink()
    // One worker: to kill several at a time could cost a batch two of them, and then it fails closed.
    const { pipeline, deliver } = await start([plannedSink('store', store, ['app'])], { pipeline: { workers: 1 } })
    const sends: Promise<void>[] = []
    const begun = once()
    for (let n = 0; n < 60; n++) {
      sends.push(deliver(`n=${n} SECRET ${n === 20 ? `!sleep:9000@${begun}` : ''}`))
      await sleep(3)
      if (n === 29) await eventually(() => existsSync(begun))
      if (n === 9 || n === 29) for (const thread of pipeline.pool.threads) void thread.terminate()
    }
    await Promise.all(sends)
    const order = [...store.text().matchAll(/n=(\d+) \*{6}/g)].map(([, n]) => Number(n))
    expect(order).toEqual(Array.from({ length: 60 }, (_, n) => n))
    expect(store.text()).not.toContain('SECRET')
    expect(pipeline.pool.lost).toBeGreaterThan(0)
  })

  test('a batch that loses its workers fails closed, is delivered so, and is counted', async () => {
    const store = new HeapSink()
    const counts = new HeapSink()
    const sinks = [plannedSink('store', store, ['app']), plannedSink('counts', counts, [CENSUS])]
    const { pipeline, deliver, log } = await start(sinks, { pipeline: { deadline_ms: 200 } })
    await deliver('!hang SECRET')
    await deliver('SECRET')
    expect(store.text()).toMatch(/^\*{12}\n\*{6}\n$/)
    await pipeline.stop()
    const [coverage] = censusRecords(counts)
    expect(coverage).toMatchObject({ records_seen: 2, records_affected: 1, failures: { worker_lost: 1 }, clean: 0 })
    expect(log.join('')).not.toContain('SECRET')
  })

  test('an empty batch is delivered without a word to the sinks', async () => {
    const store = new HeapSink()
    const { deliver } = await start([plannedSink('store', store, ['app'])])
    await deliver()
    expect(store.begun).toEqual([])
  })
})

describe('backpressure', () => {
  test('a slow sink holds the source back, and memory stays where the limit says', async () => {
    const max = 2 * 1024 * 1024
    const slow = new HeapSink(() => sleep(2))
    slow.taken.push = () => 0
    const { pipeline, source } = await start([plannedSink('slow', slow, ['app'])], {
      pipeline: { in_flight_bytes_max: max },
    })
    const text = 'x'.repeat(20_000)
    let most = 0
    let delivered = 0
    for (let n = 0; n < 1_500; n++) {
      if (!source.site.hasRoom()) await source.site.room()
      void source.deliver(lines('app', text)).then(() => delivered++)
      const value = /logveil_in_flight_bytes (\d+)/.exec(n % 50 === 0 ? await pipeline.metrics() : '')?.[1]
      most = Math.max(most, Number(value ?? 0))
    }
    await Promise.all(source.pending)
    expect(delivered).toBe(1_500)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(max + 200_000)
    expect(await pipeline.metrics()).toContain('logveil_in_flight_bytes 0\n')
  })
})

describe('a flood of tiny batches', () => {
  const max = 1024 * 1024

  test('fills the pipeline by what it costs, not by its bytes', async () => {
    const sinks = [plannedSink('dead', new HeapSink(never), ['app'])]
    const { source, deliver } = await start(sinks, { pipeline: { in_flight_bytes_max: max } })
    let taken = 0
    for (; source.site.hasRoom() && taken < 100_000; taken++) void deliver('x').catch(() => {})
    expect(taken).toBeLessThan(max / 1_000)
  })

  test('does not fill it for a sink that nobody waits for', async () => {
    const store = new HeapSink()
    const sinks = [
      plannedSink('store', store, ['app']),
      plannedSink('dead', new HeapSink(never), ['app'], false),
      plannedSink('failing', new HeapSink(() => Promise.reject(down())), ['app'], false),
    ]
    const { pipeline, source } = await start(sinks, { pipeline: { in_flight_bytes_max: max } })
    for (let n = 0; n < 20_000; n++) {
      if (!source.site.hasRoom()) await source.site.room()
      void source.deliver(lines('app', 'x'.repeat(200)))
    }
    await Promise.all(source.pending)
    expect(store.text()).toHaveLength(20_000 * 201)
    expect(await pipeline.metrics()).toMatch(/logveil_batches_dropped_total\{sink="dead"\} [1-9]/)
  })
})

describe('the start', () => {
  test('stops what had started when a source can not start', async () => {
    const store = new HeapSink()
    const source = new HandSource()
    source.start = () => Promise.reject(new LogveilError('LISTEN_FAILED', 'test'))
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
    const start = startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
    await expect(start).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(store.closed).toBe(true)
    expect(source.stopped).toBe(true)
  })

  test('fails when the workers do not come up', async () => {
    const store = new HeapSink()
    const started = start([plannedSink('store', store, ['app'])], {}, { workerUrl: BROKEN })
    await expect(started).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(store.closed).toBe(true)
  })

  test('says where sources listen', async () => {
    const { pipeline } = await start([plannedSink('store', new HeapSink(), ['app'])])
    expect(pipeline.addresses.get('app')).toEqual(['hand:0'])
    expect(pipeline.health()).toMatchObject({ ready: true, stopping: false })
  })
})

describe('the end', () => {
  test('waits for what is in flight', async () => {
    const slow = new HeapSink(() => sleep(300))
    const { pipeline, deliver } = await start([plannedSink('slow', slow, ['app'])])
    const ack = deliver('one')
    expect(await pipeline.stop()).toEqual({ delivered: true, undelivered_bytes: 0 })
    await ack
    expect(slow.taken).toHaveLength(1)
  })

  test('with a dead sink it keeps to its time, and what was not delivered is not acknowledged', async () => {
    const store = new HeapSink()
    const counts = new HeapSink()
    const sinks = [
      plannedSink('store', store, ['app']),
      plannedSink('dead', new HeapSink(never), ['app']),
      plannedSink('counts', counts, [CENSUS]),
    ]
    const { pipeline, deliver } = await start(sinks, { pipeline: { shutdown_ms: 1_000 } })
    const end = deliver('SECRET').then(
      () => 'resolved',
      (error: LogveilError) => error.code,
    )
    await eventually(() => store.taken.length === 1)
    const begun = performance.now()
    expect(await pipeline.stop()).toEqual({ delivered: false, undelivered_bytes: 7 })
    expect(performance.now() - begun).toBeLessThan(1_500)
    expect(await end).toBe('STOPPING')
    expect(censusRecords(counts)).toEqual([])
    await expect(deliver('late')).rejects.toMatchObject({ code: 'STOPPING' })
  })

  test('a second stop with force ends at once, and all get the same report', async () => {
    const sinks = [plannedSink('dead', new HeapSink(never), ['app'])]
    const { pipeline, deliver } = await start(sinks, { pipeline: { shutdown_ms: 60_000 } })
    const end = deliver('SECRET').catch((error: LogveilError) => error.code)
    const first = pipeline.stop()
    expect(pipeline.health()).toMatchObject({ ready: false, stopping: true })
    const begun = performance.now()
    const second = pipeline.stop(true)
    expect(await second).toEqual(await first)
    expect(performance.now() - begun).toBeLessThan(500)
    expect(await end).toBe('STOPPING')
  })

  test('a source and a sink that never end do not hold it up', async () => {
    const store = new HeapSink()
    store.close = never
    const { pipeline, source } = await start([plannedSink('store', store, ['app'])], { pipeline: { shutdown_ms: 500 } })
    source.stop = never
    const begun = performance.now()
    await pipeline.stop()
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  test('no promise resolves without its record in the sink, wherever the end cuts', async () => {
    for (let delay_ms = 0; delay_ms < 40; delay_ms += 8) {
      const store = new HeapSink(() => sleep(10))
      const { pipeline, source } = await start([plannedSink('store', store, ['app'])], {
        pipeline: { shutdown_ms: 60 },
      })
      const acked: number[] = []
      for (let n = 0; n < 30; n++) {
        const text = `n=${n} ${'!sleep:5'}`
        source.deliver(lines('app', text)).then(
          () => acked.push(n),
          () => {},
        )
        await sleep(1)
      }
      await sleep(delay_ms)
      await pipeline.stop()
      const stored = store.taken.map(({ batch }) => textOf(batch)).join('')
      for (const n of acked) expect(stored).toContain(`n=${n} `)
    }
  })
})
