// What the sections of the Kafka bench share: topics, the records in them, the settings of a logveil, and how far its
// group has come. It measures nothing.
import { randomBytes } from 'node:crypto'
import type { KafkaClient, OutRecord, Producer } from '../../net/kafka/client.ts'
import { connectKafka } from '../../net/kafka/kafkajs.ts'
import { recordAt } from '../traffic/records.ts'

/** `wide` has a number of partitions that two and four instances can share evenly, and so has `out`. */
export const TOPICS = {
  input: 'logveil.bench.in',
  wide: 'logveil.bench.wide',
  output: 'logveil.bench.out',
  copy: 'logveil.bench.copy',
  census: 'logveil.bench.census',
} as const
export const PARTITIONS = 6
export const WIDE_PARTITIONS = 12
export const RECORD_BYTES = 1024
export const POLL_MS = 25
const TRAFFIC = { seed: 11, share: 0.05 }
/** Of one partition. */
const AT_ONCE = 900

export type Guarantee = 'exactly_once' | 'at_least_once'

export function clientOf(brokers: string): KafkaClient {
  return connectKafka({
    brokers: brokers.split(','),
    client_id: 'logveil-bench',
    tls: null,
    sasl: null,
    connect_timeout_ms: 10_000,
    request_timeout_ms: 30_000,
  })
}

export function newGroup(): string {
  return `bench-${randomBytes(4).toString('hex')}`
}

/** Records from a number on, each of another partition than the one before. */
export function recordsFrom(topic: string, partitions: number, first: number, count: number): OutRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const n = first + at
    const body = JSON.stringify(recordAt(n, TRAFFIC).body).slice(1)
    const line = `{"n":${n},${body}`
    const missing = RECORD_BYTES - line.length - ',"filler":""'.length
    const value = missing > 0 ? `${line.slice(0, -1)},"filler":"${filler(missing)}"}` : line
    const record = { key: null, value: Buffer.from(value), headers: [], timestamp_ms: -1n }
    return { ...record, topic, partition: n % partitions }
  })
}

/** Text that does not compress to nothing. */
function filler(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
}

export async function fill(client: KafkaClient, topic: string, partitions: number, records: number): Promise<void> {
  const producer = await connected(client)
  const step = AT_ONCE * partitions
  for (let n = 0; n < records; n += step) {
    await producer.send(recordsFrom(topic, partitions, n, Math.min(step, records - n)))
  }
  await producer.close()
}

export async function connected(client: KafkaClient): Promise<Producer> {
  const producer = client.producer({ idempotent: true, compression: 'lz4', retries: 5 })
  await producer.connect()
  return producer
}

/** Asks how far a group has come in a topic, all partitions together. */
export async function progressOf(client: KafkaClient, group: string, topic: string) {
  const admin = client.admin()
  await admin.connect()
  const committed = async () => {
    const offsets = await admin.committed(group, topic).catch(() => [])
    return offsets.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  }
  // A group that has committed nothing is taken to be at work on something.
  const lag = async () => {
    const [offsets, ends] = await Promise.all([admin.committed(group, topic).catch(() => []), admin.ends(topic)])
    const at = new Map(offsets.map(({ partition, offset }) => [partition, offset]))
    return ends.reduce((sum, { partition, offset }) => sum + Number(offset - (at.get(partition) ?? -1n)), 0)
  }
  return { committed, lag, close: () => admin.close() }
}

/** Settings of a logveil that takes `topic` to the output. */
export function settingsOf(
  brokers: string,
  topic: string,
  group: string,
  guarantee: Guarantee,
  start: 'earliest' | 'latest',
): string {
  return `sources:
  bench:
    type: kafka_transform
    brokers: ['${brokers}']
    group: ${group}
    topics: [${topic}]
    to: ${TOPICS.output}
    census_topic: ${TOPICS.census}
    guarantee: ${guarantee}
    start: ${start}
    compression: lz4
    wait_ms_max: 50
    session_timeout_ms: 60000
policy:
  packs: [default]
pipeline: { shutdown_ms: 2s }
admin: { listen: 127.0.0.1:0 }
`
}
