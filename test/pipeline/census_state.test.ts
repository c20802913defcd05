// What the census keeps over the end of its process, well or badly: no count twice and none lost, whatever the sinks
// did.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Counts } from '../../src/core/counts.ts'
import { SinkError } from '../../src/core/errors.ts'
import { Census } from '../../src/pipeline/census.ts'
import { Gate } from '../../src/pipeline/gate.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import { type CensusRecord, censusRecords, eventually, HandClock, HeapSink, heapEmit } from './kit.ts'

const NOON = Date.UTC(2026, 10, 21, 12, 0, 0)
const MINUTE = 60_000
const soon = () => AbortSignal.timeout(5_000)

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'logveil-census-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function counts(service: string, matches: number): Counts {
  const kind = { rule: 'card', rule_version: 'r1', category: 'financial', severity: 'high', action: 'mask' }
  const found = { service, ...kind, confidence: { high: matches }, matches, records: 1, paths: [], fingerprints: [] }
  return { findings: [found], services: [{ service, records: 3, affected: 1, dropped: 0, failures: {} }] }
}

async function census(state_dir: string | undefined, sink: HeapSink, clock = new HandClock(NOON)) {
  const { emit, events } = heapEmit()
  const lane = new Lane({ name: 'siem', sink, required: true, optional_bytes_max: 0, emit, clock })
  const options = { instance: 'node-1', window_ms: MINUTE, services_max: 100, gate: new Gate(1_000_000) }
  const made = new Census({ ...options, state_dir, clock, emit, lanes: [lane], transcode: async (batch) => batch })
  await made.start()
  onTestFinished(async () => {
    lane.stop()
    await made.flush(AbortSignal.abort())
  })
  return { census: made, clock, lane, events }
}

/** As a SIEM sees it: an event that comes again is the same event. */
function distinct(records: readonly CensusRecord[]): CensusRecord[] {
  return [...new Map(records.map((record) => [record.id, record])).values()]
}

function matchesOf(records: readonly CensusRecord[]): number {
  return distinct(records).reduce((sum, { matches = 0 }) => sum + matches, 0)
}

/** The state as a kill at this moment leaves it. */
function killed(state_dir: string): string {
  const copy = folder()
  copyFileSync(join(state_dir, 'census.journal'), join(copy, 'census.journal'))
  return copy
}

describe('the state of the census', () => {
  test('counts of an open window are there after a kill, under the same run', async () => {
    const state = folder()
    const first = await census(state, new HeapSink())
    await first.census.add(counts('shop', 2), 'app', 'v1')
    await first.census.add(counts('shop', 3), 'app', 'v1')
    const sink = new HeapSink()
    const second = await census(killed(state), sink, new HandClock(NOON + 5 * MINUTE))
    await second.census.add(counts('pay', 1), 'app', 'v1')
    await second.census.flush(soon())
    const records = censusRecords(sink)
    expect(matchesOf(records)).toBe(6)
    expect(new Set(records.map(({ run }) => run)).size).toBe(1)
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  test('what a sink took without saying so is sent again as it was, though more was counted since', async () => {
    const state = folder()
    const silent = new HeapSink()
    const taken: Uint8Array[] = []
    silent.send = (batch) => {
      taken.push(batch.bytes)
      return new Promise(() => {})
    }
    const first = await census(state, silent)
    await first.census.add(counts('shop', 2), 'app', 'v1')
    first.clock.pass(MINUTE)
    first.census.tick()
    await eventually(() => taken.length === 1)
    await first.census.add(counts('shop', 5), 'app', 'v1')
    first.clock.pass(MINUTE)
    await first.census.add(counts('shop', 7), 'app', 'v1')
    const sink = new HeapSink()
    const second = await census(killed(state), sink, new HandClock(NOON + 10 * MINUTE))
    await second.census.flush(soon())
    expect(Buffer.from(sink.taken[0].batch.bytes)).toEqual(Buffer.from(taken[0]))
    expect(matchesOf(censusRecords(sink))).toBe(14)
  })

  test('nothing is sent before it is noted: what is sent and what is noted can not differ', async () => {
    const state = folder()
    let noted = ''
    const sink = new HeapSink(() => {
      noted = readFileSync(join(state, 'census.journal'), 'utf8')
    })
    const { census: one, clock } = await census(state, sink)
    await one.add(counts('shop', 2), 'app', 'v1')
    clock.pass(MINUTE)
    one.tick()
    await eventually(() => sink.taken.length === 1)
    expect(noted).toContain('"seal":"siem"')
  })

  test('an end with a sink that is down keeps its counts for the next start, and says so', async () => {
    const state = folder()
    const dead = new HeapSink(() => {
      throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const first = await census(state, dead)
    await first.census.add(counts('shop', 2), 'app', 'v1')
    expect(await first.census.flush(AbortSignal.timeout(100))).toEqual({ undelivered: false })
    expect(first.events.map(({ name }) => name)).toContain('census_kept')
    const sink = new HeapSink()
    const second = await census(state, sink)
    await eventually(() => censusRecords(sink).length === 2)
    expect(matchesOf(censusRecords(sink))).toBe(2)
    await second.census.flush(soon())
    const third = new HeapSink()
    await (await census(state, third)).census.flush(soon())
    expect(censusRecords(third)).toEqual([])
  })

  test('a line that a kill tore is none: nobody was told of it', async () => {
    const state = folder()
    const first = await census(state, new HeapSink())
    await first.census.add(counts('shop', 2), 'app', 'v1')
    const left = killed(state)
    writeFileSync(join(left, 'census.journal'), '{"add":{"findings":[{"serv', { flag: 'a' })
    const sink = new HeapSink()
    await (await census(left, sink)).census.flush(soon())
    expect(matchesOf(censusRecords(sink))).toBe(2)
  })

  test('a clock that was set back while nobody ran repeats no id', async () => {
    const state = folder()
    const sink = new HeapSink()
    for (const wall_ms of [NOON, NOON - 60 * MINUTE, NOON]) {
      const { census: one } = await census(state, sink, new HandClock(wall_ms))
      await one.add(counts('shop', 1), 'app', 'v1')
      await one.flush(soon())
    }
    expect(new Set(censusRecords(sink).map(({ id }) => id)).size).toBe(6)
    expect(matchesOf(censusRecords(sink))).toBe(3)
  })

  test('the file is begun anew before it grows without end, and loses nothing by it', async () => {
    const state = folder()
    const sink = new HeapSink()
    const { census: one } = await census(state, sink)
    const long = 'x'.repeat(20_000)
    for (let at = 0; at < 400; at++) await one.add(counts(at % 2 ? 'shop' : long, 1), 'app', 'v1')
    expect(readFileSync(join(state, 'census.journal')).length).toBeLessThan(5 * 1024 * 1024)
    const after = new HeapSink()
    await (await census(killed(state), after)).census.flush(soon())
    expect(matchesOf(censusRecords(after))).toBe(400)
  })
})

describe('a state that can not be used', () => {
  test('a damaged file is told of at the start, and not overwritten', async () => {
    for (const text of ['{"layout":9}\n', '\n', 'nonsense\n', '{"layout":1}\n{"add"\n']) {
      const state = folder()
      writeFileSync(join(state, 'census.journal'), text)
      await expect(census(state, new HeapSink())).rejects.toMatchObject({ code: 'CENSUS_STATE' })
      expect(readFileSync(join(state, 'census.journal'), 'utf8')).toBe(text)
    }
  })

  test('a folder that is a file is told of at the start', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    await expect(census(file, new HeapSink())).rejects.toMatchObject({ code: 'CENSUS_STATE' })
  })

  test('a disk that fails holds nothing up, is told of once, and is whole again when it works again', async () => {
    const state = folder()
    const { census: one, events } = await census(state, new HeapSink())
    await one.add(counts('shop', 1), 'app', 'v1')
    rmSync(state, { recursive: true })
    await one.add(counts('shop', 2), 'app', 'v1')
    await one.add(counts('shop', 3), 'app', 'v1')
    expect(events.filter(({ name }) => name === 'census_state_failed')).toHaveLength(1)
    mkdirSync(state)
    await one.add(counts('shop', 4), 'app', 'v1')
    expect(events.at(-1)?.name).toBe('census_state_written')
    const sink = new HeapSink()
    await (await census(killed(state), sink)).census.flush(soon())
    expect(matchesOf(censusRecords(sink))).toBe(10)
  })

  test('a second process in the same folder is found out by the first', async () => {
    const state = folder()
    const first = await census(state, new HeapSink())
    await census(state, new HeapSink())
    await first.census.add(counts('shop', 1), 'app', 'v1')
    const { name, facts } = first.events.at(-1) ?? { name: '', facts: {} }
    expect([name, facts.reason]).toEqual(['census_state_failed', 'EINUSE'])
  })
})

describe('whatever happens', () => {
  test.each([1, 2, 3, 4, 5, 6])('the sum over distinct ids is the truth (seed %d)', async (seed) => {
    const random = randomOf(seed)
    let state = folder()
    let life = 0
    const siem = new Map<string, CensusRecord>()
    let truth = 0
    let clock = new HandClock(NOON)
    const begin = async () => {
      const mine = ++life
      const sink = new HeapSink(async (batch) => {
        const dice = random()
        // Of a life that was killed nothing arrives any more.
        if (mine !== life || dice < 0.2) throw new SinkError('SINK_UNREACHABLE', 'down', true)
        if (dice < 0.3) throw new SinkError('SINK_REFUSED', 'not now', false)
        for (const text of Buffer.from(batch.bytes).toString().trimEnd().split('\n')) {
          const record = JSON.parse(text) as CensusRecord
          const known = siem.get(record.id)
          if (known) expect(record).toEqual(known)
          siem.set(record.id, record)
        }
        if (dice < 0.5) throw new SinkError('SINK_TIMEOUT', 'took it and did not say so', true)
      })
      return await census(state, sink, clock)
    }
    let now = await begin()
    for (let step = 0; step < 120; step++) {
      const dice = random()
      if (dice < 0.5) {
        const matches = 1 + Math.floor(random() * 5)
        await now.census.add(counts(`service${Math.floor(random() * 4)}`, matches), 'app', 'v1')
        truth += matches
      } else if (dice < 0.85) {
        clock.pass(Math.floor(random() * 2 * MINUTE))
        now.census.tick()
        await new Promise((resolve) => setTimeout(resolve, 2))
      } else if (dice < 0.9) clock.wall_ms -= MINUTE
      else {
        life++
        now.lane.stop()
        state = killed(state)
        clock = new HandClock(clock.wall_ms + Math.floor(random() * MINUTE))
        now = await begin()
      }
    }
    const ticking = setInterval(() => {
      clock.pass(20_000)
      now.census.tick()
    }, 2)
    onTestFinished(() => clearInterval(ticking))
    await eventually(() => matchesOf([...siem.values()]) >= truth)
    clearInterval(ticking)
    expect(matchesOf([...siem.values()])).toBe(truth)
    const seqs = [...siem.values()].map(({ seq }) => seq).sort((a, b) => a - b)
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
  })
})

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e3779b9) | 0
    const mixed = Math.imul(state ^ (state >>> 13), 3_266_489_909)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}
