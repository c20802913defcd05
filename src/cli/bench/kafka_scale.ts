// One, two and four instances of logveil in one group, over a backlog of the same size. The bench has no more
// processors for four than for one, so what can be seen is how they share it, and what sharing costs.
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from '../../net/kafka/client.ts'
import { fill, newGroup, POLL_MS, progressOf, RECORD_BYTES, settingsOf, TOPICS, WIDE_PARTITIONS } from './kafka_site.ts'
import { LogveilProcess } from './logveil_process.ts'
import type { Report } from './report.ts'

const COUNTS = [1, 2, 4] as const
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
  let before = 0
  for (const count of COUNTS) {
    const { seconds, cpu_s, records, partitions, lags } = await shared(client, brokers, count, before, backlog)
    before += backlog
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
    report.note(`  partitions ${partitions.join(', ')}; records ${records.join(', ')}; lag ${lags.join(', ')}`)
  }
}

/** All are members before there is a backlog, and are held still until all of it is there. */
async function shared(
  client: KafkaClient,
  brokers: string,
  count: number,
  before: number,
  backlog: number,
): Promise<Shared> {
  const group = newGroup()
  const settings = settingsOf(brokers, TOPICS.wide, group, 'exactly_once', 'latest')
  const instances = await Promise.all(Array.from({ length: count }, () => LogveilProcess.start(settings)))
  const all = (metric: string) => Promise.all(instances.map((one) => one.metric(metric)))
  const progress = await progressOf(client, group, TOPICS.wide)
  const cpuOfAll = () => instances.reduce((sum, one) => sum + one.usage().cpu_s, 0)
  try {
    while (!isShared(await all('logveil_kafka_partitions'), count)) await sleep(LOOK_MS)
    for (const instance of instances) instance.signal('SIGSTOP')
    await fill(client, TOPICS.wide, WIDE_PARTITIONS, backlog)
    const [began_ms, began_cpu_s] = [performance.now(), cpuOfAll()]
    for (const instance of instances) instance.signal('SIGCONT')
    const lags: number[] = []
    let looked_ms = began_ms
    while ((await progress.committed()) < before + backlog) {
      await sleep(POLL_MS)
      if (performance.now() - looked_ms < LOOK_MS) continue
      looked_ms = performance.now()
      lags.push(sum(await all('logveil_kafka_lag_records')))
    }
    const [seconds, cpu_s] = [(performance.now() - began_ms) / 1000, cpuOfAll() - began_cpu_s]
    lags.push(sum(await all('logveil_kafka_lag_records')))
    const [records, partitions] = [await all('logveil_records_total'), await all('logveil_kafka_partitions')]
    if (sum(records) !== backlog) throw new Error(`instances counted ${sum(records)} records, and there are ${backlog}`)
    return { seconds, cpu_s, records, partitions, lags }
  } finally {
    await progress.close()
    await Promise.all(instances.map((one) => one.stop()))
  }
}

/** Everybody has as many as everybody else. */
function isShared(partitions: readonly number[], count: number): boolean {
  return partitions.every((held) => held === WIDE_PARTITIONS / count)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
