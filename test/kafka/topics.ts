// Topics of a test's own on whatever broker there is, and clients for them.
import { randomBytes } from 'node:crypto'
import type { KafkaClient } from '../../src/net/kafka/client.ts'
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
