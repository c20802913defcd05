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
  const frames = new KafkaFrames(topic, partition, format, size)
  for (const record of records) frames.add(record)
  return frames.batch(origin)
}

/** Frames of one partition, written as records come: none of them is kept. */
export class KafkaFrames {
  private readonly topic: Uint8Array
  private readonly partition: number
  private readonly format: ValueFormat
  private readonly ends: number[] = []
  private bytes: Uint8Array
  private writer: FrameWriter
  private size = 0

  /** `bytes` is a guess of what they will take. */
  constructor(topic: string, partition: number, format: ValueFormat, bytes: number) {
    this.topic = Buffer.from(topic)
    this.partition = partition
    this.format = format
    this.bytes = roomFor(bytes)
    this.writer = new FrameWriter(this.bytes)
  }

  get count(): number {
    return this.ends.length
  }

  /** Bytes that there would be with one more. */
  sizeWith(record: RecordAsFetched): number {
    return this.size + frameSize(this.topic, record)
  }

  add(record: RecordAsFetched): void {
    const { value, unreadable } = record
    const needed = this.sizeWith(record)
    if (needed > this.bytes.length) this.grow(needed)
    const prefix = value === null || unreadable !== undefined ? 0 : schemaPrefix(value)
    const own = valueFormat(record, prefix, this.format)
    this.size = this.writer.frame(own, this.partition, this.topic, record, own === 'opaque' ? 0 : prefix)
    this.ends.push(this.size)
  }

  batch(origin: string): Batch {
    return { format: 'kafka', bytes: this.bytes.subarray(0, this.size), ends: Uint32Array.from(this.ends), origin }
  }

  private grow(needed: number): void {
    const before = this.bytes
    this.bytes = roomFor(Math.max(needed, before.length * 2))
    this.bytes.set(before.subarray(0, this.size))
    this.writer = new FrameWriter(this.bytes, this.size)
  }
}

function roomFor(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
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
