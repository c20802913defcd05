// Makes requests of a batch: frames are joined up to the limit, for messages put one behind the other are one message
// with the repeated fields of both; a frame over the limit is split between its records. Never splits a record.
//
//   Request ::= (1 ResourceLogs)*   ResourceLogs ::= (2 ScopeLogs)* others   ScopeLogs ::= (2 LogRecord)* others
import type { Batch } from '../../core/batch.ts'
import { bytesHead, Fields, Wire } from '../../net/protobuf.ts'

/** Number of the repeated field that a message may be split at: request, ResourceLogs, ScopeLogs. */
const SPLIT_AT = [1, 2, 2]
/** Tag and size of each message around a record. */
const HEADS_BYTES_MAX = 32

/** The same requests for the same batch and limit, in the order of the records. */
export function requestsOf(batch: Batch, bytes_max: number): Uint8Array[] {
  const requests: Uint8Array[] = []
  let from = 0
  let to = 0
  const flush = (): void => {
    if (to === from) return
    const bytes = batch.bytes.subarray(from, to)
    if (bytes.length <= bytes_max) requests.push(bytes)
    else for (const parts of split(bytes, 0, bytes_max)) requests.push(Buffer.concat(parts))
  }
  for (const end of batch.ends) {
    if (end - from > bytes_max) {
      flush()
      from = to
    }
    to = end
  }
  flush()
  return requests
}

/** Messages of about `bytes_max` at most, each as parts, which hold together what `message` holds. */
function split(message: Uint8Array, level: number, bytes_max: number): Uint8Array[][] {
  if (message.length <= bytes_max || level === SPLIT_AT.length) return [[message]]
  const parted = part(message, SPLIT_AT[level])
  if (parted === null) return [[message]]
  const { items, others } = parted
  const othersSize = sizeOf(others)
  // What is around the records is repeated with each part: when it is most of the message, splitting only adds to it.
  if (othersSize > bytes_max / 2) return [[message]]
  const room = bytes_max - othersSize - HEADS_BYTES_MAX
  const messages: Uint8Array[][] = []
  let current: Uint8Array[] = []
  let size = 0
  for (const item of items) {
    for (const piece of split(item, level + 1, room)) {
      const pieceSize = sizeOf(piece)
      if (size > 0 && size + pieceSize > room) {
        messages.push([...others, ...current])
        current = []
        size = 0
      }
      current.push(bytesHead(SPLIT_AT[level], pieceSize), ...piece)
      size += pieceSize + HEADS_BYTES_MAX
    }
  }
  messages.push([...others, ...current])
  return messages
}

/** The contents of field `number`, and all other fields as they are; null when it can not be read. */
function part(message: Uint8Array, number: number): { items: Uint8Array[]; others: Uint8Array[] } | null {
  const items: Uint8Array[] = []
  const others: Uint8Array[] = []
  const fields = new Fields(message)
  while (fields.next()) {
    if (fields.number === number && fields.wire === Wire.bytes) items.push(fields.content())
    else others.push(message.subarray(fields.from, fields.end))
  }
  return fields.broken ? null : { items, others }
}

function sizeOf(parts: readonly Uint8Array[]): number {
  let size = 0
  for (const { length } of parts) size += length
  return size
}
