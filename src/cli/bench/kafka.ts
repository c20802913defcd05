// The transform of topics on a real broker, beside a process that only copies them with the same Kafka client (consume,
// produce, commit), the same by kafkajs as it comes, and a real Collector. They take turns on the same input. Topics
// are made by whoever names the broker (tools/bench.mjs).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from '../../net/kafka/client.ts'
import { collected } from './kafka_collector.ts'
import { type CopyOrder, type CopyResult, readAll, stretchOf } from './kafka_copy.ts'
import { benchKafkaScale } from './kafka_scale.ts'
import {
  clientOf,
  connected,
  fill,
  type Guarantee,
  newGroup,
  PARTITIONS,
  POLL_MS,
  progressOf,
  RECORD_BYTES,
  recordsFrom,
  settingsOf,
  TOPICS,
} from './kafka_site.ts'
import { LogveilProcess } from './logveil_process.ts'
import { quantile } from './measure.ts'
import { Part } from './parts.ts'
import type { Report } from './report.ts'

/** Load at which the way of a record is timed. */
const PACE_RECORDS_PER_S = 2_000
const GUARANTEES: readonly Guarantee[] = ['exactly_once', 'at_least_once']
const WANTED_SHARE = 0.7
/** Of the records; what is meant to be timed is three fifths of them. */
const TIMED_SHARE_MIN = 0.4
const COLLECTOR_WANTED = 3
const BLOCK_MS_MAX = 100

export interface KafkaTimes {
  readonly records: number
  readonly turns: number
  readonly paced_s: number
  /** The Collector is slower by so much that it is not given all the records. */
  readonly collector_s: number
  /** Of the backlog that instances share; 0: that is left out. */
  readonly scale_records: number
}

interface Turn {
  readonly records_s: number
  readonly cpu_ms_per_mb: number
  /** Of the event loop; the Collector has none. */
  readonly block_ms: number
}

interface Turns {
  readonly copy: Turn[]
  readonly kafkajs: Turn[]
  readonly exactly_once: Turn[]
  readonly at_least_once: Turn[]
  readonly collector: Turn[]
}

/** `brokers` null: there is none, which the report says; so it does when `otelcol`, the Collector, is null. */
export async function benchKafka(
  report: Report,
  times: KafkaTimes,
  brokers: string | null,
  otelcol: string | null,
): Promise<void> {
  const how = `${PARTITIONS} partitions, records of ${RECORD_BYTES} bytes, one in twenty with findings, lz4`
  report.section(`Kafka topic → redact → topic, ${how}`)
  if (brokers === null) return report.note('no broker here: name one with --kafka, or run `npm run bench` with Java')
  const client = clientOf(brokers)
  await fill(client, TOPICS.input, PARTITIONS, times.records)
  const turns = await inTurns(client, brokers, otelcol, times)
  tell(report, 'copy', 'a bare copy', turns.copy)
  tell(report, 'kafkajs', 'a bare copy by kafkajs as it comes', turns.kafkajs)
  for (const guarantee of GUARANTEES) tell(report, guarantee, `logveil, ${guarantee}`, turns[guarantee])
  if (otelcol !== null) tell(report, 'collector', 'The Collector with `redaction`', turns.collector)
  else report.note('The Collector is LEFT OUT: --collector says where it is; `npm run bench` finds a built one')
  const blocks = GUARANTEES.flatMap((guarantee) => turns[guarantee].map(({ block_ms }) => block_ms))
  report.figure('kafka_block_ms', 'Longest block of the event loop', Math.max(...blocks), 'ms')
  const others = Math.max(...turns.copy.map(({ block_ms }) => block_ms))
  report.figure('kafka_copy_block_ms', 'The same of the bare copy', others, 'ms')
  const latencies = await paced(client, brokers, times.paced_s)
  report.figure('kafka_p50_ms', 'Append to append at 2,000 records/s, p50', quantile(latencies, 0.5), 'ms')
  report.figure('kafka_p99_ms', 'Append to append at 2,000 records/s, p99', quantile(latencies, 0.99), 'ms')
  for (const guarantee of GUARANTEES) {
    const share = medianOf(turns[guarantee], (turn, at) => turn.records_s / turns.copy[at].records_s)
    report.ratio(`kafka_${guarantee}_x_copy`, `Kafka, ${guarantee}: × a bare copy`, share, WANTED_SHARE)
    const theirs = medianOf(turns[guarantee], (turn, at) => turn.records_s / turns.kafkajs[at].records_s)
    report.ratio(`kafka_${guarantee}_x_kafkajs`, `Kafka, ${guarantee}: × kafkajs as it comes`, theirs, WANTED_SHARE)
  }
  if (otelcol !== null) {
    const times_it = medianOf(turns.exactly_once, (turn, at) => turns.collector[at].cpu_ms_per_mb / turn.cpu_ms_per_mb)
    const title = 'Kafka, exactly_once: MB per CPU second × the Collector'
    report.ratio('kafka_exactly_once_x_collector', title, times_it, COLLECTOR_WANTED)
  }
  report.ratio('kafka_block', `Kafka: ${BLOCK_MS_MAX} ms by the longest block`, BLOCK_MS_MAX / Math.max(...blocks), 1)
  if (times.scale_records > 0) await benchKafkaScale(report, client, brokers, times.scale_records)
}

/** A B C D E A B C D E …, all on the same records. */
async function inTurns(
  client: KafkaClient,
  brokers: string,
  otelcol: string | null,
  times: KafkaTimes,
): Promise<Turns> {
  const { records, collector_s } = times
  const turns: Turns = { copy: [], kafkajs: [], exactly_once: [], at_least_once: [], collector: [] }
  for (let turn = 0; turn < times.turns; turn++) {
    turns.copy.push(await copied('kafka_copy', brokers, records))
    turns.kafkajs.push(await copied('kafkajs_copy', brokers, records))
    for (const guarantee of GUARANTEES) turns[guarantee].push(await transformed(client, brokers, guarantee, records))
    if (otelcol === null) continue
    const stretch = await collected(otelcol, client, brokers, records, collector_s)
    turns.collector.push(turnOf(stretch.records, stretch.seconds, stretch.cpu_s, Number.NaN))
  }
  return turns
}

function tell(report: Report, name: string, title: string, turns: readonly Turn[]): void {
  const records_s = medianOf(turns, (turn) => turn.records_s)
  report.figure(`kafka_${name}_records_s`, title, records_s, 'records/s')
  report.figure(`kafka_${name}_mb_s`, title, (records_s * RECORD_BYTES) / 1e6, 'MB/s')
  const cpu = medianOf(turns, (turn) => turn.cpu_ms_per_mb)
  report.figure(`kafka_${name}_cpu_ms_per_mb`, `${title}, processor time`, cpu, 'CPU ms/MB')
}

function medianOf(turns: readonly Turn[], what: (turn: Turn, at: number) => number): number {
  return quantile(turns.map(what), 0.5)
}

async function copied(name: 'kafka_copy' | 'kafkajs_copy', brokers: string, records: number): Promise<Turn> {
  const part = await Part.start<CopyOrder, CopyResult>(name)
  const { seconds, cpu_s, copied, block_ms } = await part.ask({ brokers, group: newGroup(), records })
  part.stop()
  return turnOf(copied, seconds, cpu_s, block_ms)
}

async function transformed(client: KafkaClient, brokers: string, guarantee: Guarantee, records: number): Promise<Turn> {
  const group = newGroup()
  const settings = settingsOf(brokers, TOPICS.input, group, guarantee, 'earliest')
  const logveil = await LogveilProcess.start(settings, WATCH_THE_LOOP)
  const progress = await progressOf(client, group, TOPICS.input)
  try {
    const first = await reached(progress, stretchOf(records).from)
    const [began_ms, began] = [performance.now(), logveil.usage()]
    const last = await reached(progress, stretchOf(records).to)
    const seconds = (performance.now() - began_ms) / 1000
    const cpu_s = logveil.usage().cpu_s - began.cpu_s
    // A few commits that jump over it time nothing.
    const isTimed = last - first >= records * TIMED_SHARE_MIN
    return turnOf(isTimed ? last - first : Number.NaN, seconds, cpu_s, await logveil.stop(longestBlock))
  } finally {
    await progress.close()
    await logveil.stop()
  }
}

async function reached({ committed }: { committed(): Promise<number> }, records: number): Promise<number> {
  for (;;) {
    const now = await committed()
    if (now >= records) return now
    await sleep(POLL_MS)
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
  const logveil = await LogveilProcess.start(settingsOf(brokers, TOPICS.input, group, 'exactly_once', 'latest'))
  while ((await logveil.metric('logveil_kafka_partitions')) < PARTITIONS) await sleep(POLL_MS)
  await sleep(1_000)
  const producer = await connected(client)
  const chunk = PACE_RECORDS_PER_S / 20
  const began_ms = performance.now()
  for (let n = 0; n < seconds * PACE_RECORDS_PER_S; n += chunk) {
    await producer.send(recordsFrom(TOPICS.input, PARTITIONS, n, chunk))
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
