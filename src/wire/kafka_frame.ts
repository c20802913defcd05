// One record of Kafka as a frame: what it needs to be written to another topic as it was, around its value, which has a
// format of its own. The layout is ours alone and never leaves the process. All integers are big-endian.
//
//   Frame   ::= u8(format of the value) i32(partition) Part(topic) i64(offset) i64(timestamp) Part(key) Headers
//               Part(prefix) Part(value)
//   Part    ::= u32(length; ffffffff: null) bytes
//   Headers ::= u32(length of them all) (Part(name) Part(value))*
//
// The prefix is what stands in front of the value and is not looked at: the id of a schema.
import type { Format } from '../core/batch.ts'

/** `auto`: told from its first bytes. `opaque`: nobody can read it, so it fails closed. */
export type ValueFormat = Exclude<Format, 'kafka'> | 'auto' | 'opaque'

const VALUE_FORMATS: readonly ValueFormat[] = ['json', 'text', 'msgpack', 'otlp', 'otlp_json', 'auto', 'opaque']
const NULL = 0xffffffff
const FIXED_BYTES = 1 + 4 + 8 + 8
const LENGTH_BYTES = 4

export interface FrameHeader {
  readonly name: Uint8Array
  readonly value: Uint8Array | null
}

export interface KafkaFrame {
  readonly format: ValueFormat
  readonly partition: number
  readonly topic: Uint8Array
  readonly offset: bigint
  readonly timestamp_ms: bigint
  readonly key: Uint8Array | null
  readonly headers: readonly FrameHeader[]
  readonly prefix: Uint8Array
  readonly value: Uint8Array | null
}

/** Where the parts of a frame are: of each its first byte and the one behind its last; -1 twice for null. */
export class FrameParts {
  format: ValueFormat = 'opaque'
  partition = 0
  offset = 0n
  timestamp_ms = 0n
  topicStart = 0
  topicEnd = 0
  keyStart = 0
  keyEnd = 0
  headersStart = 0
  headersEnd = 0
  prefixStart = 0
  prefixEnd = 0
  valueStart = 0
  valueEnd = 0
  /** Bounds of the part that `part` has read last, and of a header's name and value by `header`. */
  private from = 0
  private to = 0

  read(bytes: Uint8Array, start: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.format = VALUE_FORMATS[bytes[start]]
    this.partition = view.getInt32(start + 1)
    const topicEnd = this.part(view, start + 5)
    this.topicStart = this.from
    this.topicEnd = this.to
    this.offset = view.getBigInt64(topicEnd)
    this.timestamp_ms = view.getBigInt64(topicEnd + 8)
    const keyEnd = this.part(view, topicEnd + 16)
    this.keyStart = this.from
    this.keyEnd = this.to
    const headersEnd = this.part(view, keyEnd)
    this.headersStart = this.from
    this.headersEnd = this.to
    const prefixEnd = this.part(view, headersEnd)
    this.prefixStart = this.from
    this.prefixEnd = this.to
    this.part(view, prefixEnd)
    this.valueStart = this.from
    this.valueEnd = this.to
  }

  private part(view: DataView, at: number): number {
    const length = view.getUint32(at)
    const from = at + LENGTH_BYTES
    this.from = length === NULL ? -1 : from
    this.to = length === NULL ? -1 : from + length
    return length === NULL ? from : from + length
  }
}

/** Where the part with its length at `at` ends; its length is -1 for null. */
export function partLength(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
  return length === NULL ? -1 : length
}

/** Offsets of each header's name and value: of its length field, four bytes in front of its content. */
export function eachHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  tell: (name: number, value: number) => void,
): void {
  for (let at = start; at < end; ) {
    const value = at + LENGTH_BYTES + Math.max(0, partLength(bytes, at))
    tell(at, value)
    at = value + LENGTH_BYTES + Math.max(0, partLength(bytes, value))
  }
}

export function readKafkaFrame(bytes: Uint8Array, start: number): KafkaFrame {
  const parts = new FrameParts()
  parts.read(bytes, start)
  const headers: FrameHeader[] = []
  eachHeader(bytes, parts.headersStart, parts.headersEnd, (name, value) => {
    headers.push({ name: partAt(bytes, name) ?? new Uint8Array(0), value: partAt(bytes, value) })
  })
  const { format, partition, offset, timestamp_ms } = parts
  return {
    format,
    partition,
    offset,
    timestamp_ms,
    topic: bytes.subarray(parts.topicStart, parts.topicEnd),
    key: parts.keyStart < 0 ? null : bytes.subarray(parts.keyStart, parts.keyEnd),
    headers,
    prefix: bytes.subarray(parts.prefixStart, parts.prefixEnd),
    value: parts.valueStart < 0 ? null : bytes.subarray(parts.valueStart, parts.valueEnd),
  }
}

function partAt(bytes: Uint8Array, at: number): Uint8Array | null {
  const length = partLength(bytes, at)
  return length < 0 ? null : bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length)
}

/** What of a record stands in its frame as it is. */
interface Content {
  readonly offset: bigint
  readonly timestamp_ms: bigint
  readonly key: Uint8Array | null
  readonly headers: readonly FrameHeader[]
  readonly value: Uint8Array | null
}

/** Bytes of the frame of a record, whatever of its value is the prefix. */
export function frameSize(topic: Uint8Array, { key, headers, value }: Content): number {
  let size = FIXED_BYTES + 5 * LENGTH_BYTES + topic.length + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += 2 * LENGTH_BYTES + header.name.length + (header.value?.length ?? 0)
  return size
}

/** Writes frames one behind the other into bytes that have room for them. */
export class FrameWriter {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = at
  }

  /** The first `prefix` bytes of the value are not looked at. Returns where the frame ends. */
  frame(format: ValueFormat, partition: number, topic: Uint8Array, record: Content, prefix: number): number {
    const { view } = this
    const { value } = record
    this.bytes[this.at] = VALUE_FORMATS.indexOf(format)
    view.setInt32(this.at + 1, partition)
    this.at += 5
    this.part(topic)
    view.setBigInt64(this.at, record.offset)
    view.setBigInt64(this.at + 8, record.timestamp_ms)
    this.at += 16
    this.part(record.key)
    const headersAt = this.at
    this.at += LENGTH_BYTES
    for (const header of record.headers) {
      this.part(header.name)
      this.part(header.value)
    }
    view.setUint32(headersAt, this.at - headersAt - LENGTH_BYTES)
    if (value !== null && prefix > 0) {
      this.part(value.subarray(0, prefix))
      this.part(value.subarray(prefix))
      return this.at
    }
    view.setUint32(this.at, 0)
    this.at += LENGTH_BYTES
    this.part(value)
    return this.at
  }

  private part(part: Uint8Array | null): void {
    this.view.setUint32(this.at, part === null ? NULL : part.length)
    this.at += LENGTH_BYTES
    if (part === null) return
    this.bytes.set(part, this.at)
    this.at += part.length
  }
}
