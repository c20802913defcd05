// Reads record batches as a broker sends them (magic 2) into blocks of records, uncompressed. What can not be read
// never stops the partition: one record that says so stands in for its batch. Records are read out of a block one by
// one, for whoever wants them (record_block.ts).
//
//   RecordBatch ::= i64(base offset) i32(length) i32 u8(magic) u32(crc) i16(attributes) i32(last offset delta)
//                   i64(base timestamp) i64(max timestamp) i64(producer id) i16 i32 i32(count) Record*
//                                                                                     (DefaultRecordBatch.java)
//   attributes  ::= codec in bits 0-2, 8: the broker's clock, 16: in a transaction, 32: a marker of one
import { LIMITS } from '../../core/limits.ts'
import type { Unreadable } from './client.ts'
import { unpackRecords } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { isWellFormed, type RecordBlock, recordsOf } from './record_block.ts'

const HEAD_BYTES = 61
const MAGIC_AT = 16
const CRC_FROM = 21
/** Behind so many uncompressed bytes others get their turn on the thread: some ten milliseconds. */
const TURN_BYTES = 1024 * 1024
/** The key of a marker that ends an aborted transaction: version and type, of which an older version has no other. */
const ABORT = Buffer.from([0, 0, 0, 0])

interface Head extends Omit<RecordBlock, 'bytes' | 'isOwn' | 'unreadable' | 'isAbort'> {
  readonly codec: number
}

/** All batches of a partition's part of a response, of which the last one may be cut short. Never rejects. */
export async function decodeBatches(response: Uint8Array): Promise<RecordBlock[]> {
  // Views of a Buffer cost several times what those of a plain array cost.
  const bytes = new Uint8Array(response.buffer, response.byteOffset, response.length)
  const blocks: RecordBlock[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let unpackedBytes = 0
  for (let at = 0; at + MAGIC_AT < bytes.length; ) {
    const end = at + 12 + view.getInt32(at + 8)
    if (end > bytes.length || end <= at + MAGIC_AT) break
    if (bytes[at + MAGIC_AT] !== 2 || end - at < HEAD_BYTES) {
      // The last offset of an older message set is not known before it is unpacked: that of its head is in it.
      blocks.push(unreadable(oldHead(view, at), bytes.subarray(at, end), 'undecodable'))
    } else {
      const whole = bytes.subarray(at, end)
      const head = readHead(new DataView(bytes.buffer, bytes.byteOffset + at, end - at))
      const isWhole = crc32c(whole.subarray(CRC_FROM)) === view.getUint32(at + CRC_FROM - 4)
      blocks.push(isWhole ? await unpacked(whole, head) : unreadable(head, whole, 'undecodable'))
    }
    at = end
    unpackedBytes += blocks[blocks.length - 1].bytes.length
    if (unpackedBytes < TURN_BYTES) continue
    unpackedBytes = 0
    await othersTurn()
  }
  // A response has many partitions.
  await othersTurn()
  return blocks
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
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

async function unpacked(whole: Uint8Array, head: Head): Promise<RecordBlock> {
  const packed = whole.subarray(HEAD_BYTES)
  const output = head.codec === 0 ? packed : await unpackRecords(head.codec, packed, LIMITS.decompressed_bytes_max)
  if (typeof output === 'string') return unreadable(head, whole, output)
  const bytes = new Uint8Array(output.buffer, output.byteOffset, output.length)
  const block = { ...head, bytes, isOwn: output !== packed, unreadable: undefined, isAbort: false }
  if (!isWellFormed(block)) return unreadable(head, whole, 'undecodable')
  if (!head.isControl) return block
  const [marker] = recordsOf(block)
  return { ...block, isAbort: marker?.key != null && ABORT.equals(marker.key) }
}

function unreadable(head: Head, whole: Uint8Array, why: Unreadable): RecordBlock {
  return { ...head, count: 1, bytes: whole, isOwn: false, unreadable: why, isAbort: false }
}
