// What is written for a chunk that was redacted: its records, as they were but for what was found in them, those that
// could not be inspected to where such records go, and what was counted.
import { systemClock } from '../../core/clock.ts'
import type { Redacted } from '../../core/component.ts'
import type { OutRecord, OutRun } from '../../net/kafka/client.ts'
import { type KafkaFrame, readKafkaFrame } from '../../wire/kafka_frame.ts'
import type { Chunk } from './chunks.ts'
import { deadLetter } from './dead_letters.ts'
import type { House } from './house.ts'
import { runOf } from './runs.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
  /** How many partitions the output topic has. */
  readonly outputs: number
}

/** What is written for a chunk. */
export interface Written {
  readonly records: readonly OutRecord[]
  readonly runs: readonly OutRun[]
  /** The same, all of them one by one. */
  all(): readonly OutRecord[]
}

/** A run when nothing has to be known of single records, which is nearly always. `census` goes with it. */
export function writtenFor(
  house: House,
  place: Place,
  redacted: Redacted,
  chunk: Chunk,
  census: readonly OutRecord[],
): Written {
  const { settings } = house
  const all = () => [...outRecords(house, place, redacted, chunk), ...census]
  const topic = house.outputOf(place.topic)
  const isPlain = redacted.failed.length === 0 && settings.partition === 'same' && settings.census_topic !== topic
  if (!isPlain) return { records: all(), runs: [], all }
  const run = runOf(redacted.batch.bytes, redacted.batch.ends)
  return { records: census, runs: run === null ? [] : [{ ...run, topic, partition: place.partition }], all }
}

function outRecords(house: House, place: Place, redacted: Redacted, chunk: Chunk): readonly OutRecord[] {
  const { settings } = house
  const { bytes, ends } = redacted.batch
  const fetched = redacted.failed.length === 0 ? [] : chunk.records()
  const failed = new Map(redacted.failed.map(({ frame, reason }) => [fetched[frame].offset, { frame, reason }]))
  const records: OutRecord[] = []
  let start = 0
  for (const end of ends) {
    if (end > start) {
      const frame = readKafkaFrame(bytes, start)
      const fault = settings.dead_letter === undefined ? undefined : failed.get(frame.offset)
      if (fault === undefined) records.push(outRecord(house, place, frame))
      else records.push(deadLetter(settings, place, fetched[fault.frame], fault.reason, frame))
      failed.delete(frame.offset)
    }
    start = end
  }
  // The policy drops what can not be inspected; where such records go hears of them all the same.
  if (settings.dead_letter !== undefined) {
    for (const { frame, reason } of failed.values()) {
      records.push(deadLetter(settings, place, fetched[frame], reason, null))
    }
  }
  if (redacted.failed.length > 0) {
    const { topic, partition } = place
    const facts = { topic, partition, records: redacted.failed.length, reason: redacted.failed[0].reason }
    house.site.emit('warn', 'records_failed', 'Records could not be inspected and failed closed', facts)
  }
  return records
}

function outRecord(house: House, { topic, partition, outputs }: Place, frame: KafkaFrame): OutRecord {
  const { key, headers, timestamp_ms, prefix, value } = frame
  // Without a key it keeps its partition as far as there is one, so that it goes to the same one when it is sent again.
  const own = key === null ? partition % outputs : null
  return {
    topic: house.outputOf(topic),
    partition: house.settings.partition === 'same' ? partition : own,
    key,
    value: value === null || prefix.length === 0 ? value : Buffer.concat([prefix, value]),
    headers,
    timestamp_ms,
  }
}

/**
 * What was counted in all that was redacted from the offset `first` to before `next`. In one partition for each that is
 * read, so that events stay in order.
 */
export function countsOf(
  { settings: { census_topic, group } }: House,
  { topic, partition }: Place,
  redacted: readonly Redacted[],
  [first, next]: readonly [bigint, bigint],
): readonly OutRecord[] {
  const last = redacted.at(-1)
  if (census_topic === undefined || last === undefined) return []
  const from = `${topic}-${partition}`
  const key = Buffer.from(from)
  const timestamp_ms = BigInt(systemClock.now_ms())
  const events = last.census(`${group}/${from}@${first}-${next}`, redacted.slice(0, -1))
  return events.map((value) => ({ topic: census_topic, partition: null, key, value, headers: [], timestamp_ms }))
}
