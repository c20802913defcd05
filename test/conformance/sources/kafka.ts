// A producer, and a group whose committed offsets say what it may believe to be delivered.
import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { KafkaClient } from '../../../src/net/kafka/client.ts'
import { out, record } from '../../kafka/records.ts'
import { clientOf, newTopic } from '../../kafka/topics.ts'
import { sharedBrokers, withoutKafka } from '../kafka.ts'
import { pause } from '../site.ts'
import type { SourceCase } from './case.ts'

/** Ids of schemas that nobody knows, halves of JSON, bytes of no format; in values, keys and headers. */
const nonsenseWith = (secret: string): string[] => [
  `\0\0\0\0\x07${secret}`,
  `{"a":"${secret}`,
  `\xc1\xff${secret}`,
  '\x01',
  '',
]

export const kafka: SourceCase = {
  name: 'kafka',
  type: 'kafka',
  takesNoPlace: true,
  missing: withoutKafka,
  prepare: async () => {
    const brokers = sharedBrokers()
    const topic = await newTopic(brokers)
    const group = randomBytes(6).toString('hex')
    const client = clientOf(brokers)
    let isOver = false
    onTestFinished(() => {
      isOver = true
    })
    return {
      settings: { brokers: brokers.split(','), topics: [topic], group, commit_interval_ms: 20, wait_ms_max: 100 },
      async send(texts) {
        await produce(
          client,
          topic,
          texts.map((text) => [null, JSON.stringify(text)]),
        )
        return until(client, group, topic, () => isOver)
      },
      async sendNonsense(secret) {
        const values = nonsenseWith(secret)
        await produce(
          client,
          topic,
          values.map((value) => [value, value]),
        )
      },
    }
  },
}

async function produce(client: KafkaClient, topic: string, given: readonly (readonly [string | null, string])[]) {
  const producer = client.producer({ idempotent: false, compression: 'none', retries: 5 })
  await producer.connect()
  await producer.send(
    given.map(([key, value]) => out(topic, key === null ? record(null, value) : record(key, value, [key, value]))),
  )
  await producer.close()
}

/** True when the group has committed all that there is. */
async function until(client: KafkaClient, group: string, topic: string, isOver: () => boolean): Promise<boolean> {
  const admin = client.admin()
  await admin.connect()
  try {
    const [end] = await admin.ends(topic)
    while (!isOver()) {
      // A coordinator that is only loading says so.
      const [committed] = await admin.committed(group, topic).catch(() => [])
      if (committed !== undefined && committed.offset >= end.offset) return true
      await pause(20)
    }
    return false
  } finally {
    await admin.close()
  }
}
