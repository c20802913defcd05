// Topics of a test's own on whatever broker there is, and clients for them.
import { randomBytes } from 'node:crypto'
import type { FetchedRecord, KafkaClient } from '../../src/net/kafka/client.ts'
import { loadKafkajs } from '../../src/net/kafka/kafkajs/patches.ts'
import { connectKafka } from '../../src/net/kafka/kafkajs.ts'

export function clientOf(brokers: string): KafkaClient {
  return connectKafka({
    brokers: brokers.split(','),
    client_id: 'logveil-test',
    tls: null,
    sasl: null,
    connect_timeout_ms: 5_000,
    request_timeout_ms: 30_000,
  })
}

/** A topic with a name of its own. */
export async function newTopic(
  brokers: string,
  partitions = 1,
  config: Record<string, string> = {},
  name = `t${randomBytes(6).toString('hex')}`,
): Promise<string> {
  const { Kafka, logLevel } = loadKafkajs()
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 10 } })
  const admin = kafka.admin()
  await admin.connect()
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  await admin.createTopics({
    topics: [{ topic: name, numPartitions: partitions, configEntries }],
    waitForLeaders: true,
  })
  await admin.disconnect()
  return name
}

export async function deleteTopic(brokers: string, topic: string): Promise<void> {
  const { Kafka, logLevel } = loadKafkajs()
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
}

export type ReadRecord = FetchedRecord & { readonly partition: number }

/** All that the topic has now, and at least `count` records. */
export async function readTopic(client: KafkaClient, topic: string, count = 0): Promise<ReadRecord[]> {
  const admin = client.admin()
  await admin.connect()
  const read: ReadRecord[] = []
  const at = new Map<number, bigint>()
  const consumer = client.consumer({
    group: randomBytes(6).toString('hex'),
    topics: [topic],
    patterns: [],
    topics_refresh_ms: 1000,
    start: 'earliest',
    partitions_max: 8,
    fetch_bytes_max: 10_000_000,
    partition_bytes_max: 1_000_000,
    wait_ms_max: 100,
    session_timeout_ms: 10_000,
    rebalance_timeout_ms: 10_000,
  })
  consumer.start({
    take: async ({ records, partition, next }) => {
      for (const one of records) read.push({ ...one, partition })
      at.set(partition, next)
    },
    assigned: () => {},
    passed: (_topic, partition, next) => void at.set(partition, next),
    missing: () => {},
    failed: () => {},
  })
  try {
    for (;;) {
      const ends = await admin.ends(topic)
      const isRead = ends.every(({ partition, offset }) => offset === 0n || (at.get(partition) ?? 0n) >= offset)
      if (isRead && read.length >= count) return read
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    await consumer.stop()
    await admin.close()
  }
}
