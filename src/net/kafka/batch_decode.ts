// Reads record batches as a broker sends them (magic 2). What can not be read never stops the partition: a record that
// says so stands in for its batch. Headers stay bytes, in their order.
//
//   RecordBatch ::= i64(base offset) i32(length) i32 u8(magic) u32(crc) i16(attributes) i32(last offset delta)
//                   i64(base timestamp) i64(max timestamp) i64(producer id) i16 i32 i32(count) Record*
//   Record      ::= varint(length) u8 varlong(timestamp delta) varint(offset delta) bytes?(key) bytes?(value)
//                   varint(headers) (bytes(name) bytes?(value))*        (DefaultRecordBatch.java, DefaultRecord.java)
//   attributes  ::= codec in bits 0-2, 8: the broker's clock, 16: in a transaction, 32: a marker of one
import { LIMITS } from '../../core/limits.ts'
import type { FetchedRecord, KafkaHeader, Unreadable } from './client.ts'
import { unpackRecords } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { VarintReader } from './varint.ts'

const HEAD_BYTES = 61
const MAGIC_AT = 16
const CRC_FROM = 21
const NO_HEADERS: readonly KafkaHeader[] = []

/** A record, and what is needed to tell aborted ones from the others. */
export interface DecodedRecord extends FetchedRecord {
  readonly producer_id: bigint
  readonly isTransactional: boolean
  /** A marker of a transaction, or of offsets that compaction has emptied: no record of anybody. */
  readonly isControl: boolean
}

interface Head {
  readonly base: bigint
  readonly last: bigint
  readonly codec: number
  /** Base of the timestamps, or the one timestamp of all. */
  readonly timestamp_ms: bigint
  readonly isAppendTime: boolean
  readonly producer_id: bigint
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly count: number
}

/** All records of a partition's part of a response, of which the last batch may be cut short. Never rejects. */
export async function decodeBatches(response: Uint8Array): Promise<DecodedRecord[]> {
  // Views of a Buffer cost several times what those of a plain array cost, and there are four for each record.
  const bytes = new Uint8Array(response.buffer, response.byteOffset, response.length)
  const records: DecodedRecord[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + MAGIC_AT < bytes.length; ) {
    const end = at + 12 + view.getInt32(at + 8)
    if (end > bytes.length || end <= at + MAGIC_AT) break
    if (bytes[at + MAGIC_AT] !== 2 || end - at < HEAD_BYTES) {
      // The last offset of an older message set is not known before it is unpacked: that of its head is in it.
      records.push(standIn(oldHead(view, at), bytes.subarray(at, end), 'undecodable'))
    } else {
      const whole = bytes.subarray(at, end)
      const head = readHead(new DataView(bytes.buffer, bytes.byteOffset + at, end - at))
      const isWhole = crc32c(whole.subarray(CRC_FROM)) === view.getUint32(at + CRC_FROM - 4)
      const failed = isWhole ? await decodeRecords(whole, head, records) : 'undecodable'
      if (failed !== null) records.push(standIn(head, whole, failed))
    }
    at = end
  }
  // A response has many partitions: between two of them others get their turn on the thread.
  await new Promise((resolve) => setImmediate(resolve))
  return records
}

function readHead(view: DataView): Head {
  const base = view.getBigInt64(0)
  const attributes = view.getInt16(21)
  const isAppendTime = (attributes & 8) !== 0
  return {
    base,
    last: base + BigInt(view.getInt32(23)),
    codec: attributes & 7,
    timestamp_ms: view.getBigInt64(isAppendTime ? 35 : 27),
    isAppendTime,
    producer_id: view.getBigInt64(43),
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    count: view.getInt32(57),
  }
}

function oldHead(view: DataView, at: number): Head {
  const base = view.getBigInt64(at)
  const none = { codec: 0, timestamp_ms: -1n, isAppendTime: false, producer_id: -1n, count: 0 }
  return { ...none, base, last: base, isTransactional: false, isControl: false }
}

/** Appends the records of one batch; says why when it can not, and appends nothing then. */
async function decodeRecords(whole: Uint8Array, head: Head, records: DecodedRecord[]): Promise<Unreadable | null> {
  const packed = whole.subarray(HEAD_BYTES)
  const unpacked = head.codec === 0 ? packed : await unpackRecords(head.codec, packed, LIMITS.decompressed_bytes_max)
  if (typeof unpacked === 'string') return unpacked
  // Seven bytes are the least that a record has.
  if (head.count < 0 || head.count * 7 > unpacked.length) return 'undecodable'
  const before = records.length
  const reader = new VarintReader(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length))
  try {
    for (let n = 0; n < head.count; n++) records.push(readRecord(reader, head))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    records.length = before
    return 'undecodable'
  }
  const lastRead = records.length > before ? records[records.length - 1].offset : -1n
  // Compaction leaves the batch's last offset as it was: readers go on behind it.
  if (lastRead < head.last) records.push({ ...standIn(head, null, undefined), isControl: true })
  return null
}

function readRecord(reader: VarintReader, head: Head): DecodedRecord {
  const size = reader.int()
  const end = reader.at + size
  if (size < 0 || end > reader.bytes.length) throw new RangeError('cut short')
  reader.at++
  const timestampDelta = reader.long()
  const offset = head.base + BigInt(reader.int())
  const key = reader.nullable()
  const value = reader.nullable()
  const headers = readHeaders(reader)
  if (reader.at !== end) throw new RangeError('of another length')
  return {
    offset,
    key,
    value,
    headers,
    timestamp_ms: head.isAppendTime ? head.timestamp_ms : BigInt.asIntN(64, head.timestamp_ms + timestampDelta),
    producer_id: head.producer_id,
    isTransactional: head.isTransactional,
    isControl: head.isControl,
  }
}

function readHeaders(reader: VarintReader): readonly KafkaHeader[] {
  const count = reader.int()
  if (count === 0) return NO_HEADERS
  if (count < 0 || count * 2 > reader.bytes.length) throw new RangeError('too many headers')
  const headers: KafkaHeader[] = []
  for (let n = 0; n < count; n++) {
    const name = reader.nullable()
    if (name === null) throw new RangeError('a header without a name')
    headers.push({ name, value: reader.nullable() })
  }
  return headers
}

function standIn(head: Head, value: Uint8Array | null, unreadable: Unreadable | undefined): DecodedRecord {
  return {
    offset: head.last,
    key: null,
    value,
    headers: NO_HEADERS,
    timestamp_ms: head.timestamp_ms,
    producer_id: head.producer_id,
    isTransactional: head.isTransactional,
    isControl: head.isControl,
    unreadable,
  }
}
