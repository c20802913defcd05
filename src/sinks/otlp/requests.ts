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

export interface Request {
  readonly bytes: Uint8Array
  /** Number of the first frame in it, and how many frames it holds; a part of a frame counts as one. */
  readonly first: number
  readonly frames: number
}

/**
 * The requests of the frames from `from` on, in the order of the records; the same ones for the same arguments.
 * `alone`: no frame shares a request with another.
 */
export function requestsOf(batch: Batch, bytes_max: number, from = 0, alone = false): Request[] {
  const { bytes, ends } = batch
  const requests: Request[] = []
  let first = from
  let start = from === 0 ? 0 : ends[from - 1]
  const flush = (next: number): void => {
    const end = next === 0 ? 0 : ends[next - 1]
    const joined = bytes.subarray(start, end)
    const frames = next - first
    if (joined.length > bytes_max) {
      for (const parts of split(joined, 0, bytes_max)) requests.push({ bytes: Buffer.concat(parts), first, frames })
    } else if (joined.length > 0) requests.push({ bytes: joined, first, frames })
    first = next
    start = end
  }
  for (let frame = from; frame < ends.length; frame++) {
    if (frame > first && (alone || ends[frame] - start > bytes_max)) flush(frame)
  }
  flush(ends.length)
  return requests
}

/** Log records in a request. */
export function recordsIn(request: Uint8Array): number {
  let level = [request]
  for (const number of SPLIT_AT) level = level.flatMap((message) => part(message, number)?.items ?? [])
  return level.length
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
