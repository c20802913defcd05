// The transform on a real broker: what becomes of records, and of those that nobody can inspect.
import { createDecipheriv, randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { FetchedRecord, KafkaClient, KafkaCompression, KafkaRecord } from '../../src/net/kafka/client.ts'
import { type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { hasKafka, type SomeBroker, someKafka } from '../interop/kafka/process.ts'
import { until } from '../sinks/site.ts'
import { out, record, shown } from './records.ts'
import { clientOf, newTopic } from './topics.ts'

let broker: SomeBroker
let kafka: KafkaClient

describe.runIf(hasKafka())('kafka_transform', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    broker = await someKafka()
    kafka = clientOf(broker.brokers)
  }, 120_000)
  afterAll(() => broker?.remove())

  it.each(['exactly_once', 'at_least_once'])('redacts a topic into another one, %s', async (guarantee) => {
    const site = await newSite(2, `guarantee: ${guarantee}`)
    const plain = record('k', '{"a":1}', ['trace', 'x'], ['constructor', null], ['trace', 'y'])
    const dirty = record('jane@example.com', '{"mail":"jane@example.com"}', ['who', 'bob@example.com'])
    await site.write([plain, record(null, null), record('k', null), dirty], 1)
    await site.write([record('other', '{"card":"4111111111111111"}')], 0)
    const running = await site.run()
    await until(async () => (await site.lag()) === 0)
    const expected = [plain, record(null, null), record('k', null)].map(shown)
    expect((await site.read(1)).slice(0, 3).map(shown)).toEqual(expected)
    const last = (await site.read(1))[3]
    expect(utf8(last.key)).toBe('[REDACTED:email]')
    expect(utf8(last.value)).toBe('{"mail":"[REDACTED:email]"}')
    expect(utf8(last.headers[0].value)).toBe('[REDACTED:email]')
    expect((await site.read(0)).map(({ value }) => utf8(value))).toEqual(['{"card":"************1111"}'])
    const counts = (await site.readAll(site.census)).map(({ value }) => JSON.parse(utf8(value)))
    const seen = counts.filter(({ event }) => event === 'coverage').reduce((sum, one) => sum + one.records_seen, 0)
    const emails = counts.filter(({ rule }) => rule === 'email').reduce((sum, one) => sum + one.matches, 0)
    expect({ seen, emails }).toEqual({ seen: 5, emails: 3 })
    const metrics = await running.metrics()
    expect(metrics).toContain(`logveil_kafka_partitions{source="t"} 2`)
    expect(metrics).toContain(`logveil_kafka_lag_records{source="t",topic="${site.input}",partition="1"} 0`)
  })

  it('puts what nobody can inspect aside, with the reason and nothing raw, and goes on', async () => {
    const site = await newSite(1, 'dead_letter: { topic: DEAD }')
    await site.write([record('jane@example.com', '{"mail":"jane@exa'), record('k', '{"a":1}')])
    await site.run()
    await until(async () => (await site.lag()) === 0)
    expect((await site.read(0)).map(({ value }) => utf8(value))).toEqual(['{"a":1}'])
    const [dead] = await site.readAll(site.dead)
    expect(headersOf(dead)).toMatchObject({
      'logveil.reason': 'malformed',
      'logveil.topic': site.input,
      'logveil.partition': '0',
      'logveil.offset': '0',
    })
    expect(`${utf8(dead.key)} ${utf8(dead.value)} ${JSON.stringify(headersOf(dead))}`).not.toContain('jane@')
  })

  it('seals what nobody can inspect for who has the key', async () => {
    const key = randomBytes(32)
    const encrypt = `{ id: k1, key: '${key.toString('base64')}' }`
    const site = await newSite(1, `dead_letter: { topic: DEAD, encrypt: ${encrypt} }`)
    await site.write([record('jane@example.com', '{"mail":"jane@exa')])
    await site.run()
    await until(async () => (await site.lag()) === 0)
    const [dead] = await site.readAll(site.dead)
    expect(headersOf(dead)['logveil.key_id']).toBe('k1')
    const sealed = Buffer.from(dead.value ?? [])
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(-16))
    const opened = JSON.parse(`${decipher.update(sealed.subarray(12, -16))}${decipher.final()}`)
    expect(Buffer.from(opened.value, 'base64').toString()).toBe('{"mail":"jane@exa')
  })

  it('replaces a record that has become too large, and no other', async () => {
    const site = await newSite(1, 'compression: none', { 'max.message.bytes': '10000' })
    const grown = JSON.stringify({ mails: Array.from({ length: 900 }, (_, n) => `${n % 10}@b.co`) })
    await site.write([record('a', '{"n":1}'), record('b', grown), record('c', '{"n":2}')])
    await site.run()
    await until(async () => (await site.lag()) === 0)
    const read = await site.read(0)
    expect(read.map(({ key }) => utf8(key))).toEqual(['a', 'b', 'c'])
    expect(utf8(read[1].value).slice(0, 60)).toContain('"logveil_unreadable":"too_large"')
  })

  it('cuts what is larger than it asked for (the library hands out a whole batch, whatever its size)', async () => {
    const site = await newSite(1, 'compression: none')
    const lines = Array.from({ length: 4_000 }, (_, n) => `{"n":${n},"filler":"${'x'.repeat(1_000)}"}`)
    await site.write(
      lines.map((line) => record(null, line)),
      0,
      'lz4',
    )
    await site.run()
    await until(async () => (await site.lag()) === 0)
    // The topic takes a batch of 1 MiB; these are four.
    expect((await site.read(0)).map(({ value }) => utf8(value))).toEqual(lines)
  })

  it('waits for an output that has too few partitions, and says so', async () => {
    const site = await newSite(2, 'to: OTHER')
    await site.write([record('a', '{"n":1}')], 1)
    await site.run()
    await until(() => site.log.some((line) => line.includes('partition_missing')))
    expect(await site.lag()).toBe(1)
  })
})

/** Topics of its own, and a pipeline with nothing but a transform of them. */
async function newSite(partitions: number, more: string, config: Record<string, string> = {}) {
  const { brokers } = broker
  const input = await newTopic(brokers, partitions)
  const output = await newTopic(brokers, partitions, config)
  const [census, dead, other] = await Promise.all([newTopic(brokers), newTopic(brokers), newTopic(brokers)])
  const group = `g-${input}`
  const log: string[] = []
  const settings = more.replace('DEAD', dead)
  const to = more.startsWith('to:') ? `to: ${other}` : `to: ${output}\n    ${settings}`
  const text = `sources:
  t:
    type: kafka_transform
    brokers: ['${brokers}']
    group: ${group}
    topics: [${input}]
    census_topic: ${census}
    wait_ms_max: 100
    ${to}
policy: { packs: [default] }
admin: false
`
  const readAll = async (topic: string) => {
    const read: FetchedRecord[] = []
    // A group's offset is to be seen a moment before what was written together with it.
    const written = async () => (await asked((admin) => admin.ends(topic))).some(({ offset }) => offset > 0n)
    await until(written)
    const ends = await asked((admin) => admin.ends(topic))
    const wanted = ends.filter(({ offset }) => offset > 0n).length
    const done = new Set<number>()
    const consumer = kafka.consumer({ ...READING, group: randomBytes(4).toString('hex'), topics: [topic] })
    const passed = (partition: number, next: bigint) => {
      if (next >= (ends.find((end) => end.partition === partition)?.offset ?? 0n)) done.add(partition)
    }
    consumer.start({
      take: async ({ partition, records, next }) => {
        read.push(...records.map((one) => ({ ...one, partition })))
        passed(partition, next)
      },
      passed: (_topic, partition, next) => passed(partition, next),
      assigned: () => {},
      missing: () => {},
      failed: () => {},
    })
    await until(() => done.size >= wanted)
    await consumer.stop()
    return read as (FetchedRecord & { partition: number })[]
  }
  return {
    input,
    census,
    dead,
    log,
    readAll,
    read: async (partition: number) => (await readAll(output)).filter((one) => one.partition === partition),
    write: async (records: readonly KafkaRecord[], partition = 0, compression: KafkaCompression = 'none') => {
      const producer = kafka.producer({ idempotent: true, compression, retries: 5 })
      await producer.connect()
      await producer.send(records.map((one) => out(input, one, partition)))
      await producer.close()
    },
    run: async (): Promise<Running> => {
      const loaded = await loadConfig(text, 'test.yaml')
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
      const running = await startPipeline(loaded.plan, { logger: pino({}, { write: (line) => void log.push(line) }) })
      onTestFinished(async () => void (await running.stop()))
      return running
    },
    lag: () =>
      asked(async (admin) => {
        const [ends, committed] = [await admin.ends(input), await admin.committed(group, input)]
        const at = new Map(committed.map(({ partition, offset }) => [partition, offset]))
        return ends.reduce((sum, { partition, offset }) => sum + Number(offset - max0(at.get(partition))), 0)
      }).catch(() => Number.NaN),
  }
}

const READING = {
  patterns: [],
  topics_refresh_ms: 1000,
  start: 'earliest',
  partitions_max: 4,
  fetch_bytes_max: 10_000_000,
  partition_bytes_max: 1_000_000,
  wait_ms_max: 100,
  session_timeout_ms: 10_000,
  rebalance_timeout_ms: 10_000,
} as const

function max0(offset = 0n): bigint {
  return offset < 0n ? 0n : offset
}

async function asked<T>(question: (admin: ReturnType<KafkaClient['admin']>) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await question(admin)
  } finally {
    await admin.close()
  }
}

function utf8(bytes: Uint8Array | null): string {
  return Buffer.from(bytes ?? []).toString()
}

function headersOf({ headers }: KafkaRecord): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [utf8(name), utf8(value)]))
}
