// The transform of topics on a real broker, beside a process that only copies them with the same Kafka client: consume,
// produce, commit. They take turns on the same input. Topics are made by whoever names the broker (tools/bench.mjs).
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient, OutRecord, Producer } from '../../net/kafka/client.ts'
import { recordAt } from '../traffic/records.ts'
import { type CopyOrder, type CopyResult, clientOf, readAll, TOPICS } from './kafka_copy.ts'
import { LogveilProcess } from './logveil_process.ts'
import { quantile } from './measure.ts'
import { Part } from './parts.ts'
import type { Report } from './report.ts'

const TRAFFIC = { seed: 11, share: 0.05 }
const RECORD_BYTES = 1024
const PARTITIONS = 6
const AT_ONCE = 900
const POLL_MS = 25
/** Load at which the way of a record is timed. */
const PACE_RECORDS_PER_S = 2_000
const GUARANTEES = ['exactly_once', 'at_least_once'] as const
const WANTED_SHARE = 0.7
const BLOCK_MS_MAX = 100

export interface KafkaTimes {
  readonly records: number
  readonly turns: number
  readonly paced_s: number
}

interface Turn {
  readonly records_s: number
  readonly cpu_ms_per_mb: number
  readonly block_ms: number
}

/** `brokers` null: there is none, which the report says. */
export async function benchKafka(report: Report, times: KafkaTimes, brokers: string | null): Promise<void> {
  const how = `${PARTITIONS} partitions, records of ${RECORD_BYTES} bytes, one in twenty with findings, lz4`
  report.section(`Kafka topic → redact → topic, ${how}`)
  if (brokers === null) return report.note('no broker here: name one with --kafka, or run `npm run bench` with Java')
  const client = clientOf(brokers)
  await fill(client, times.records)
  const copies: Turn[] = []
  const own = { exactly_once: [] as Turn[], at_least_once: [] as Turn[] }
  for (let turn = 0; turn < times.turns; turn++) {
    copies.push(await copied(brokers, times.records))
    for (const guarantee of GUARANTEES)
      own[guarantee].push(await transformed(client, brokers, guarantee, times.records))
  }
  tell(report, 'copy', 'a bare copy', copies)
  for (const guarantee of GUARANTEES) tell(report, guarantee, `logveil, ${guarantee}`, own[guarantee])
  const blocks = GUARANTEES.flatMap((guarantee) => own[guarantee].map(({ block_ms }) => block_ms))
  report.figure('kafka_block_ms', 'Longest block of the event loop', Math.max(...blocks), 'ms')
  const others = Math.max(...copies.map(({ block_ms }) => block_ms))
  report.figure('kafka_copy_block_ms', 'The same of the bare copy', others, 'ms')
  const latencies = await paced(client, brokers, times.paced_s)
  report.figure('kafka_p50_ms', 'Append to append at 2,000 records/s, p50', quantile(latencies, 0.5), 'ms')
  report.figure('kafka_p99_ms', 'Append to append at 2,000 records/s, p99', quantile(latencies, 0.99), 'ms')
  for (const guarantee of GUARANTEES) {
    const shares = own[guarantee].map(({ records_s }, at) => records_s / copies[at].records_s)
    report.ratio(`kafka_${guarantee}_x_copy`, `Kafka, ${guarantee}: × a bare copy`, quantile(shares, 0.5), WANTED_SHARE)
  }
  report.ratio('kafka_block', `Kafka: ${BLOCK_MS_MAX} ms by the longest block`, BLOCK_MS_MAX / Math.max(...blocks), 1)
}

function tell(report: Report, name: string, title: string, turns: readonly Turn[]): void {
  const records_s = quantile(
    turns.map((turn) => turn.records_s),
    0.5,
  )
  report.figure(`kafka_${name}_records_s`, title, records_s, 'records/s')
  report.figure(`kafka_${name}_mb_s`, title, (records_s * RECORD_BYTES) / 1e6, 'MB/s')
  const cpu = quantile(
    turns.map((turn) => turn.cpu_ms_per_mb),
    0.5,
  )
  report.figure(`kafka_${name}_cpu_ms_per_mb`, `${title}, processor time`, cpu, 'CPU ms/MB')
}

/** Records of a number, each of another partition than the one before. */
function recordsFrom(first: number, count: number): OutRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const n = first + at
    const body = JSON.stringify(recordAt(n, TRAFFIC).body).slice(1)
    const line = `{"n":${n},${body}`
    const missing = RECORD_BYTES - line.length - ',"filler":""'.length
    const value = missing > 0 ? `${line.slice(0, -1)},"filler":"${filler(missing)}"}` : line
    const record = { key: null, value: Buffer.from(value), headers: [], timestamp_ms: -1n }
    return { ...record, topic: TOPICS.input, partition: n % PARTITIONS }
  })
}

/** Text that does not compress to nothing. */
function filler(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
}

async function fill(client: KafkaClient, records: number): Promise<void> {
  const producer = await connected(client)
  for (let n = 0; n < records; n += AT_ONCE * PARTITIONS) {
    await producer.send(recordsFrom(n, Math.min(AT_ONCE * PARTITIONS, records - n)))
  }
  await producer.close()
}

async function connected(client: KafkaClient): Promise<Producer> {
  const producer = client.producer({ idempotent: true, compression: 'lz4', retries: 5 })
  await producer.connect()
  return producer
}

async function copied(brokers: string, records: number): Promise<Turn> {
  const part = await Part.start<CopyOrder, CopyResult>('kafka_copy')
  const { seconds, cpu_s, copied, block_ms } = await part.ask({ brokers, group: newGroup(), records })
  part.stop()
  return turnOf(copied, seconds, cpu_s, block_ms)
}

async function transformed(
  client: KafkaClient,
  brokers: string,
  guarantee: (typeof GUARANTEES)[number],
  records: number,
): Promise<Turn> {
  const group = newGroup()
  const logveil = await LogveilProcess.start(config(brokers, group, guarantee, 'earliest'), WATCH_THE_LOOP)
  const admin = client.admin()
  await admin.connect()
  const progress = async () => {
    const offsets = await admin.committed(group, TOPICS.input).catch(() => [])
    return offsets.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  }
  try {
    // From when it is a member and at work; joining a group takes seconds.
    let first = 0
    while (first === 0) {
      await sleep(POLL_MS)
      first = await progress()
    }
    const [began_ms, began] = [performance.now(), logveil.usage()]
    while ((await progress()) < records) await sleep(POLL_MS)
    const seconds = (performance.now() - began_ms) / 1000
    const cpu_s = logveil.usage().cpu_s - began.cpu_s
    return turnOf(records - first, seconds, cpu_s, await logveil.stop(longestBlock))
  } finally {
    await admin.close()
    await logveil.stop()
  }
}

function turnOf(records: number, seconds: number, cpu_s: number, block_ms: number): Turn {
  const mb = (records * RECORD_BYTES) / 1e6
  return { records_s: records / seconds, cpu_ms_per_mb: (cpu_s * 1000) / mb, block_ms }
}

/** Milliseconds from when the broker had a record until it had it redacted: both topics bear the broker's time. */
async function paced(client: KafkaClient, brokers: string, seconds: number): Promise<number[]> {
  const admin = client.admin()
  await admin.connect()
  const before = { input: await admin.ends(TOPICS.input), output: await admin.ends(TOPICS.output) }
  const group = newGroup()
  const logveil = await LogveilProcess.start(config(brokers, group, 'exactly_once', 'latest'))
  while ((await logveil.metric('logveil_kafka_partitions')) < PARTITIONS) await sleep(POLL_MS)
  await sleep(1_000)
  const producer = await connected(client)
  const chunk = PACE_RECORDS_PER_S / 20
  const began_ms = performance.now()
  for (let n = 0; n < seconds * PACE_RECORDS_PER_S; n += chunk) {
    await producer.send(recordsFrom(n, chunk))
    await sleep(Math.max(0, began_ms + (n / PACE_RECORDS_PER_S) * 1000 - performance.now()))
  }
  await producer.close()
  const wanted = seconds * PACE_RECORDS_PER_S
  const [input, output] = await Promise.all([
    readAll(client, TOPICS.input, before.input, wanted),
    readAll(client, TOPICS.output, before.output, wanted),
  ])
  await logveil.stop()
  await admin.close()
  const began = new Map(input.map(({ n, timestamp_ms }) => [n, timestamp_ms]))
  // What came while the group was still forming waited for that.
  return output.slice(chunk * 10).map(({ n, timestamp_ms }) => timestamp_ms - (began.get(n) ?? timestamp_ms))
}

function newGroup(): string {
  return `bench-${randomBytes(4).toString('hex')}`
}

function config(brokers: string, group: string, guarantee: string, start: string): string {
  return `sources:
  bench:
    type: kafka_transform
    brokers: ['${brokers}']
    group: ${group}
    topics: [${TOPICS.input}]
    to: ${TOPICS.output}
    census_topic: ${TOPICS.census}
    guarantee: ${guarantee}
    start: ${start}
    compression: lz4
    wait_ms_max: 50
policy:
  packs: [default]
pipeline: { shutdown_ms: 2s }
admin: { listen: 127.0.0.1:0 }
`
}

const BLOCK_FILE = 'longest_block'

/** Loaded into logveil, whose folder it writes to when it ends. */
const WATCH_THE_LOOP = `data:text/javascript,${encodeURIComponent(`
import { isMainThread } from 'node:worker_threads'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { writeFileSync } from 'node:fs'
if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  // What happens while everything loads is another figure.
  setTimeout(() => delay.enable(), 4000)
  process.once('exit', () => writeFileSync('${BLOCK_FILE}', String(delay.max / 1e6)))
}`)}`

function longestBlock(folder: string): number {
  return Number(readFileSync(join(folder, BLOCK_FILE), 'utf8'))
}
