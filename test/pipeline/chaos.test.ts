// Random failures, the same ones for the same seed: sinks that fail before or after they have stored a batch, that
// refuse it, that are late; workers that are lost. Whatever happens, the census says exactly what was delivered.
import { describe, expect, test } from 'vitest'
import { SinkError } from '../../src/core/errors.ts'
import { CENSUS } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import {
  type CensusRecord,
  censusRecords,
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

const once = oncePaths()

/** mulberry32. */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A sink that fails in every way that the contract knows. */
function moody(roll: () => number): HeapSink {
  const sink: HeapSink = new HeapSink(async (batch, id) => {
    const mood = roll()
    if (mood < 0.3) await sleep(roll() * 10)
    if (mood < 0.1) throw new SinkError('SINK_UNREACHABLE', 'before', true)
    if (mood > 0.94) {
      sink.taken.push({ batch, id })
      throw new SinkError('SINK_TIMEOUT', 'after', true)
    }
    if (mood > 0.91) throw new SinkError('SINK_REFUSED', 'for good', false)
  })
  return sink
}

async function run(seed: number) {
  const roll = dice(seed)
  const source = new HandSource()
  const [one, two, counts] = [moody(roll), moody(roll), moody(roll)]
  const sinks = [
    plannedSink('one', one, ['app']),
    plannedSink('two', two, ['app']),
    plannedSink('counts', counts, [CENSUS]),
  ]
  const plan = makePlan([plannedSource('app', source)], sinks, {
    census: { window_ms: 40 },
    pipeline: { shutdown_ms: 25_000 },
  })
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
  const acked: { n: number; secrets: number }[] = []
  for (let n = 0; n < 80; n++) {
    const secrets = Math.floor(roll() * 4)
    const order = roll() < 0.05 ? `!throw@${once()}` : ''
    const text = `svc=s${n % 3} n=${n} ${order} ${'SECRET '.repeat(secrets)}`
    source.deliver(lines('app', text)).then(
      () => acked.push({ n, secrets }),
      () => {},
    )
    if (roll() < 0.05) void pipeline.pool.threads[0]?.terminate()
    await sleep(roll() * 8)
  }
  const report = await pipeline.stop()
  return { acked, report, one, two, counts }
}

function distinct(records: readonly CensusRecord[]): CensusRecord[] {
  return [...new Map(records.map((record) => [record.id, record])).values()]
}

function sum<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  return rows.reduce((total, row) => total + read(row), 0)
}

describe('under random failures', () => {
  test.concurrent.each(Array.from({ length: 20 }, (_, seed) => seed))('seed %i: counts are exact', async (seed) => {
    const { acked, report, one, two, counts } = await run(seed)
    expect(report).toEqual({ delivered: true, undelivered_bytes: 0 })
    for (const sink of [one, two]) expect(sink.text()).not.toContain('SECRET')
    // A batch may lose both of its workers; it is masked whole then.
    const readable = acked.filter(({ n }) => one.text().includes(` n=${n} `))
    for (const { n } of readable) expect(two.text()).toContain(` n=${n} `)
    const records = distinct(censusRecords(counts))
    const coverage = records.filter(({ event }) => event === 'coverage')
    const seen = sum(coverage, ({ records_seen }) => records_seen)
    const lost = sum(coverage, ({ failures }) => failures.worker_lost ?? 0)
    const findings = records.filter(({ event }) => event === 'finding')
    expect(seen).toBe(acked.length)
    expect(lost).toBe(acked.length - readable.length)
    expect(sum(findings, ({ matches }) => matches)).toBe(sum(readable, ({ secrets }) => secrets))
    // A sink refuses a whole load, and a slow machine joins more batches to one.
    expect(acked.length).toBeGreaterThan(4)
  })
})
