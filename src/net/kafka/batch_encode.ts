// Writes one record batch (magic 2; the layout is in batch_decode.ts). Headers and values may be null, names may
// repeat.
import type { KafkaRecord } from './client.ts'
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

/** `records` is not empty. A record without a timestamp keeps being one. */
export async function encodeBatch(records: readonly KafkaRecord[], head: BatchHead): Promise<Buffer> {
  const base_ms = records[0].timestamp_ms
  let max_ms = base_ms
  for (const { timestamp_ms } of records) if (timestamp_ms > max_ms) max_ms = timestamp_ms
  const packed = await packRecords(head.codec, encodeRecords(records, base_ms))
  const out = Buffer.allocUnsafe(HEAD_BYTES + packed.length)
  out.writeBigInt64BE(0n, 0)
  out.writeInt32BE(out.length - LENGTH_FROM, 8)
  out.writeInt32BE(-1, 12)
  out[16] = 2
  out.writeInt16BE(head.codec | (head.isTransactional ? TRANSACTIONAL : 0), CRC_FROM)
  out.writeInt32BE(records.length - 1, 23)
  out.writeBigInt64BE(base_ms, 27)
  out.writeBigInt64BE(max_ms, 35)
  out.writeBigInt64BE(head.producer_id, 43)
  out.writeInt16BE(head.producer_epoch, 51)
  out.writeInt32BE(head.first_sequence, 53)
  out.writeInt32BE(records.length, 57)
  out.set(packed, HEAD_BYTES)
  out.writeUInt32BE(crc32c(out.subarray(CRC_FROM)), CRC_FROM - 4)
  return out
}

function encodeRecords(records: readonly KafkaRecord[], base_ms: bigint): Uint8Array {
  const sizes = records.map((record, n) => bodySize(record, n, record.timestamp_ms - base_ms))
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + varintSize(size) + size, 0))
  let at = 0
  for (const [n, record] of records.entries()) {
    at = putVarint(bytes, at, sizes[n])
    bytes[at++] = 0
    at = putVarlong(bytes, at, record.timestamp_ms - base_ms)
    at = putVarint(bytes, at, n)
    at = putNullable(bytes, at, record.key)
    at = putNullable(bytes, at, record.value)
    at = putVarint(bytes, at, record.headers.length)
    for (const { name, value } of record.headers) {
      at = putNullable(bytes, at, name)
      at = putNullable(bytes, at, value)
    }
  }
  return bytes
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
