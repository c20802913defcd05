// Records as they were fetched, as frames for the workers: in chunks of the size that a worker and a request can take.
// Records are only looked at while they are framed; a chunk reads them again for whoever has to know more of them.
import type { Batch } from '../../core/batch.ts'
import type { Fetched, FetchedRecord } from '../../net/kafka/client.ts'
import type { ValueFormat } from '../../wire/kafka_frame.ts'
import { KafkaFrames } from '../../wire/kafka_records.ts'

/** Below what a topic takes in one batch of records unless it says otherwise (`max.message.bytes`: 1 MiB). */
const CHUNK_BYTES = 960_000
/** About what a frame is besides what the record is on the wire. */
const FRAME_BYTES = 64

export interface Chunk {
  readonly batch: Batch
  /** Offset of its first record. */
  readonly first: bigint
  /** One for each frame, made anew. */
  records(): readonly FetchedRecord[]
}

export interface ChunkOptions {
  readonly origin: string
  readonly format: ValueFormat
}

/** What was fetched, from the offset `from` on. */
export function* chunksOf(fetched: Fetched, from: bigint, { origin, format }: ChunkOptions): Generator<Chunk> {
  const { topic, partition } = fetched
  let first = from
  let frames: KafkaFrames | null = null
  for (const record of fetched.from(from)) {
    if (frames !== null && frames.sizeWith(record) > CHUNK_BYTES) {
      yield chunkOf(fetched, first, frames.batch(origin))
      frames = null
    }
    if (frames === null) {
      first = record.offset
      frames = new KafkaFrames(topic, partition, format, roomFor(fetched, record, topic.length))
    }
    frames.add(record)
  }
  if (frames !== null) yield chunkOf(fetched, first, frames.batch(origin))
}

/** A guess: the records are about as large as the first one. */
function roomFor({ bytes }: Fetched, { value }: FetchedRecord, topicBytes: number): number {
  const record = (value?.length ?? 0) + FRAME_BYTES
  return Math.min(CHUNK_BYTES, Math.ceil(bytes / record) * (record + FRAME_BYTES + topicBytes))
}

function chunkOf(fetched: Fetched, first: bigint, batch: Batch): Chunk {
  const count = batch.ends.length
  return {
    batch,
    first,
    records() {
      const records: FetchedRecord[] = []
      for (const record of fetched.from(first)) {
        if (records.length === count) break
        records.push(record)
      }
      return records
    },
  }
}
