// Owns the records of a batch as they are on the wire, uncompressed, and reads them one by one. Whoever keeps none of
// the records that it reads saves the collector most of its work: a record is ten small objects. Headers stay bytes, in
// their order.
//
//   Record ::= varint(length) u8 varlong(timestamp delta) varint(offset delta) bytes?(key) bytes?(value)
//              varint(headers) (bytes(name) bytes?(value))*                                   (DefaultRecord.java)
import type { FetchedRecord, KafkaHeader, Unreadable } from './client.ts'
import { VarintReader } from './varint.ts'

const NO_HEADERS: readonly KafkaHeader[] = []
/** The least that a record has. */
const RECORD_BYTES_MIN = 7

export interface RecordBlock {
  /** Offset of the first record that was in it, and of the last: compaction leaves them as they were. */
  readonly base: bigint
  readonly last: bigint
  /** Base of the timestamps, or the one timestamp of all. */
  readonly timestamp_ms: bigint
  readonly isAppendTime: boolean
  readonly producer_id: bigint
  readonly isTransactional: boolean
  /** A marker of a transaction: no record of anybody. */
  readonly isControl: boolean
  /** That of one which was aborted. */
  readonly isAbort: boolean
  readonly count: number
  /** Well-formed; of a block that is not readable the batch as it came, which one record stands for. */
  readonly bytes: Uint8Array
  /** Nothing else is in their buffer. */
  readonly isOwn: boolean
  readonly unreadable: Unreadable | undefined
}

/** Whether all its records can be read. */
export function isWellFormed({ bytes, count }: Pick<RecordBlock, 'bytes' | 'count'>): boolean {
  if (count < 0 || count * RECORD_BYTES_MIN > bytes.length) return false
  const reader = new VarintReader(bytes)
  try {
    for (let n = 0; n < count; n++) passRecord(reader)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return false
  }
  return true
}

/** Its records from an offset on, each made when it is asked for. */
export function* recordsOf(block: RecordBlock, from = block.base): Generator<FetchedRecord, void> {
  if (block.unreadable !== undefined) {
    if (block.last >= from) yield standIn(block)
    return
  }
  const reader = new VarintReader(block.bytes)
  for (let n = 0; n < block.count; n++) {
    const record = readRecord(reader, block)
    if (record.offset >= from) yield record
  }
}

/** All of them, from an offset on. */
export function* recordsOfAll(blocks: readonly RecordBlock[], from: bigint): Generator<FetchedRecord, void> {
  for (const block of blocks) if (block.last >= from) yield* recordsOf(block, from)
}

function readRecord(reader: VarintReader, block: RecordBlock): FetchedRecord {
  reader.int()
  reader.at++
  const timestampDelta = reader.long()
  return {
    offset: block.base + BigInt(reader.int()),
    key: reader.nullable(),
    value: reader.nullable(),
    headers: readHeaders(reader),
    timestamp_ms: block.isAppendTime ? block.timestamp_ms : BigInt.asIntN(64, block.timestamp_ms + timestampDelta),
  }
}

function readHeaders(reader: VarintReader): readonly KafkaHeader[] {
  const count = reader.int()
  if (count === 0) return NO_HEADERS
  const headers: KafkaHeader[] = []
  for (let n = 0; n < count; n++) {
    headers.push({ name: reader.nullable() ?? new Uint8Array(0), value: reader.nullable() })
  }
  return headers
}

/** Throws a RangeError when the next record is none. */
function passRecord(reader: VarintReader): void {
  const size = reader.int()
  const end = reader.at + size
  if (size < 0 || end > reader.bytes.length) throw new RangeError('cut short')
  reader.at++
  reader.pass()
  reader.int()
  reader.skip()
  reader.skip()
  const headers = reader.int()
  if (headers < 0 || headers * 2 > reader.bytes.length) throw new RangeError('too many headers')
  for (let n = 0; n < headers; n++) {
    if (!reader.skip()) throw new RangeError('a header without a name')
    reader.skip()
  }
  if (reader.at !== end) throw new RangeError('of another length')
}

function standIn({ last, timestamp_ms, bytes, unreadable }: RecordBlock): FetchedRecord {
  return { offset: last, key: null, value: bytes, headers: NO_HEADERS, timestamp_ms, unreadable }
}
