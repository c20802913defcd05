// Records as they were fetched, as a batch of frames. Values that a schema describes are JSON behind the schema's id,
// or nobody here can read them: those fail closed. Nothing is looked for.
import { BATCH_PAD_BYTES, type Batch } from '../core/batch.ts'
import { type FrameHeader, type KafkaFrame, kafkaFrameSize, type ValueFormat, writeKafkaFrame } from './kafka_frame.ts'
import { schemaPrefix } from './kafka_value.ts'

export interface RecordAsFetched {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly FrameHeader[]
  readonly timestamp_ms: bigint
  readonly offset: bigint
  /** Set when `value` is a whole batch that could not be unpacked. */
  readonly unreadable?: unknown
}

const NOTHING = new Uint8Array(0)
/** Confluent's serializers may put the id of the schema there, and nothing in front of the value. */
const SCHEMA_HEADER = Buffer.from('__value_schema_id')

/** `format` is that of the topic's values. The batch is fit for the pipeline. */
export function kafkaBatch(
  origin: string,
  topic: string,
  partition: number,
  records: readonly RecordAsFetched[],
  format: ValueFormat,
): Batch {
  const name = Buffer.from(topic)
  const frames = records.map((record) => frameOf(name, partition, record, format))
  const size = frames.reduce((sum, frame) => sum + kafkaFrameSize(frame), 0)
  const bytes = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
  const view = new DataView(bytes.buffer)
  const ends = new Uint32Array(frames.length)
  let at = 0
  for (const [n, frame] of frames.entries()) {
    at = writeKafkaFrame(bytes, view, at, frame)
    ends[n] = at
  }
  return { format: 'kafka', bytes, ends, origin }
}

function frameOf(topic: Uint8Array, partition: number, record: RecordAsFetched, format: ValueFormat): KafkaFrame {
  const { key, value, headers, timestamp_ms, offset } = record
  const place = { topic, partition, key, headers, timestamp_ms, offset }
  if (value === null || value.length === 0) return { ...place, format, prefix: NOTHING, value }
  if (record.unreadable !== undefined) return { ...place, format: 'opaque', prefix: NOTHING, value }
  const prefix = schemaPrefix(value)
  if (prefix > 0) {
    // Behind the id of a JSON schema is JSON; what is Avro or Protobuf is none, and fails closed as such.
    const isJson = format === 'json' || format === 'otlp_json' || (format === 'auto' && isJsonLike(value[prefix]))
    if (!isJson) return { ...place, format: 'opaque', prefix: NOTHING, value }
    const known = format === 'auto' ? 'json' : format
    return { ...place, format: known, prefix: value.subarray(0, prefix), value: value.subarray(prefix) }
  }
  const isDescribed = (format === 'text' || format === 'msgpack') && headers.some(isSchemaHeader)
  return { ...place, format: isDescribed ? 'opaque' : format, prefix: NOTHING, value }
}

function isSchemaHeader({ name }: FrameHeader): boolean {
  return SCHEMA_HEADER.equals(name)
}

function isJsonLike(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b
}
