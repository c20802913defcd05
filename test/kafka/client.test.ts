import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Fetched, FetchedRecord, KafkaClient, KafkaCompression } from '../../src/net/kafka/client.ts'
import { hasKafka, type SomeBroker, someKafka } from '../interop/kafka/process.ts'
import { until } from '../sinks/site.ts'
import { out, record, shown } from './records.ts'
import { clientOf, newTopic } from './topics.ts'

let broker: SomeBroker
let kafka: KafkaClient

describe.runIf(hasKafka())('the Kafka client', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    broker = await someKafka()
    kafka = clientOf(broker.brokers)
  }, 120_000)
  afterAll(() => broker?.remove())

  it.each<KafkaCompression>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('writes and reads %s', async (compression) => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ idempotent: true, compression, retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    const odd = { name: Buffer.from([0xff, 0xfe]), value: Buffer.from([0]) }
    const named = record('k', 'one', ['a', '1'], ['constructor', null], ['__proto__', 'p'], ['a', ''])
    const sent = [
      { ...named, headers: [...named.headers, odd] },
      record(null, null),
      record('', ''),
      { ...record('k', 'x'.repeat(50_000)), timestamp_ms: 7n },
    ]
    await producer.send(sent.map((one) => out(topic, one)))
    const read = await readAll(topic, 4)
    expect(read.map(shown)).toEqual(sent.map(shown))
    expect(read.map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n])
  })

  it('hides aborted transactions, and passes over their markers', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ transactional_id: topic, idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    for (const [value, isKept] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.begin()
      await transaction.send([out(topic, record(null, value))])
      await (isKept ? transaction.commit() : transaction.abort())
    }
    // Four records, and a marker behind each of them.
    const read = await readAll(topic, 2, 8n)
    expect(read.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(['a', 'c'])
  })

  it('tells a settled offset of a partition only when no transaction has it under way', async () => {
    const topic = await newTopic(broker.brokers, 2)
    const admin = kafka.admin()
    onTestFinished(() => admin.close())
    await admin.connect()
    const producer = kafka.producer({ transactional_id: topic, idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    const group = `g-${topic}`
    await until(async () => (await admin.settled(group, topic, 0).catch(() => 0n)) === -1n)
    const transaction = await producer.begin()
    await transaction.send([out(topic, record(null, 'a'))])
    await transaction.sendOffsets(group, [{ topic, partition: 0, offset: 5n }])
    await expect(admin.settled(group, topic, 0)).rejects.toMatchObject({
      code: 'UNSTABLE_OFFSET_COMMIT',
      retryable: true,
    })
    expect(await admin.settled(group, topic, 1)).toBe(-1n)
    await transaction.commit()
    let settled = -1n
    while (settled < 0n) settled = await admin.settled(group, topic, 0).catch(() => -2n)
    // The first answer is the right one: there is none of before.
    expect(settled).toBe(5n)
  })

  it('commits where the next record is, and goes on from there', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ idempotent: true, compression: 'lz4', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    await producer.send([out(topic, record('a', '1')), out(topic, record('b', '2'))])
    const group = newGroup()
    expect(await readAll(topic, 2, 0n, group)).toHaveLength(2)
    await producer.send([out(topic, record('c', '3'))])
    const second = await readAll(topic, 1, 0n, group)
    expect(second.map(({ offset }) => offset)).toEqual([2n])
  })

  it('fetches ahead of what is taken, and takes in order what comes again after a failure', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    for (let n = 0; n < 12; n++) await producer.send([out(topic, record(null, 'x'.repeat(5_000)), 0)])
    const taken: bigint[] = []
    let [failures, pending, most] = [0, 0, 0]
    const options = { ...READING, group: newGroup(), topics: [topic], partition_bytes_max: 12_000, fetches_ahead: true }
    const consumer = kafka.consumer(options)
    onTestFinished(() => consumer.stop())
    consumer.start({
      ...SILENT,
      take: async ({ records, first }: Fetched) => {
        most = Math.max(most, ++pending)
        await sleep(50)
        pending--
        if (first >= 4n && failures++ === 0) throw new Error('not now')
        taken.push(...records.map(({ offset }) => offset))
      },
    })
    await until(() => taken.length >= 12)
    expect(taken).toEqual(Array.from({ length: 12 }, (_, n) => BigInt(n)))
    expect({ failures: failures > 1, most }).toEqual({ failures: true, most: 1 })
  })

  it('sends 20,000 records of one partition without holding the event loop up', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    const records = Array.from({ length: 20_000 }, () => out(topic, record(null, 'x'), 0))
    const cpu = process.cpuUsage()
    await producer.send(records)
    const { user, system } = process.cpuUsage(cpu)
    expect((user + system) / 1000).toBeLessThan(1000)
  })

  it('says what a broker refuses, by its name', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = kafka.producer({ idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    const large = out(topic, record(null, 'x'.repeat(2_000_000)))
    await expect(producer.send([large])).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE', retryable: false })
    await producer.send([out(topic, record(null, 'small'))])
  })
})

const READING = {
  patterns: [],
  topics_refresh_ms: 1000,
  start: 'earliest',
  partitions_max: 4,
  fetch_bytes_max: 10_000_000,
  partition_bytes_max: 1_000_000,
  wait_ms_max: 200,
  session_timeout_ms: 10_000,
  rebalance_timeout_ms: 10_000,
} as const

const SILENT = { passed: () => {}, assigned: () => {}, missing: () => {}, failed: () => {} }

/** Reads so many records, and until everything in front of `end` is behind it. */
async function readAll(topic: string, count: number, end = 0n, group = newGroup()): Promise<FetchedRecord[]> {
  const consumer = kafka.consumer({ ...READING, group, topics: [topic] })
  const read: FetchedRecord[] = []
  let reached = 0n
  consumer.start({
    ...SILENT,
    take: async ({ records, partition, next }: Fetched) => {
      await consumer.commit([{ topic, partition, offset: next }])
      read.push(...records)
      reached = next
    },
    passed: (_topic, _partition, next) => {
      reached = next
    },
  })
  onTestFinished(() => consumer.stop())
  await until(() => read.length >= count && reached >= end)
  await consumer.stop()
  return read
}

function newGroup(): string {
  return randomBytes(4).toString('hex')
}
