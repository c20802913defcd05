// What is written for a chunk that was redacted: its records, as they were but for what was found in them, and what was
// counted in it.
import { systemClock } from '../../core/clock.ts'
import type { Redacted } from '../../core/component.ts'
import type { FetchedRecord, OutRecord } from '../../net/kafka/client.ts'
import { readKafkaFrame } from '../../wire/kafka_frame.ts'
import type { House } from './house.ts'

export function outRecords(
  house: House,
  topic: string,
  partition: number,
  redacted: Redacted,
  chunk: readonly FetchedRecord[],
): readonly OutRecord[] {
  const { settings } = house
  const { bytes, ends } = redacted.batch
  const to = house.outputOf(topic)
  const records: OutRecord[] = []
  let start = 0
  for (const end of ends) {
    if (end > start) {
      const { key, headers, timestamp_ms, prefix, value } = readKafkaFrame(bytes, start)
      records.push({
        topic: to,
        partition: settings.partition === 'same' ? partition : null,
        key,
        value: value === null || prefix.length === 0 ? value : Buffer.concat([prefix, value]),
        headers,
        timestamp_ms,
      })
    }
    start = end
  }
  if (settings.census_topic === undefined) return records
  const from = `${topic}-${partition}`
  const key = Buffer.from(from)
  const now_ms = BigInt(systemClock.now_ms())
  for (const value of redacted.census(`${settings.group}/${from}@${chunk[0].offset}`)) {
    records.push({ topic: settings.census_topic, partition: null, key, value, headers: [], timestamp_ms: now_ms })
  }
  return records
}
