// A consumer of the library that has joined and then does nothing any more, or gives up: the first has been seen in the
// field and can not be made to happen, so the library's consumer is the one thing here that is made up.
import type * as kafkajs from 'kafkajs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConsumerOptions } from '../../../src/net/kafka/client.ts'
import { KafkajsConsumer } from '../../../src/net/kafka/kafkajs/consumer.ts'
import { until } from '../../sinks/site.ts'

const OPTIONS: ConsumerOptions = {
  group: 'g',
  topics: ['t'],
  patterns: [],
  topics_refresh_ms: 20,
  start: 'earliest',
  partitions_max: 1,
  fetch_bytes_max: 1,
  partition_bytes_max: 1,
  wait_ms_max: 20,
  session_timeout_ms: 200,
  rebalance_timeout_ms: 200,
}
const EVENTS = ['HEARTBEAT', 'FETCH', 'END_BATCH_PROCESS', 'CONNECT', 'GROUP_JOIN', 'CRASH', 'STOP', 'REBALANCING']

type Heard = (event: { payload: object }) => void

/** It says what it is told to say, and nothing by itself. */
class StandsStill {
  readonly events = Object.fromEntries(EVENTS.map((name) => [name, name]))
  isGone = false
  private readonly heard = new Map<string, Heard[]>()

  on(name: string, listener: Heard): () => void {
    this.heard.set(name, [...(this.heard.get(name) ?? []), listener])
    return () => {}
  }

  say(name: string, payload: object = {}): void {
    for (const listener of this.heard.get(name) ?? []) listener({ payload })
  }

  async connect(): Promise<void> {}
  async subscribe(): Promise<void> {}

  async run(): Promise<void> {
    this.say('GROUP_JOIN', { memberAssignment: { t: [0] } })
  }

  async disconnect(): Promise<void> {
    this.isGone = true
  }
}

describe('a consumer that stands still without an error (the library never ended it)', () => {
  it('is thrown away after a while, and another one joins', async () => {
    const { members, failures } = started()
    await until(() => members.length > 1)
    expect(members[0].isGone).toBe(true)
    expect(failures[0]).toBe('STALLED')
  })

  it('is left alone while its membership is alive, though nothing comes', async () => {
    const { members, failures } = started()
    for (let n = 0; n < 50; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      members[0]?.say('HEARTBEAT')
    }
    expect({ members: members.length, failures }).toEqual({ members: 1, failures: [] })
  })
})

describe('a consumer that gives up (the library calls an error final, and stops)', () => {
  it('is thrown away, and another one joins', async () => {
    const { members, failures } = started()
    await until(() => members.length > 0)
    members[0].say('CRASH', { error: Object.assign(new Error(), { name: 'KafkaJSNotImplemented' }), restart: false })
    await until(() => members.length > 1)
    expect(members[0].isGone).toBe(true)
    expect(failures).toEqual(['KafkaJSNotImplemented'])
  })

  it('commits nothing any more (the library resolved, and nothing was committed)', async () => {
    const { members, consumer } = started()
    await until(() => members.length > 0)
    await consumer.stop()
    const commit = consumer.commit([{ topic: 't', partition: 0, offset: 1n }])
    await expect(commit).rejects.toMatchObject({ code: 'NOT_A_MEMBER', retryable: true })
  })
})

function started() {
  const members: StandsStill[] = []
  const failures: string[] = []
  const library = {
    consumer: () => members[members.push(new StandsStill()) - 1],
    admin: () => ({ connect: async () => {}, listTopics: async () => ['t'], disconnect: async () => {} }),
  }
  const consumer = new KafkajsConsumer(library as unknown as kafkajs.Kafka, OPTIONS)
  onTestFinished(() => consumer.stop())
  consumer.start({
    take: async () => {},
    assigned: () => {},
    passed: () => {},
    missing: () => {},
    failed: (code) => void failures.push(code),
  })
  return { members, failures, consumer }
}
