// The same copy by kafkajs as it comes, as somebody would write it who knows nothing of logveil: nothing that is mended
// here is in it. Only this process may load it so.
import { createRequire } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type * as kafkajs from 'kafkajs'
import { type CopyOrder, type CopyResult, stretchOf } from './kafka_copy.ts'
import { TOPICS } from './kafka_site.ts'

const AT_ONCE = 880
const FETCH = { maxBytes: 10 * 1024 * 1024, maxBytesPerPartition: 4 * 1024 * 1024, maxWaitTimeInMs: 50 }

export function runKafkajsCopy(): void {
  process.on('message', (order: CopyOrder) => void copy(order).then((result) => process.send?.(result)))
  process.send?.('ready')
}

async function copy({ brokers, group, records }: CopyOrder): Promise<CopyResult> {
  const { Kafka, CompressionCodecs, CompressionTypes, logLevel } = createRequire(import.meta.url)('kafkajs')
  const { compressFrame, decompressFrame } = await import('lz4-napi')
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compressFrame(buffer),
    decompress: decompressFrame,
  })
  const kafka: kafkajs.Kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const consumer = kafka.consumer({ groupId: group, ...FETCH })
  await consumer.connect()
  await consumer.subscribe({ topics: [TOPICS.input], fromBeginning: true })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const { from, to } = stretchOf(records)
  let [done, first, began_ms] = [0, 0, 0]
  let cpu = process.cpuUsage()
  let finished = () => {}
  const all = new Promise<void>((resolve) => {
    finished = resolve
  })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 16,
    eachBatch: async ({ batch }) => {
      const { topic, partition, messages } = batch
      for (let at = 0; at < messages.length; at += AT_ONCE) {
        const some = messages.slice(at, at + AT_ONCE)
        const same = some.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp, partition }))
        await producer.send({
          acks: -1,
          compression: CompressionTypes.LZ4,
          topic: TOPICS.copy,
          messages: same as kafkajs.Message[],
        })
      }
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(batch.lastOffset()) + 1n) }])
      done += messages.length
      if (first === 0 && done >= from) {
        first = done
        began_ms = performance.now()
        cpu = process.cpuUsage()
        delay.enable()
      }
      if (done >= to) finished()
    },
  })
  await all
  const seconds = (performance.now() - began_ms) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const result = { copied: done - first, seconds, cpu_s: (user + system) / 1e6, block_ms: delay.max / 1e6 }
  await consumer.disconnect()
  await producer.disconnect()
  return result
}
