// What kafkajs gives up on, or can not recover from, when a request fails at the worst moment: each fault is made on
// the way to a real broker, and each record is in the output once, in order.
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KafkaClient } from '../../src/net/kafka/client.ts'
import { type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { retried } from '../../src/sources/kafka_transform/attempts.ts'
import { freePort } from '../interop/free_port.mjs'
import type { Broker } from '../interop/kafka/broker.mjs'
import { hasKafka, ownKafka } from '../interop/kafka/process.ts'
import { never, until } from '../sinks/site.ts'
import { API, type Fault, SpoilingProxy } from './proxy.ts'
import { out, record } from './records.ts'
import { clientOf, newTopic, readTopic } from './topics.ts'

const COORDINATOR_NOT_AVAILABLE = 15
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45
const CONCURRENT_TRANSACTIONS = 51

let broker: Broker
let proxy: SpoilingProxy
/** Of the broker, by way of the proxy. */
let through: string
let direct: KafkaClient
/** A transform goes from the one to the other by way of the proxy. */
let [input, output] = ['', '']
let written = 0
/** Transactions that it has done again. */
let again = 0
let running: Running

describe.runIf(hasKafka())('when a request fails at the worst moment', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    const [inner, outer] = [await freePort(), await freePort()]
    through = `127.0.0.1:${outer}`
    broker = await ownKafka({ ports: { inner, outer }, properties: BEHIND })
    proxy = await SpoilingProxy.start(outer, inner)
    direct = clientOf(broker.brokers)
    input = await newTopic(broker.brokers)
    output = await newTopic(broker.brokers)
    running = await transform()
    await write(input, 3)
    await until(async () => (await lag(input)) === 0)
  }, 120_000)
  afterAll(async () => {
    await running?.stop()
    proxy?.close()
    await broker?.remove()
  })

  // The last of each says whether the transaction is done again, by another producer.
  const faults: readonly [string, number, Fault, boolean][] = [
    [
      'offsets are refused for a moment, which it does not try again',
      3,
      { api: API.addOffsets, what: 'refuse', error: CONCURRENT_TRANSACTIONS },
      false,
    ],
    [
      'a commit is refused, after which its producer is of no use',
      1,
      { api: API.endTransaction, what: 'refuse', error: COORDINATOR_NOT_AVAILABLE },
      true,
    ],
    ['a commit does not arrive', 1, { api: API.endTransaction, what: 'cut' }, true],
    ['a commit is made and nobody hears of it', 1, { api: API.endTransaction, what: 'mute' }, true],
    [
      'sequence numbers are out of order, which ends its producer',
      1,
      { api: API.produce, what: 'fail', error: OUT_OF_ORDER_SEQUENCE_NUMBER },
      true,
    ],
    ['records are written and nobody hears of it', 1, { api: API.produce, what: 'mute' }, false],
  ]

  it.each(faults)('the transform writes each record once, though %s', async (_, times, fault, isDoneAgain) => {
    const before = again
    proxy.spoil(fault, times)
    for (let n = 0; n < 2; n++) await write(input, 3)
    await until(async () => proxy.done === times && (await lag(input)) === 0)
    const values = (await readTopic(direct, output, written)).map(({ value }) => Buffer.from(value ?? []).toString())
    expect(values).toEqual(Array.from({ length: written }, (_, n) => `{"n":${n}}`))
    expect(again > before).toBe(isDoneAgain)
  })

  it('an idempotent producer writes once what it sends again, for the answer was lost', async () => {
    const topic = await newTopic(broker.brokers)
    const producer = clientOf(through).producer({ idempotent: true, compression: 'none', retries: 5 })
    onTestFinished(() => producer.close())
    await producer.connect()
    await producer.send([out(topic, record(null, 'first'))])
    proxy.spoil({ api: API.produce, what: 'mute' })
    await producer.send([out(topic, record(null, 'second'))])
    await producer.send([out(topic, record(null, 'third'))])
    expect(proxy.done).toBe(1)
    const values = (await readTopic(direct, topic, 3)).map(({ value }) => Buffer.from(value ?? []).toString())
    expect(values).toEqual(['first', 'second', 'third'])
  })

  it('who has lost its partition is fenced off, for commits of offsets have no generation', async () => {
    const topic = await newTopic(broker.brokers)
    const options = { transactional_id: topic, idempotent: true, compression: 'none', retries: 1 } as const
    const [old, successor] = [direct.producer(options), direct.producer(options)]
    onTestFinished(async () => void (await Promise.all([old.close(), successor.close()])))
    await old.connect()
    const late = await old.begin()
    await late.send([out(topic, record(null, 'late'))])
    await successor.connect()
    const transaction = await successor.begin()
    await transaction.send([out(topic, record(null, 'in time'))])
    await transaction.commit()
    const offsets = () => late.sendOffsets('g', [{ topic, partition: 0, offset: 1n }])
    await expect(retried(offsets, never)).rejects.toMatchObject({ fatal: true })
    await expect(late.commit()).rejects.toThrow()
    const values = (await readTopic(direct, topic, 1)).map(({ value }) => Buffer.from(value ?? []).toString())
    expect(values).toEqual(['in time'])
  })
})

/** Clients that come by the proxy are told to come by the proxy. */
const BEHIND = {
  listeners: 'PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},BEHIND://127.0.0.1:{inner}',
  'advertised.listeners': 'PLAINTEXT://127.0.0.1:{port},BEHIND://127.0.0.1:{outer}',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,BEHIND:PLAINTEXT',
}

async function transform(): Promise<Running> {
  const text = `sources:
  t:
    type: kafka_transform
    brokers: ['${through}']
    group: g-${input}
    topics: [${input}]
    to: ${output}
    wait_ms_max: 50
policy: { packs: [] }
admin: false
`
  const loaded = await loadConfig(text, 'test.yaml')
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
  const write = (line: string) => {
    if (line.includes('"transform_failed"')) again++
  }
  return startPipeline(loaded.plan, { logger: pino({}, { write }) })
}

async function write(topic: string, count: number): Promise<void> {
  const producer = direct.producer({ idempotent: true, compression: 'none', retries: 8 })
  await producer.connect()
  await producer.send(Array.from({ length: count }, () => out(topic, record(null, `{"n":${written++}}`), 0)))
  await producer.close()
}

/** Not a number while the group has no coordinator. */
async function lag(topic: string): Promise<number> {
  const admin = direct.admin()
  try {
    await admin.connect()
    const [[end], [committed]] = await Promise.all([admin.ends(topic), admin.committed(`g-${topic}`, topic)])
    return Number(end.offset - committed.offset)
  } catch {
    return Number.NaN
  } finally {
    await admin.close()
  }
}
