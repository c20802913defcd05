import { describe, expect, test } from 'vitest'
import type { Counts, FindingCount } from '../../src/core/counts.ts'
import { SinkError } from '../../src/core/errors.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { version } from '../../src/core/version.ts'
import { Census, type CensusOptions } from '../../src/pipeline/census.ts'
import { Gate } from '../../src/pipeline/gate.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import { censusRecords, eventually, HandClock, HeapSink, heapEmit, sleep } from './kit.ts'

const NOON = Date.UTC(2026, 10, 21, 12, 0, 0)
const MINUTE = 60_000

function finding(changes: Partial<FindingCount> = {}): FindingCount {
  const kind = {
    rule: 'card',
    rule_version: 'r1',
    category: 'financial',
    severity: 'high',
    confidence: { high: 2 },
    action: 'mask',
  }
  return { service: 'shop', ...kind, matches: 2, records: 1, paths: ['log'], fingerprints: [], ...changes }
}

function counts(service = 'shop', records = 10, findings = [finding({ service })]): Counts {
  return { findings, services: [{ service, records, affected: findings.length, dropped: 0, failures: {} }] }
}

function makeCensus(sinks: HeapSink[], start_ms = NOON, changes: Partial<CensusOptions> = {}) {
  const clock = new HandClock(start_ms)
  const gate = new Gate(1_000_000)
  const { emit, events } = heapEmit()
  const shape = { required: true, optional_bytes_max: 0, emit, clock }
  const lanes = sinks.map((sink, at) => new Lane({ name: `sink${at}`, sink, ...shape }))
  const census = new Census({
    instance: 'node-1',
    window_ms: MINUTE,
    services_max: 3,
    clock,
    gate,
    emit,
    lanes,
    transcode: async (batch) => batch,
    ...changes,
  })
  return { census, clock, gate, lanes, events }
}

const soon = () => AbortSignal.timeout(1_000)

describe('the census', () => {
  test('writes a record a service × rule × action × source, and one a service × source for what it saw', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink], NOON + 15_000)
    census.add(counts(), 'app', 'v7')
    census.add(
      counts('shop', 5, [finding({ matches: 1, paths: ['msg', 'log'], fingerprints: ['k1:ab'] })]),
      'app',
      'v7',
    )
    census.add(counts('shop', 1, []), 'edge', 'v7')
    await census.flush(soon())
    const records = censusRecords(sink)
    expect(records.map(({ event, source }) => [event, source])).toEqual([
      ['coverage', 'app'],
      ['coverage', 'edge'],
      ['finding', 'app'],
    ])
    expect(records[2]).toEqual({
      event: 'finding',
      schema: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      instance: 'node-1',
      run: expect.stringMatching(/^[0-9a-f]{16}$/),
      seq: 3,
      version: version(),
      policy_version: 'v7',
      window_start: '2026-11-21T12:00:15.000Z',
      window_end: '2026-11-21T12:00:15.001Z',
      service: 'shop',
      source: 'app',
      first_seen: '2026-11-21T12:00:15.000Z',
      last_seen: '2026-11-21T12:00:15.000Z',
      rule: 'card',
      rule_version: 'r1',
      category: 'financial',
      severity: 'high',
      confidence: { high: 4 },
      action: 'mask',
      matches: 3,
      records: 2,
      paths: ['log', 'msg'],
      fingerprints: ['k1:ab'],
    })
    expect(records[0]).toMatchObject({ records_seen: 15, records_affected: 2, records_dropped: 0, clean: 13 })
  })

  test('looked and found nothing is written down', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink])
    census.add(counts('quiet', 7, []), 'app', 'v7')
    await census.flush(soon())
    expect(censusRecords(sink)).toMatchObject([{ event: 'coverage', service: 'quiet', records_seen: 7, clean: 7 }])
  })

  test('fingerprints are there only when there are some', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink])
    census.add(counts(), 'app', 'v7')
    await census.flush(soon())
    for (const record of censusRecords(sink)) expect(record).not.toHaveProperty('fingerprints')
  })

  test('windows end at whole minutes, whenever the process began', async () => {
    const sink = new HeapSink()
    const { census, clock } = makeCensus([sink], NOON + 15_000)
    census.add(counts(), 'app', 'v7')
    clock.pass(45_000)
    census.add(counts(), 'app', 'v7')
    clock.pass(3 * MINUTE + 1)
    census.tick()
    await census.flush(soon())
    const spans = censusRecords(sink).map((record) => [
      record.window_start.slice(14, 19),
      record.window_end.slice(14, 19),
    ])
    expect(spans).toEqual([
      ['00:15', '01:00'],
      ['00:15', '01:00'],
      ['01:00', '02:00'],
      ['01:00', '02:00'],
    ])
  })

  test('a clock that is set back neither stops the windows nor repeats an id', async () => {
    const sink = new HeapSink()
    const { census, clock } = makeCensus([sink])
    for (let minute = 0; minute < 12; minute++) {
      census.add(counts(), 'app', 'v7')
      if (minute === 3) clock.wall_ms -= 60 * MINUTE
      clock.pass(MINUTE)
      await sleep(1)
    }
    await census.flush(soon())
    const records = censusRecords(sink)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    expect(records.length).toBeGreaterThan(12)
    const seen = records.filter(({ event }) => event === 'coverage').map((record) => record.records_seen)
    expect(seen.reduce((a, b) => a + b)).toBe(120)
  })

  test('a sink that is down for an hour gets the windows merged, and no other sink waits for it', async () => {
    let up = false
    const failing = new HeapSink(() => {
      if (!up) throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const good = new HeapSink()
    const { census, clock, gate } = makeCensus([failing, good])
    for (let minute = 0; minute < 60; minute++) {
      census.add(counts(), 'app', 'v7')
      clock.pass(MINUTE)
      census.tick()
      await sleep(1)
    }
    expect(censusRecords(good)).toHaveLength(120)
    expect(gate.used_bytes).toBeLessThan(2_000)
    up = true
    const ticking = setInterval(() => clock.pass(1_000), 5)
    await census.flush(AbortSignal.timeout(20_000))
    clearInterval(ticking)
    const late = censusRecords(failing)
    expect(late).toHaveLength(4)
    const findings = late.filter(({ event }) => event === 'finding')
    expect(findings.map(({ matches }) => matches)).toEqual([2, 118])
    expect(findings[1].window_start).toBe('2026-11-21T12:01:00.000Z')
    expect(findings[1].window_end).toBe('2026-11-21T13:00:00.000Z')
    expect(late.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(gate.used_bytes).toBe(0)
  })

  test('what a sink refuses is sent again with the next window, as it was, and nothing passes it', async () => {
    let refusals = 1
    const sink = new HeapSink(() => {
      if (refusals-- > 0) throw new SinkError('SINK_REFUSED', 'test', false)
    })
    const { census, clock, events } = makeCensus([sink])
    census.add(counts(), 'app', 'v7')
    clock.pass(MINUTE)
    census.tick()
    await eventually(() => events.some(({ name }) => name === 'census_refused'))
    census.add(counts(), 'app', 'v7')
    clock.pass(MINUTE)
    census.tick()
    await census.flush(soon())
    const records = censusRecords(sink)
    expect(records).toMatchObject([{ records_seen: 10 }, { matches: 2 }, { records_seen: 10 }, { matches: 2 }])
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(new Set(records.map(({ id }) => id)).size).toBe(4)
  })

  test('a reload in the middle of a window gives each policy its own counts', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink])
    census.add(counts(), 'app', 'v7')
    census.add(counts(), 'app', 'v8')
    census.add(counts(), 'app', 'v8')
    await census.flush(soon())
    const findings = censusRecords(sink).filter(({ event }) => event === 'finding')
    expect(findings).toMatchObject([
      { policy_version: 'v7', matches: 2 },
      { policy_version: 'v8', matches: 4 },
    ])
    expect(census.totals()).toMatchObject([{ service: 'shop', records: 30, matches: { financial: 6 } }])
  })

  test('a reload gives what a sink did not have to the one in its place, and tells of one that goes', async () => {
    const dead = new HeapSink(() => {
      throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const { census, clock, lanes, events } = makeCensus([dead, dead])
    census.add(counts(), 'app', 'v7')
    clock.pass(MINUTE)
    census.tick()
    census.add(counts(), 'app', 'v7')
    const fresh = new HeapSink()
    const after = makeCensus([fresh]).lanes
    census.route(after)
    for (const lane of lanes) lane.stop()
    await census.flush(soon())
    expect(censusRecords(fresh).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(events.filter(({ name }) => name === 'census_abandoned')).toMatchObject([{ facts: { sink: 'sink1' } }])
  })

  test('a name that holds what divides other names is no other name', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink], NOON, { services_max: 10 })
    for (const service of ['a\0b', 'a', '","', 'a"', "a','b"]) census.add(counts(service, 1), 'app', 'v7')
    await census.flush(soon())
    expect(new Set(censusRecords(sink).map(({ id }) => id)).size).toBe(10)
  })

  test('services beyond the bound are counted under _other, and none is lost', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink])
    for (let n = 0; n < 50; n++) census.add(counts(`service${n}`, 1), 'app', 'v7')
    await census.flush(soon())
    const records = censusRecords(sink)
    const services = new Set(records.map(({ service }) => service))
    expect(services).toEqual(new Set(['service0', 'service1', 'service2', '_other']))
    const other = records.filter(({ service }) => service === '_other')
    expect(other).toMatchObject([{ records_seen: 47 }, { matches: 94, records: 47 }])
    expect(census.totals()[0]).toEqual({
      service: '_other',
      records: 47,
      affected: 47,
      dropped: 0,
      failed: 0,
      matches: { financial: 94 },
    })
  })

  test('100,000 services in an hour without a sink: memory is bounded, and every count arrives', async () => {
    let up = false
    const sink = new HeapSink(() => {
      if (!up) throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const { census, clock, gate } = makeCensus([sink], NOON, { services_max: 1_000 })
    for (let n = 0; n < 100_000; n++) {
      census.add(counts(`service${n}`, 2), 'app', 'v7')
      if (n % 1_600 === 0) {
        clock.pass(MINUTE)
        await sleep(0)
      }
    }
    expect(census.totals()).toHaveLength(1_001)
    // What is sent is at most one window's worth of rows, whatever came meanwhile.
    expect(gate.used_bytes).toBeLessThan(4 * LIMITS.batch_bytes_target)
    up = true
    const ticking = setInterval(() => clock.pass(1_000), 5)
    await census.flush(AbortSignal.timeout(20_000))
    clearInterval(ticking)
    const records = censusRecords(sink)
    const sum = (of: 'matches' | 'records_seen') => records.reduce((all, record) => all + (record[of] ?? 0), 0)
    expect([sum('matches'), sum('records_seen')]).toEqual([200_000, 200_000])
    expect(new Set(records.map(({ service }) => service)).size).toBeLessThanOrEqual(2_001)
  })

  test('the end does not wait for a dead sink longer than it is told', async () => {
    const sink = new HeapSink(() => new Promise<void>(() => {}))
    const { census, events } = makeCensus([sink])
    census.add(counts(), 'app', 'v7')
    const begun = performance.now()
    expect(await census.flush(AbortSignal.timeout(100))).toEqual({ undelivered: true })
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(events.at(-1)).toMatchObject({ name: 'census_undelivered', facts: { sink: 'sink0' } })
  })

  test('a flush of many rows is cut into batches of the target size', async () => {
    const sink = new HeapSink()
    const { census } = makeCensus([sink], NOON, { services_max: 8_000 })
    for (let n = 0; n < 6_000; n++) census.add(counts(`service${n}`), 'app', 'v7')
    await census.flush(soon())
    expect(sink.taken.length).toBeGreaterThan(2)
    for (const { batch } of sink.taken) expect(batch.bytes.length).toBeLessThanOrEqual(LIMITS.batch_bytes_target)
    expect(censusRecords(sink)).toHaveLength(12_000)
  })
})
