// Writes record batches (magic 2; the layout is in batch_decode.ts): records one behind the other, and the head around
// them. Headers and values may be null, names may repeat.
import type { KafkaRecord, RecordRun } from './client.ts'
import { packRecords } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { putVarint, putVarlong, varintSize, varlongSize } from './varint.ts'

const HEAD_BYTES = 61
const LENGTH_FROM = 12
const CRC_FROM = 21
const TRANSACTIONAL = 16

export interface BatchHead {
  readonly codec: number
  readonly isTransactional: boolean
  /** -1 when the producer is not idempotent. */
  readonly producer_id: bigint
  readonly producer_epoch: number
  readonly first_sequence: number
}

/** They follow each other. */
export type BatchParts = readonly [Uint8Array, Uint8Array]

/** As it goes to a broker, compressed and with its checksum: its head, and the records. */
export async function encodeBatch({ count, bytes, first_ms, max_ms }: RecordRun, head: BatchHead): Promise<BatchParts> {
  const packed = await packRecords(head.codec, bytes)
  const out = Buffer.allocUnsafe(HEAD_BYTES)
  out.writeBigInt64BE(0n, 0)
  out.writeInt32BE(HEAD_BYTES + packed.length - LENGTH_FROM, 8)
  out.writeInt32BE(-1, 12)
  out[16] = 2
  out.writeInt16BE(head.codec | (head.isTransactional ? TRANSACTIONAL : 0), CRC_FROM)
  out.writeInt32BE(count - 1, 23)
  out.writeBigInt64BE(first_ms, 27)
  out.writeBigInt64BE(max_ms, 35)
  out.writeBigInt64BE(head.producer_id, 43)
  out.writeInt16BE(head.producer_epoch, 51)
  out.writeInt32BE(head.first_sequence, 53)
  out.writeInt32BE(count, 57)
  out.writeUInt32BE(crc32c(out.subarray(CRC_FROM), packed), CRC_FROM - 4)
  return [out, packed]
}

/** `records` is not empty. A record without a timestamp keeps being one. */
export function encodeRecords(records: readonly KafkaRecord[]): RecordRun {
  const first_ms = records[0].timestamp_ms
  let max_ms = first_ms
  for (const { timestamp_ms } of records) if (timestamp_ms > max_ms) max_ms = timestamp_ms
  const sizes = records.map((record, n) => bodySize(record, n, record.timestamp_ms - first_ms))
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + varintSize(size) + size, 0))
  let at = 0
  for (const [n, record] of records.entries()) {
    at = putVarint(bytes, at, sizes[n])
    bytes[at++] = 0
    at = putVarlong(bytes, at, record.timestamp_ms - first_ms)
    at = putVarint(bytes, at, n)
    at = putNullable(bytes, at, record.key)
    at = putNullable(bytes, at, record.value)
    at = putVarint(bytes, at, record.headers.length)
    for (const { name, value } of record.headers) {
      at = putNullable(bytes, at, name)
      at = putNullable(bytes, at, value)
    }
  }
  return { count: records.length, bytes, first_ms, max_ms }
}

/** Bytes of a record, without the length in front of it. */
function bodySize(record: KafkaRecord, n: number, timestampDelta: bigint): number {
  let size = 1 + varlongSize(timestampDelta) + varintSize(n) + nullableSize(record.key) + nullableSize(record.value)
  size += varintSize(record.headers.length)
  for (const { name, value } of record.headers) size += nullableSize(name) + nullableSize(value)
  return size
}

function nullableSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}

function putNullable(bytes: Uint8Array, at: number, part: Uint8Array | null): number {
  if (part === null) return putVarint(bytes, at, -1)
  const from = putVarint(bytes, at, part.length)
  bytes.set(part, from)
  return from + part.length
}
