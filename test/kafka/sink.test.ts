import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import type { KafkaClient, KafkaRecord } from '../../src/net/kafka/client.ts'
import { kafkaBatch } from '../../src/wire/kafka_records.ts'
import type { Broker } from '../interop/kafka/broker.mjs'
import { hasKafka, ownKafka } from '../interop/kafka/process.ts'
import { batchOf, never, startSink, until } from '../sinks/site.ts'
import { record, shown } from './records.ts'
import { clientOf, newTopic, type ReadRecord, readTopic } from './topics.ts'

let broker: Broker
let client: KafkaClient

describe.runIf(hasKafka())('the kafka sink', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    broker = await ownKafka({ properties: { 'auto.create.topics.enable': 'true' } })
    client = clientOf(broker.brokers)
  }, 120_000)
  afterAll(() => broker?.remove())

  it('keeps key, headers, timestamp, partition, and values behind the id of a schema', async () => {
    const topic = await newTopic(broker.brokers, 3)
    const given = [
      record('k', '{"a":1}', ['h', '1'], ['constructor', null], ['h', '2'], ['__proto__', '']),
      record(null, null),
      record('', ''),
      { ...record('old', '\0\0\0\0\x07{"a":1}'), timestamp_ms: 1n },
    ]
    const { sink } = await startSink('kafka', { brokers: [broker.brokers], topic })
    await sink.send(fromKafka('in', 2, given), 'id', never)
    const read = await readAll(topic, given.length)
    expect(read.map(shown)).toEqual(given.map(shown))
    expect(read.map(({ partition }) => partition)).toEqual([2, 2, 2, 2])
  })

  it('finds the partition of a key as Java does, and names the topic as it is told', async () => {
    const prefix = `p${randomBytes(4).toString('hex')}`
    const topic = await newTopic(broker.brokers, 5, {}, `${prefix}.in_1.app`)
    const settings = { brokers: [broker.brokers], topic: `${prefix}.{topic}.{source}`, partition: 'by_key' }
    const { sink } = await startSink('kafka', settings)
    await sink.send(
      fromKafka('in 1', 0, [record('21', 'a'), record('foobar', 'b'), record('a-little-bit-long-string', 'c')]),
      'id',
      never,
    )
    const read = await readAll(topic, 3)
    // Kafka's own UtilsTest: murmur2 of these keys is -973932308, -790332482 and -985981536.
    const java = [-973932308, -790332482, -985981536].map((hash) => (hash & 0x7fffffff) % 5)
    const byValue = new Map(read.map((one) => [textOf(one), one.partition]))
    expect(['a', 'b', 'c'].map((value) => byValue.get(value))).toEqual(java)
  })

  it('writes records of other sources as values, in their order', async () => {
    const topic = await newTopic(broker.brokers)
    const { sink } = await startSink('kafka', { brokers: [broker.brokers], topic, batch_bytes_max: 1024 })
    expect(sink.accepts).toEqual(['json', 'kafka'])
    const lines = Array.from({ length: 300 }, (_, n) => `{"n":${n}}\n`)
    const sends = [0, 100, 200].map((from) =>
      sink.send(batchOf('json', ...lines.slice(from, from + 100)), `id${from}`, never),
    )
    await Promise.all(sends)
    const read = await readAll(topic, 300)
    expect(read.map((one) => `${textOf(one)}\n`)).toEqual(lines)
  })

  it('writes each service to a topic of its own, which the broker makes', async () => {
    const prefix = `p${randomBytes(4).toString('hex')}`
    const settings = {
      brokers: [broker.brokers],
      topic: `${prefix}.{service}`,
      create_topics: true,
      partition: 'by_key',
    }
    const { sink } = await startSink('kafka', settings)
    const values = ['{"service":"a b"}', '{"service":"shop"}', '{"none":1}']
    await until(() => isSent(sink, batchOf('json', ...values), 'id'))
    for (const [n, name] of ['a_b', 'shop', 'unknown'].entries()) {
      expect((await readAll(`${prefix}.${name}`, 1)).map(textOf)).toEqual([values[n]])
    }
    await until(() => isSent(sink, fromKafka('t', 0, [record('k', '{"service":"shop","n":2}')]), 'other'))
    expect(await readAll(`${prefix}.shop`, 2)).toHaveLength(2)
  })

  it('leaves out a record that the broker calls too large, and says so', async () => {
    const topic = await newTopic(broker.brokers, 1, { 'max.message.bytes': '20000' })
    const { sink, said } = await startSink('kafka', { brokers: [broker.brokers], topic })
    const large = randomBytes(40_000).toString('base64')
    const frames = ['"a"', `"${large}"`, ...Array.from({ length: 9 }, () => `"${large.slice(0, 9_000)}"`), '"z"']
    await sink.send(batchOf('json', ...frames), 'id', never)
    const read = await readAll(topic, frames.length - 1)
    expect(read.map(textOf)).toEqual(frames.filter((one) => one.length < 20_000))
    expect(said).toEqual([{ name: 'too_large', facts: { rejected_records: 1 } }])
  })

  it('does not write twice what is written when a batch comes again, and lets no record overtake', async () => {
    const topic = await newTopic(broker.brokers)
    const settings = { brokers: [broker.brokers], topic, batch_bytes_max: 1024, request_timeout_ms: 2000 }
    const { sink } = await startSink('kafka', settings)
    const lines = Array.from({ length: 60 }, (_, n) => `{"n":${n},"pad":"${'x'.repeat(90)}"}`)
    const batches = [0, 20, 40].map((from) => batchOf('json', ...lines.slice(from, from + 20)))
    await broker.stop()
    const results = await Promise.allSettled(batches.map((batch, n) => sink.send(batch, `id${n}`, never)))
    const codes = results.map((result) => result.status === 'rejected' && result.reason.code)
    expect(codes).toEqual(['SINK_UNREACHABLE', 'SINK_UNREACHABLE', 'SINK_UNREACHABLE'])
    expect(results.every((result) => result.status === 'rejected' && result.reason.retryable)).toBe(true)
    await broker.start()
    for (const [n, batch] of batches.entries()) await until(() => isSent(sink, batch, `id${n}`))
    const read = await readAll(topic, 60)
    expect(read.map(textOf)).toEqual(lines)
  })

  it('says so when a topic, or a partition, is missing, and writes when it has come', async () => {
    const prefix = `p${randomBytes(4).toString('hex')}`
    const { sink } = await startSink('kafka', { brokers: [broker.brokers], topic: `${prefix}-{topic}` })
    const batch = fromKafka('t', 2, [record(null, 'v')])
    const missing = {
      code: 'SINK_REFUSED',
      retryable: true,
      message: expect.stringContaining('UNKNOWN_TOPIC_OR_PARTITION'),
    }
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject(missing)
    const topic = await newTopic(broker.brokers, 1, {}, `${prefix}-t`)
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject(missing)
    await sink.send(fromKafka('t', 0, [record(null, 'w')]), 'other', never)
    expect((await readAll(topic, 1)).map(textOf)).toEqual(['w'])
  })
})

function textOf({ value }: KafkaRecord): string {
  return Buffer.from(value ?? []).toString()
}

function fromKafka(topic: string, partition: number, records: readonly KafkaRecord[]): Batch {
  const numbered = records.map((one, n) => ({ ...one, offset: BigInt(n) }))
  return kafkaBatch('app', topic, partition, numbered, 'json')
}

async function isSent(
  sink: { send(batch: Batch, id: string, signal: AbortSignal): Promise<void> },
  batch: Batch,
  id: string,
) {
  return sink.send(batch, id, never).then(
    () => true,
    () => false,
  )
}

function readAll(topic: string, count: number): Promise<ReadRecord[]> {
  return readTopic(client, topic, count)
}
