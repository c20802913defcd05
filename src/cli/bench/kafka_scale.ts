// One, two and four instances of logveil in one group, over a backlog of the same size. The bench has no more
// processors for four than for one, so what can be seen is how they share it, and what sharing costs.
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from '../../net/kafka/client.ts'
import { fill, newGroup, POLL_MS, progressOf, RECORD_BYTES, settingsOf, TOPICS, WIDE_PARTITIONS } from './kafka_site.ts'
import { LogveilProcess } from './logveil_process.ts'
import type { Report } from './report.ts'

const COUNTS = [1, 2, 4] as const
/** Each instance has its code compiled before anything is timed. */
const WARM_RECORDS = 20_000
/** What is counted is on /metrics a moment after it is committed. */
const COUNTED_MS_MAX = 5_000
/** How often lag is asked for: that costs processor time, too. */
const LOOK_MS = 1_000

interface Shared {
  readonly seconds: number
  readonly cpu_s: number
  /** Of each instance, by its own /metrics. */
  readonly records: readonly number[]
  readonly partitions: readonly number[]
  /** Of all instances by their /metrics, one reading after the other. */
  readonly lags: readonly number[]
}

export async function benchKafkaScale(
  report: Report,
  client: KafkaClient,
  brokers: string,
  backlog: number,
): Promise<void> {
  report.section(
    `Instances in one group, exactly_once, over a backlog of ${backlog} records in ${WIDE_PARTITIONS} partitions`,
  )
  const mb = (backlog * RECORD_BYTES) / 1e6
  for (const count of COUNTS) {
    const { seconds, cpu_s, records, partitions, lags } = await shared(client, brokers, count, backlog)
    const [name, title] = [`kafka_scale_${count}`, `${count} ${count === 1 ? 'instance' : 'instances'}`]
    report.figure(`${name}_records_s`, title, backlog / seconds, 'records/s')
    report.figure(`${name}_cpu_ms_per_mb`, `${title}, processor time of all`, (cpu_s * 1000) / mb, 'CPU ms/MB')
    const fair = backlog / count
    report.figure(
      `${name}_busiest_share`,
      `${title}, the busiest one × its fair share`,
      Math.max(...records) / fair,
      'ratio',
    )
    const [held, done, behind] = [partitions, records, lags].map((each) => each.join(', '))
    report.note(`  by /metrics: partitions ${held}; records ${done}; lag, each second, ${behind}`)
  }
}

/** All are members and warm before there is a backlog, and are held still until all of it is there. */
async function shared(client: KafkaClient, brokers: string, count: number, backlog: number): Promise<Shared> {
  const group = newGroup()
  const settings = settingsOf(brokers, TOPICS.wide, group, 'exactly_once', 'latest')
  const instances = await Promise.all(Array.from({ length: count }, () => LogveilProcess.start(settings)))
  const all = (metric: string) => Promise.all(instances.map((one) => one.metric(metric)))
  const progress = await progressOf(client, group, TOPICS.wide)
  const cpuOfAll = () => sum(instances.map((one) => one.usage().cpu_s))
  try {
    while (!isShared(await all('logveil_kafka_partitions'), count)) await sleep(LOOK_MS)
    await fill(client, TOPICS.wide, WIDE_PARTITIONS, WARM_RECORDS * count)
    while ((await progress.lag()) > 0) await sleep(POLL_MS)
    const warm = await counted(all, WARM_RECORDS * count)
    for (const instance of instances) instance.signal('SIGSTOP')
    await fill(client, TOPICS.wide, WIDE_PARTITIONS, backlog)
    const [began_ms, began_cpu_s] = [performance.now(), cpuOfAll()]
    for (const instance of instances) instance.signal('SIGCONT')
    const lags: number[] = []
    let looked_ms = began_ms
    while ((await progress.lag()) > 0) {
      await sleep(POLL_MS)
      if (performance.now() - looked_ms < LOOK_MS) continue
      looked_ms = performance.now()
      lags.push(sum(await all('logveil_kafka_lag_records')))
    }
    const [seconds, cpu_s] = [(performance.now() - began_ms) / 1000, cpuOfAll() - began_cpu_s]
    const records = await counted(all, WARM_RECORDS * count + backlog)
    lags.push(sum(await all('logveil_kafka_lag_records')))
    const own = records.map((one, n) => one - warm[n])
    return { seconds, cpu_s, records: own, partitions: await all('logveil_kafka_partitions'), lags }
  } finally {
    await progress.close()
    await Promise.all(instances.map((one) => one.stop()))
  }
}

/** Records of each instance. They are `wanted` together, but for a commit whose answer was lost. */
async function counted(all: (metric: string) => Promise<number[]>, wanted: number): Promise<number[]> {
  const began_ms = performance.now()
  for (;;) {
    const records = await all('logveil_records_total')
    if (sum(records) >= wanted || performance.now() - began_ms > COUNTED_MS_MAX) return records
    await sleep(POLL_MS)
  }
}

/** Everybody has as many as everybody else. */
function isShared(partitions: readonly number[], count: number): boolean {
  return partitions.every((held) => held === WIDE_PARTITIONS / count)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
