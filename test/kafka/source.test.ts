import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import type { Source } from '../../src/core/component.ts'
import { SinkError } from '../../src/core/errors.ts'
import type { KafkaClient, OutRecord } from '../../src/net/kafka/client.ts'
import { kafka } from '../../src/sources/kafka.ts'
import { readKafkaFrame } from '../../src/wire/kafka_frame.ts'
import { Site, textsOf, until as untilSoon } from '../conformance/site.ts'
import type { Broker } from '../interop/kafka/broker.mjs'
import { hasKafka, ownKafka } from '../interop/kafka/process.ts'
import { out, record, shown } from './records.ts'
import { clientOf, deleteTopic, newTopic } from './topics.ts'

let broker: Broker
let client: KafkaClient

describe.runIf(hasKafka())('the kafka source', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    broker = await ownKafka({ properties: { 'group.min.session.timeout.ms': 1000 } })
    client = clientOf(broker.brokers)
  }, 120_000)
  afterAll(() => broker?.remove())

  it('delivers every record with its key, headers and timestamp', async () => {
    const topic = await newTopic(broker.brokers)
    const sent = [
      record('k', '{"a":1}', ['h', '1'], ['constructor', null], ['h', '2'], ['__proto__', '']),
      record(null, null),
      record('', ''),
    ]
    await produce(sent.map((one) => out(topic, one)))
    const { site } = await start({ topics: [topic] })
    await until(() => valuesOf(site.batches).length === 3)
    expect(framesOf(site.batches).map(shown)).toEqual(sent.map(shown))
    expect(site.batches.every(({ format, origin }) => format === 'kafka' && origin === site.name)).toBe(true)
  })

  it('commits what is delivered, and nothing else', async () => {
    const topic = await newTopic(broker.brokers)
    const group = newGroup()
    const texts = textsOf(3)
    await produce(texts.map((text) => out(topic, record(null, text))))
    const { site, source } = await start({ topics: [topic], group }, (one) => one.hold())
    await until(() => valuesOf(site.batches).length === 3)
    await source.stop(AbortSignal.timeout(500))
    expect(await committed(group, topic)).toBe(0n)
    const again = await start({ topics: [topic], group })
    await until(() => valuesOf(again.site.batches).length === 3)
    await again.source.stop(AbortSignal.timeout(10_000))
    expect(await committed(group, topic)).toBe(3n)
  })

  it('keeps its partitions while there is no room, and fetches no more', async () => {
    const topic = await newTopic(broker.brokers)
    const texts = textsOf(2)
    const { site } = await start({ topics: [topic], session_timeout_ms: 1500, rebalance_timeout_ms: 3000 })
    await until(() => site.count('assigned') === 1)
    site.makeRoom(false)
    await produce([out(topic, record(null, texts[0]))])
    await new Promise((resolve) => setTimeout(resolve, 4000))
    expect(site.batches).toEqual([])
    site.makeRoom(true)
    await produce([out(topic, record(null, texts[1]))])
    await until(() => valuesOf(site.batches).length === 2)
    expect(site.count('assigned')).toBe(1)
    expect(site.count('kafka_failed')).toBe(0)
  })

  it('loses nothing when members come and go while deliveries are under way', async () => {
    const topic = await newTopic(broker.brokers, 4)
    const group = newGroup()
    const texts = textsOf(400)
    const seen = new Set<string>()
    const slow = (site: Site) => {
      site.answer = async (batch) => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        for (const value of valuesOf([batch])) seen.add(value)
      }
    }
    const settings = { topics: [topic], group, commit_interval_ms: 50, session_timeout_ms: 3000 }
    const first = await start(settings, slow)
    for (let n = 0; n < 4; n++) {
      await produce(texts.slice(n * 100, n * 100 + 100).map((text) => out(topic, record(null, text))))
      const other = await start(settings, slow)
      await until(() => other.site.count('assigned') > 0)
      if (n % 2 === 0) await other.source.stop(AbortSignal.timeout(10_000))
    }
    await until(() => seen.size === texts.length)
    await first.source.stop(AbortSignal.timeout(10_000))
  })

  it('reads records again that a sink refuses, and the other partitions meanwhile', async () => {
    const topic = await newTopic(broker.brokers, 2)
    let refusals = 0
    const { site } = await start({ topics: [topic] }, (one) => {
      one.answer = async (batch) => {
        if (!valuesOf([batch]).includes('bad') || ++refusals > 2) return
        throw new SinkError('SINK_REFUSED', 'said by the test', false)
      }
    })
    await produce([out(topic, record(null, 'bad'), 0)])
    await until(() => refusals > 0)
    await produce([out(topic, record(null, 'behind'), 0), out(topic, record(null, 'beside'), 1)])
    await until(() => valuesOf(site.batches).includes('beside'))
    await until(() => refusals > 2 && valuesOf(site.batches).includes('behind'))
    expect(site.count('refused')).toBe(2)
  })

  it('passes over refused records when it is told to', async () => {
    const topic = await newTopic(broker.brokers)
    const group = newGroup()
    const { source, site } = await start({ topics: [topic], group, refused: 'skip' }, (one) => {
      one.answer = () => Promise.reject(new SinkError('SINK_REFUSED', 'said by the test', false))
    })
    await produce([out(topic, record(null, 'bad'))])
    await until(() => site.count('refused') === 1)
    await source.stop(AbortSignal.timeout(10_000))
    expect(await committed(group, topic)).toBe(1n)
  })

  it('waits for a missing topic, reads new ones that fit, and goes on without one that vanishes', async () => {
    const prefix = `p${randomBytes(4).toString('hex')}`
    const topic = await newTopic(broker.brokers)
    const late = `${prefix}-late`
    const { site } = await start({ topics: [topic, late], patterns: [`${prefix}-x.*`], topics_refresh_ms: 300 })
    await until(() => site.count('assigned') > 0)
    expect(site.said.find(({ name }) => name === 'topic_missing')?.facts).toMatchObject({ topic: late })
    await newTopic(broker.brokers, 1, {}, late)
    await newTopic(broker.brokers, 1, {}, `${prefix}-x1`)
    await produce([out(late, record(null, 'late')), out(`${prefix}-x1`, record(null, 'fits'))])
    await until(() => ['late', 'fits'].every((value) => valuesOf(site.batches).includes(value)))
    await deleteTopic(broker.brokers, late)
    await produce([out(topic, record(null, 'after'))])
    await until(() => valuesOf(site.batches).includes('after'))
  })

  it('says so when a batch was damaged on the disk, and goes on behind it', async () => {
    const topic = await newTopic(broker.brokers)
    for (const value of ['before', 'the damaged one', 'behind']) await produce([out(topic, record(null, value))])
    await broker.stop()
    damage(join(broker.folder, 'data', `${topic}-0`), 'the damaged one')
    await broker.start()
    const { site } = await start({ topics: [topic] })
    await until(() => framesOf(site.batches).length === 3)
    expect(framesOf(site.batches).map(({ format }) => format)).toEqual(['json', 'opaque', 'json'])
    expect(site.said.find(({ name }) => name === 'unreadable_batch')?.facts).toMatchObject({ reason: 'undecodable' })
  })

  it('goes on when a broker that stood still moves again', async () => {
    const topic = await newTopic(broker.brokers)
    const timeouts = { request_timeout_ms: 1000, session_timeout_ms: 2000, rebalance_timeout_ms: 2000 }
    const { site, source } = await start({ topics: [topic], ...timeouts })
    await until(() => source.ready === true)
    process.kill(broker.pid(), 'SIGSTOP')
    await until(() => source.ready === false)
    process.kill(broker.pid(), 'SIGCONT')
    await produce([out(topic, record(null, 'after'))])
    await until(() => valuesOf(site.batches).includes('after'))
  })

  it('starts without a broker, waits for it, and survives when it goes away', async () => {
    const topic = await newTopic(broker.brokers)
    await broker.kill()
    const { site, source } = await start({ topics: [topic], session_timeout_ms: 3000, rebalance_timeout_ms: 3000 })
    await until(() => site.count('kafka_failed') > 0)
    expect(source.ready).toBe(false)
    await broker.start()
    await until(() => source.ready === true)
    await produce([out(topic, record(null, 'one'))])
    await until(() => valuesOf(site.batches).includes('one'))
    await broker.kill()
    await broker.start()
    await produce([out(topic, record(null, 'two'))])
    await until(() => valuesOf(site.batches).includes('two'))
  })
})

/** A broker that comes back on a loaded machine takes its time. */
function until(holds: () => boolean): Promise<void> {
  return untilSoon(holds, 'it', 60_000)
}

interface Started {
  readonly site: Site
  readonly source: Source
}

async function start(settings: object, prepare: (site: Site) => void = () => {}): Promise<Started> {
  const site = new Site()
  prepare(site)
  const whole = { brokers: [broker.brokers], group: newGroup(), commit_interval_ms: 100, wait_ms_max: 200, ...settings }
  const source = kafka.create(kafka.settings.parse(whole), site)
  onTestFinished(() => source.stop(AbortSignal.timeout(2000)))
  await source.start()
  return { site, source }
}

function newGroup(): string {
  return `g${randomBytes(4).toString('hex')}`
}

async function produce(records: readonly OutRecord[]): Promise<void> {
  const producer = client.producer({ idempotent: false, compression: 'none', retries: 8 })
  await producer.connect()
  await producer.send(records)
  await producer.close()
}

async function committed(group: string, topic: string): Promise<bigint> {
  const admin = client.admin()
  await admin.connect()
  const [{ offset }] = await admin.committed(group, topic)
  await admin.close()
  return offset
}

function framesOf(batches: readonly Batch[]) {
  return batches.flatMap(({ bytes, ends }) => {
    return Array.from(ends, (_, n) => readKafkaFrame(bytes, n === 0 ? 0 : ends[n - 1]))
  })
}

function valuesOf(batches: readonly Batch[]): string[] {
  return framesOf(batches).map(({ value }) => (value === null ? '' : Buffer.from(value).toString()))
}

/** Changes one byte of a value in the only segment of a partition. */
function damage(folder: string, value: string): void {
  const segment = readdirSync(folder).find((name) => name.endsWith('.log')) as string
  const bytes = readFileSync(join(folder, segment))
  bytes[bytes.indexOf(value)] ^= 1
  writeFileSync(join(folder, segment), bytes)
}
