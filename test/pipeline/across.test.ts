// Secrets that span records, through real workers: random batches of the same lines, and workers that are killed
// meanwhile, give the same bytes as one batch.
import { readFileSync } from 'node:fs'
import { decodeMulti } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Leaves } from '../../src/core/leaves.ts'
import { Paths } from '../../src/core/paths.ts'
import type { Policy } from '../../src/core/policy.ts'
import { Step } from '../../src/core/wire.ts'
import { type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
import { AssemblyBudget } from '../../src/sources/forward/assembly.ts'
import { Intake } from '../../src/sources/forward/intake.ts'
import { ForwardFrames } from '../../src/wire/forward_frame.ts'
import { msgpack } from '../../src/wire/msgpack.ts'
import { eventsHeader } from '../../src/wire/msgpack_frame.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, policy, rule } from '../worker/harness.ts'
import { HandSource, HeapSink, heapLogger, makePlan, plannedSink, plannedSource, sleep, textOf } from './kit.ts'

const RULES: Policy = policy([
  rule('key', { detector: 'pem_private_key' }, 'replace'),
  rule('card', { detector: 'payment_card' }, { type: 'mask', keep_last: 4 }),
  rule('email', { detector: 'email' }, 'replace'),
])

/** mulberry32. */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const PATHS = new Paths()

const CARDS = ['4111 1111 1111 1111', '5555 5555 5555 4444', '3782 822463 10005']
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function say(pod: string, log: string, logtag: string): string {
  return `${JSON.stringify({ log, stream: 'stdout', logtag, kubernetes: { pod_name: pod } })}\n`
}

/** What each of some streams says: ordinary lines, private keys line by line, and lines that are cut in pieces. */
function story(roll: () => number): { frames: string[]; secrets: string[] } {
  const secrets: string[] = []
  const letters = (count: number) => Array.from({ length: count }, () => BASE64[Math.floor(roll() * 64)]).join('')
  const streams = ['pod-a', 'pod-b', 'pod-c'].map((pod) => {
    const lines: string[] = []
    for (let turn = 0; turn < 12; turn++) {
      const kind = roll()
      if (kind < 0.4) lines.push(say(pod, `request ${turn} took ${Math.floor(roll() * 90)} ms`, 'F'))
      else if (kind < 0.6) {
        const body = Array.from({ length: 2 + Math.floor(roll() * 5) }, () => letters(64))
        body.push(letters(4 + Math.floor(roll() * 50)))
        secrets.push(...body)
        for (const line of ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----']) {
          lines.push(say(pod, line, 'F'))
        }
      } else {
        const card = CARDS[Math.floor(roll() * CARDS.length)]
        const line = `${'x'.repeat(Math.floor(roll() * 30))} mail jane@example.com pay ${card} until then`
        secrets.push(card, 'jane@example.com')
        const size = 3 + Math.floor(roll() * 20)
        const texts = line.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
        texts.forEach((text, at) => void lines.push(say(pod, text, at < texts.length - 1 ? 'P' : 'F')))
      }
    }
    return lines
  })
  const frames: string[] = []
  while (streams.some((lines) => lines.length > 0)) {
    const line = streams[Math.floor(roll() * streams.length)].shift()
    if (line !== undefined) frames.push(line)
  }
  return { frames, secrets }
}

async function start(hold_ms: number): Promise<{ source: HandSource; store: HeapSink; pipeline: Running }> {
  const source = new HandSource()
  const store = new HeapSink()
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])], {
    policy: RULES,
    pipeline: { hold_ms, worker_heap_mib_max: 256 },
  })
  return { source, store, pipeline: await startPipeline(plan, { logger: heapLogger().logger }) }
}

function batch(frames: readonly (string | Uint8Array)[], format: Batch['format'] = 'json'): Batch {
  return { format, ...batchOf(frames), origin: 'app' }
}

function sum<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  return rows.reduce((total, row) => total + read(row), 0)
}

/** Findings, and records with a part of one. */
function totals(rows: readonly { matches: number; records: number }[]) {
  return { matches: sum(rows, ({ matches }) => matches), records: sum(rows, ({ records }) => records) }
}

function inOneBatch({ format, bytes, ends }: Batch) {
  const { bytes: redacted, counts } = new Inspector(RULES).inspect(format, bytes.slice(), ends, 'app')
  return { text: textOf({ bytes: redacted }), counts }
}

describe('the batches of one origin', () => {
  test.each(Array.from({ length: 6 }, (_, seed) => seed))(
    'seed %i: are redacted as if they were one, though workers are killed',
    { timeout: 60_000 },
    async (seed) => {
      const roll = dice(seed)
      const { frames, secrets } = story(roll)
      const whole = inOneBatch(batch(frames))
      const { source, store, pipeline } = await start(20_000)
      const acks: Promise<void>[] = []
      let acked = 0
      let quietFrom = 0
      for (let from = 0; from < frames.length; ) {
        const size = 1 + Math.floor(roll() ** 3 * 40)
        acks.push(source.deliver(batch(frames.slice(from, from + size))).then(() => void acked++))
        from += size
        // One worker at a time, or a batch may lose two and fails closed.
        if (acked >= quietFrom && roll() < 0.2) {
          quietFrom = acks.length
          void pipeline.pool.threads[0]?.terminate()
        }
        if (roll() < 0.5) await sleep(roll() * 20)
      }
      await Promise.all(acks)
      const { findings, coverage } = pipeline.census.sums
      await pipeline.stop()
      expect(store.text()).toBe(whole.text)
      for (const secret of secrets) expect(store.text()).not.toContain(secret)
      expect(totals([...findings.values()])).toEqual(totals(whole.counts.findings))
      expect(sum([...coverage.values()], ({ affected }) => affected)).toBe(whole.counts.services[0].affected)
    },
  )

  test('what a real Fluent Bit sent is redacted alike wherever its chunks end', async () => {
    const { tag, events } = eventsOfFluentBit()
    const whole = inOneBatch(batch([frameOf(tag, events)], 'msgpack'))
    expect(logsOf(whole.text)).toEqual([
      '{"level":"info","msg":"hello","email":"[REDACTED:email]"}',
      'this is a long line that the runtime cuts in the middle of a card *********',
      '******1111 and goes on',
      ...Array(4).fill('[REDACTED:key]'),
      'after the key',
    ])
    const { source, store, pipeline } = await start(20_000)
    for (let cut = 1; cut < events.length; cut++) {
      const chunks = [frameOf(tag, events.slice(0, cut)), frameOf(tag, events.slice(cut))]
      const one = source.deliver(batch([chunks[0]], 'msgpack'))
      await sleep(30)
      await Promise.all([one, source.deliver(batch([chunks[1]], 'msgpack'))])
      const taken = store.taken.splice(0)
      expect(taken.flatMap(({ batch }) => logsOf(textOf(batch)))).toEqual(logsOf(whole.text))
    }
    await pipeline.stop()
  })

  test('a line that nobody goes on with is held for no longer than it may be, and its end is masked', async () => {
    const { source, store, pipeline } = await start(150)
    const began_ms = performance.now()
    await source.deliver(batch([say('pod-a', 'pay 4111 1111', 'P')]))
    const took_ms = performance.now() - began_ms
    await source.deliver(batch([say('pod-a', ' 1111 1111 now', 'F')]))
    await pipeline.stop()
    expect(took_ms).toBeGreaterThan(140)
    expect(logsOf(store.text())).toEqual(['*************', '******1111 now'])
  })
})

/** The `log` of each record, in JSON lines or in frames of forward events. */
function logsOf(text: string): string[] {
  if (text.startsWith('{')) {
    const records = text.trimEnd().split('\n')
    return records.map((record) => (JSON.parse(record) as { log: string }).log)
  }
  return [...decodeMulti(Buffer.from(text, 'latin1'))].flatMap((frame) => {
    const [, events] = frame as [string, Uint8Array]
    return [...decodeMulti(events)].map((event) => (event as [unknown, { log: string }])[1].log)
  })
}

/** The events of the capture in which a container runtime's pieces were not merged, each encoded by itself. */
function eventsOfFluentBit(): { tag: Uint8Array; events: Uint8Array[] } {
  const wire = readFileSync(new URL('../fixtures/fluent-bit/cri-unmerged.bin', import.meta.url))
  const intake = new Intake('app', { frame_bytes_max: 1 << 20 }, new AssemblyBudget(1 << 20), systemClock)
  intake.push(wire)
  const taken = intake.take()
  if (taken.kind !== 'batch' || taken.batch === null) throw new Error('the capture holds no events')
  const { bytes, ends } = taken.batch
  const walk = msgpack.walk()
  const leaves = new Leaves()
  const events: Uint8Array[] = []
  walk.begin(bytes, 0, ends[0])
  for (let step = walk.next(leaves, PATHS); step !== Step.end; step = walk.next(leaves, PATHS)) {
    if (step === Step.record) events.push(bytes.slice(walk.recordStart, walk.recordEnd))
  }
  return { tag: bytes.slice(1, eventsHeader(bytes, 0, ends[0])), events }
}

function frameOf(tag: Uint8Array, events: readonly Uint8Array[]): Uint8Array {
  const frames = new ForwardFrames(4096)
  frames.open(tag, 0, tag.length)
  for (const event of events) frames.append(event, 0, event.length)
  return frames.finish('app').bytes
}

test('a private key that is logged while the policy changes is redacted by the new one', async () => {
  const [source, store] = [new HandSource(), new HeapSink()]
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])], {
    policy: RULES,
    pipeline: { worker_heap_mib_max: 256 },
  })
  // Where the rule of the key stood there is one that changes nothing.
  const rules = [rule('email', { detector: 'email' }, 'keep'), ...RULES.rules.filter(({ id }) => id !== 'email')]
  const other = { ...plan, policy: { ...RULES, version: 'other', rules } }
  const load = async () => ({ ok: true, plan: other, warnings: [] }) as const
  const pipeline = await startPipeline(plan, { logger: heapLogger().logger, load })
  const body = Array.from({ length: 6 }, (_, at) => BASE64.slice(at) + BASE64.slice(0, at))
  const lines = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', 'and then']
  const frames = lines.map((line) => say('pod-a', line, 'F'))
  await source.deliver(batch(frames.slice(0, 3)))
  expect(await pipeline.reload('test')).toMatchObject({ outcome: 'changed', changes: { policy: true } })
  await source.deliver(batch(frames.slice(3)))
  await pipeline.stop(true)
  for (const line of body) expect(store.text()).not.toContain(line)
  expect(store.text()).toContain('and then')
})
