// Records as they were fetched, as a batch of frames. Values that a schema describes are JSON behind the schema's id,
// or nobody here can read them: those fail closed. Nothing is looked for.
import { BATCH_PAD_BYTES, type Batch } from '../core/batch.ts'
import { type FrameHeader, FrameWriter, frameSize, type ValueFormat } from './kafka_frame.ts'
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
  let size = 0
  for (const record of records) size += frameSize(name, record)
  const bytes = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
  const writer = new FrameWriter(bytes)
  const ends = new Uint32Array(records.length)
  for (let n = 0; n < records.length; n++) {
    const record = records[n]
    const prefix = record.value === null || record.unreadable !== undefined ? 0 : schemaPrefix(record.value)
    const own = valueFormat(record, prefix, format)
    ends[n] = writer.frame(own, partition, name, record, own === 'opaque' ? 0 : prefix)
  }
  return { format: 'kafka', bytes, ends, origin }
}

function valueFormat(
  { value, headers, unreadable }: RecordAsFetched,
  prefix: number,
  format: ValueFormat,
): ValueFormat {
  if (unreadable !== undefined) return 'opaque'
  if (value === null || value.length === 0) return format
  if (prefix > 0) {
    // Behind the id of a JSON schema is JSON; what is Avro or Protobuf is none, and fails closed as such.
    if (format === 'json' || format === 'otlp_json') return format
    return format === 'auto' && isJsonLike(value[prefix]) ? 'json' : 'opaque'
  }
  const isDescribed = (format === 'text' || format === 'msgpack') && headers.some(isSchemaHeader)
  return isDescribed ? 'opaque' : format
}

function isSchemaHeader({ name }: FrameHeader): boolean {
  return SCHEMA_HEADER.equals(name)
}

function isJsonLike(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b
}
