// The bare copy beside which the transform is measured: what is fetched is produced and committed, and nothing is
// looked at. It runs in a process of its own. Also how the bench reads a topic back.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ConsumerHandlers, KafkaClient, PartitionOffset } from '../../net/kafka/client.ts'
import { clientOf, TOPICS } from './kafka_site.ts'

const READING = {
  patterns: [],
  topics_refresh_ms: 60_000,
  start: 'earliest',
  partitions_max: 16,
  fetch_bytes_max: 10 * 1024 * 1024,
  partition_bytes_max: 4 * 1024 * 1024,
  wait_ms_max: 50,
  session_timeout_ms: 30_000,
  rebalance_timeout_ms: 60_000,
} as const
const AT_ONCE = 880

export interface CopyOrder {
  readonly brokers: string
  readonly group: string
  readonly records: number
}

export interface CopyResult {
  /** Records of the stretch, and how long they took. */
  readonly copied: number
  readonly seconds: number
  readonly cpu_s: number
  readonly block_ms: number
}

/**
 * Of so many records those that are timed: joining a group takes seconds, what is under way when a stretch begins is
 * half done, and so it is when it ends.
 */
export function stretchOf(records: number): { from: number; to: number } {
  return { from: records * 0.2, to: records * 0.8 }
}

export function runKafkaCopy(): void {
  process.on('message', (order: CopyOrder) => void copy(order).then((result) => process.send?.(result)))
  process.send?.('ready')
}

async function copy({ brokers, group, records }: CopyOrder): Promise<CopyResult> {
  const client = clientOf(brokers)
  const producer = client.producer({ idempotent: true, compression: 'lz4', retries: 5 })
  await producer.connect()
  const consumer = client.consumer({ ...READING, group, topics: [TOPICS.input] })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const { from, to } = stretchOf(records)
  let done = 0
  let first = 0
  let began_ms = 0
  let cpu = process.cpuUsage()
  await new Promise<void>((resolve) => {
    consumer.start({
      ...QUIET,
      take: async (fetched) => {
        const { topic, partition, next } = fetched
        for (let at = 0; at < fetched.records.length; at += AT_ONCE) {
          const some = fetched.records.slice(at, at + AT_ONCE)
          await producer.send(some.map((record) => ({ ...record, topic: TOPICS.copy, partition })))
        }
        await consumer.commit([{ topic, partition, offset: next }])
        done += fetched.records.length
        if (first === 0 && done >= from) {
          first = done
          began_ms = performance.now()
          cpu = process.cpuUsage()
          delay.enable()
        }
        if (done >= to) resolve()
      },
    })
  })
  const seconds = (performance.now() - began_ms) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const result = { copied: done - first, seconds, cpu_s: (user + system) / 1e6, block_ms: delay.max / 1e6 }
  await consumer.stop()
  await producer.close()
  return result
}

const QUIET: Omit<ConsumerHandlers, 'take'> = {
  assigned: () => {},
  passed: () => {},
  missing: () => {},
  failed: () => {},
}

/** So many records behind these offsets: their number `n`, and their time. */
export async function readAll(
  client: KafkaClient,
  topic: string,
  from: readonly PartitionOffset[],
  wanted: number,
): Promise<{ n: number; timestamp_ms: number }[]> {
  const consumer = client.consumer({ ...READING, group: `read-${Math.random()}`, topics: [topic] })
  const begins = new Map(from.map(({ partition, offset }) => [partition, offset]))
  const read: { n: number; timestamp_ms: number }[] = []
  await new Promise<void>((resolve) => {
    consumer.start({
      ...QUIET,
      assigned: () => {
        for (const position of from) consumer.seek(position)
      },
      take: async ({ partition, records }) => {
        for (const { offset, value, timestamp_ms } of records) {
          if (offset < (begins.get(partition) ?? 0n)) continue
          const n = Number(
            Buffer.from(value ?? [])
              .toString('latin1', 5, 25)
              .split(',')[0],
          )
          read.push({ n, timestamp_ms: Number(timestamp_ms) })
        }
        if (read.length >= wanted) resolve()
      },
    })
  })
  await consumer.stop()
  return read
}
