// A batch as records to produce: those of Kafka with all that they had, others as values alone. It sends nothing.
import type { Batch } from '../../core/batch.ts'
import type { OutRecord } from '../../net/kafka/client.ts'
import { readKafkaFrame } from '../../wire/kafka_frame.ts'
import type { KafkaSettings } from './settings.ts'
import type { Topics } from './topics.ts'

/** `now_ms` is for records that say no time of their own. */
export function recordsOf(batch: Batch, settings: KafkaSettings, topics: Topics, now_ms: number): OutRecord[] {
  const { bytes, ends, origin } = batch
  const isKafka = batch.format === 'kafka'
  const records: OutRecord[] = []
  let start = 0
  for (const end of ends) {
    if (end > start) {
      const record = isKafka
        ? fromKafka(bytes, start, settings, topics, origin)
        : fromOthers(bytes, start, end, settings, topics, origin, now_ms)
      records.push(record)
    }
    start = end
  }
  return records
}

function fromKafka(
  bytes: Uint8Array,
  start: number,
  settings: KafkaSettings,
  topics: Topics,
  origin: string,
): OutRecord {
  const { topic, partition, key, headers, timestamp_ms, prefix, format, value } = readKafkaFrame(bytes, start)
  const from = Buffer.from(topic.buffer, topic.byteOffset, topic.length).toString('latin1')
  return {
    topic: topics.of(from, origin, format === 'json' ? value : null),
    partition: settings.partition === 'same' ? partition : null,
    key,
    headers,
    timestamp_ms,
    value: value === null || prefix.length === 0 ? value : Buffer.concat([prefix, value]),
  }
}

function fromOthers(
  bytes: Uint8Array,
  start: number,
  end: number,
  { format }: KafkaSettings,
  topics: Topics,
  origin: string,
  now_ms: number,
): OutRecord {
  // A line's end belongs to the line format, and not to the value.
  const isLine = format !== 'otlp_proto' && bytes[end - 1] === 0x0a
  const value = bytes.subarray(start, isLine ? end - 1 : end)
  const timestamp_ms = BigInt(Math.floor(now_ms))
  const topic = topics.of(origin, origin, format === 'json' ? value : null)
  return { topic, partition: null, key: null, headers: [], timestamp_ms, value }
}

/** Bytes of a record in a request, roughly. */
function sizeOf({ key, value, headers }: OutRecord): number {
  let size = 32 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += header.name.length + (header.value?.length ?? 0) + 4
  return size
}

/** Records in requests of at most so many bytes, in their order; a larger record is alone in one. */
export function requestsOf(records: readonly OutRecord[], bytes_max: number): (readonly OutRecord[])[] {
  const requests: OutRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const bytes = sizeOf(record)
    if (size + bytes > bytes_max) {
      requests.push([])
      size = 0
    }
    requests[requests.length - 1].push(record)
    size += bytes
  }
  return requests
}
