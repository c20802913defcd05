// Independent clients on both sides of a running logveil: librdkafka by kcat, and Java's console tools. Each codec
// comes in from both and goes out to both; what they read of the output is what they read of the input, redacted.
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CollectorProcess } from '../../src/cli/bench/collector_process.ts'
import { kafkaToKafka } from '../../src/cli/bench/kafka_collector.ts'
import type { KafkaCompression } from '../../src/net/kafka/client.ts'
import { folderWith, POLICY, start } from '../cli/binary.ts'
import { newTopic } from '../kafka/topics.ts'
import { collector } from './collector/process.ts'
import { COUNT, expectNearlyAllIsHidden, RECORDS } from './collector/same_job.ts'
import type { Broker } from './kafka/broker.mjs'
import { hasKafka, ownKafka } from './kafka/process.ts'

const CODECS: readonly KafkaCompression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const CONSOLE_PRODUCER = 'org.apache.kafka.tools.ConsoleProducer'
const CONSOLE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
const IN = ['in-kcat', 'in-java', 'in-append', 'in-compact']

interface Seen {
  readonly topic: string
  readonly partition: number
  readonly ts: number
  readonly key: string | null
  readonly payload: string | null
  readonly headers?: readonly (string | null)[]
}

let broker: Broker
let logveil: ReturnType<typeof start>

describe.runIf(hasKafka() && hasKcat())('clients of Kafka', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    broker = await ownKafka()
    const { brokers } = broker
    for (const topic of IN.slice(0, 2)) await newTopic(brokers, 1, {}, topic)
    await newTopic(brokers, 1, { 'message.timestamp.type': 'LogAppendTime' }, 'in-append')
    await newTopic(brokers, 1, { 'cleanup.policy': 'compact', 'segment.ms': '100' }, 'in-compact')
    for (const codec of CODECS) await newTopic(brokers, 1, {}, `out-${codec}`)
    const sinks = CODECS.map((compression) => {
      const topic = `out-${compression}`
      return `  ${compression}: { type: kafka, brokers: ['${brokers}'], topic: ${topic}, compression: ${compression} }`
    })
    const config = `sources:
  raw: { type: kafka, brokers: ['${brokers}'], patterns: ['in-.*'], group: clients, topics_refresh_ms: 500 }
sinks:
${sinks.join('\n')}
admin: false
policy:
${POLICY.replace(/^/gm, '  ')}`
    logveil = start(['run', '-c', 'c.yaml'], { cwd: folderWith({ 'c.yaml': config }) })
  }, 180_000)
  afterAll(async () => {
    logveil?.kill('SIGKILL')
    await broker?.remove()
  })

  it('write and read every codec, key, header and value', async () => {
    for (const codec of CODECS) {
      const headers = ['constructor=1', '__proto__=tok_header', 'a=1', 'a=2', 'null'].flatMap((one) => ['-H', one])
      const lines = [
        `tok_key|{"id":"${codec}-1","a":"tok_value"}`,
        `\xff\xfe\x00|{"id":"${codec}-2"}`,
        `|{"id":"${codec}-3"}`,
      ]
      await kcatProduces(['-z', codec, '-t', 'in-kcat', ...headers], lines)
      // With -Z what is empty is null: a tombstone, and a record without a key.
      await kcatProduces(['-z', codec, '-Z', '-t', 'in-kcat'], [`${codec}-gone|`, `|{"id":"${codec}-4"}`])
      await javaProduces('in-java', codec, [
        `h:tok_header,constructor:x\ttok_key\t{"id":"${codec}-5","a":"tok_value"}`,
        `NULL\t${codec}-gone too\tNULL`,
      ])
    }
    await kcatProduces(['-t', 'in-append'], ['k|{"id":"append","a":"tok_value"}'])
    await kcatProduces(['-t', 'in-compact'], ['k|{"id":"compact 1"}', 'k|{"id":"compact 2","a":"tok_value"}'])
    const given = IN.flatMap((topic) => kcatReads(topic))
    expect(given).toHaveLength(CODECS.length * 7 + 3)
    for (const codec of CODECS) {
      await until(() => kcatReads(`out-${codec}`).length >= given.length)
      const written = kcatReads(`out-${codec}`)
      expect(written.map(plain).sort()).toEqual(given.map(redacted).map(plain).sort())
    }
    const append = kcatReads('out-lz4').find(({ payload }) => payload?.includes('append'))
    expect(Math.abs(Date.now() - (append?.ts ?? 0))).toBeLessThan(600_000)
    await javaReads(given)
  })

  it('write transactions; of those that they abort, in any codec, nothing comes through the transform', async () => {
    for (const topic of ['java', 'java.redacted', 'java.census']) await newTopic(broker.brokers, 2, {}, topic)
    const program = fileURLToPath(new URL('./kafka/Transactions.java', import.meta.url))
    const kept = (await broker.tool(program, [broker.brokers, 'java'])).trim().split('\n')
    const ids = (seen: readonly Seen[], partition: number) =>
      seen.flatMap((one) => (one.partition === partition ? [idOf(one)] : []))
    // They are really there, for who asks for them.
    const all = kcatReads('java', 'read_uncommitted')
    expect(all.filter((one) => idOf(one).startsWith('aborted'))).toHaveLength(CODECS.length * 12 + 2)
    transform('java')
    const wanted = kept.join(' ').split(' ').length
    await until(() => kcatReads('java.redacted').length >= wanted)
    const written = kcatReads('java.redacted')
    expect([0, 1].map((partition) => ids(written, partition).join(' '))).toEqual(kept)
    expect(JSON.stringify(written)).not.toContain('tok_')
    // Not even their number is known to the census.
    const counts = kcatReads('java.census').map(({ payload }) => JSON.parse(payload ?? ''))
    const seen = counts.flatMap(({ event, records_seen }) => (event === 'coverage' ? [records_seen] : []))
    expect(seen.reduce((sum, one) => sum + one, 0)).toBe(wanted)
  })

  it.skipIf(!collector())(
    'a Collector redacts nearly all of what logveil redacts, as the bench has it do',
    async () => {
      for (const topic of ['bench', 'bench.collector']) await newTopic(broker.brokers, 1, {}, topic)
      await kcatProduces(
        ['-t', 'bench'],
        RECORDS.map(({ body }) => `k|${JSON.stringify(body)}`),
      )
      const config = kafkaToKafka(broker.brokers, 'collector', 'bench.collector', 'bench')
      const rival = await CollectorProcess.start(collector()?.otelcol ?? '', config)
      onTestFinished(() => rival.stop())
      await until(() => kcatReads('bench.collector').length >= COUNT)
      const written = kcatReads('bench.collector').map(({ payload }) => JSON.parse(payload ?? ''))
      const names = (bodies: readonly object[]) => bodies.map((body) => Object.keys(body).sort().join()).sort()
      expect(names(written)).toEqual(names(RECORDS.map(({ body }) => body)))
      expectNearlyAllIsHidden(JSON.stringify(written))
    },
  )
})

/** Another logveil, which takes a topic to `….redacted`. */
function transform(topic: string): void {
  const config = `sources:
  t:
    type: kafka_transform
    brokers: ['${broker.brokers}']
    group: ${topic}
    topics: [${topic}]
    to: ${topic}.redacted
    census_topic: ${topic}.census
    wait_ms_max: 100
admin: false
policy:
${POLICY.replace(/^/gm, '  ')}`
  const running = start(['run', '-c', 'c.yaml'], { cwd: folderWith({ 'c.yaml': config }) })
  onTestFinished(() => void running.kill('SIGKILL'))
}

function idOf({ payload }: Seen): string {
  return JSON.parse(payload ?? '{}').id
}

/** What Java's console consumer shows of all the output, each topic in its codec. */
async function javaReads(given: readonly Seen[]): Promise<void> {
  const shown = ['key', 'value', 'headers', 'timestamp'].flatMap((one) => ['--formatter-property', `print.${one}=true`])
  const count = String(given.length * CODECS.length)
  const args = [
    '--bootstrap-server',
    broker.brokers,
    '--include',
    'out-.*',
    '--from-beginning',
    '--max-messages',
    count,
  ]
  const lines = (await broker.tool(CONSOLE_CONSUMER, [...args, '--timeout-ms', '60000', ...shown])).trim().split('\n')
  expect(lines).toHaveLength(given.length * CODECS.length)
  const text = lines.join('\n')
  expect(text).not.toContain('tok_')
  const ofFirst = lines.filter((line) => line.includes('"id":"zstd-1"'))
  expect(ofFirst).toHaveLength(CODECS.length)
  for (const line of ofFirst) {
    expect(line).toContain(
      'constructor:1,__proto__:**********,a:1,a:2,null:null\t*******\t{"id":"zstd-1","a":"*********"}',
    )
  }
  expect(lines.filter((line) => line.includes('lz4-gone too\tnull'))).toHaveLength(CODECS.length)
}

function hasKcat(): boolean {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.CI) throw new Error('the tests with independent clients of Kafka need kcat')
    process.stderr.write('SKIPPED: the tests with independent clients of Kafka, for kcat is missing\n')
    return false
  }
}

async function kcatProduces(args: readonly string[], lines: readonly string[]): Promise<void> {
  const run = promisify(execFile)('kcat', ['-P', '-b', broker.brokers, '-K', '|', ...args])
  run.child.stdin?.end(Buffer.from(`${lines.join('\n')}\n`, 'latin1'))
  await run
}

async function javaProduces(topic: string, codec: KafkaCompression, lines: readonly string[]): Promise<void> {
  const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'].flatMap((one) => [
    '--reader-property',
    one,
  ])
  const args = ['--bootstrap-server', broker.brokers, '--topic', topic, '--compression-codec', codec, ...properties]
  await broker.tool(CONSOLE_PRODUCER, args, `${lines.join('\n')}\n`)
}

/** What is there now. */
function kcatReads(topic: string, isolation = 'read_committed'): Seen[] {
  const what = ['-t', topic, '-o', 'beginning', '-X', `isolation.level=${isolation}`]
  const args = ['-C', '-q', '-e', '-J', '-b', broker.brokers, ...what]
  const lines = execFileSync('kcat', args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 })
  return lines
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function redacted(given: Seen): Seen {
  const mask = (text: string | null) => text?.replace(/tok_[a-z]+/g, (found) => '*'.repeat(found.length)) ?? null
  return { ...given, key: mask(given.key), payload: mask(given.payload), headers: given.headers?.map(mask) }
}

/** All but where it is: the topic, and the order among records of several topics. */
function plain({ key, payload, headers, ts }: Seen): string {
  return JSON.stringify([key, payload, headers ?? [], ts])
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 300))
}
