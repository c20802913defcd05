// The frames of a JSON batch as documents, for sinks that put something around or between them: each on one line,
// without line feed or space around it. Frames without a document are left out.
import type { Batch } from '../core/batch.ts'
import type { Facts } from './document_facts.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const NOTHING = new Uint8Array(0)
const FEED = Uint8Array.of(LINE_FEED)
const COMMA = Uint8Array.of(0x2c)
const OPEN = Uint8Array.of(0x5b)
const CLOSE = Uint8Array.of(0x5d)

export interface Document {
  /** A view of the batch's bytes, but for a document over several lines, which is copied. */
  readonly bytes: Uint8Array
  /** A name of its own, in whatever batch it comes: events have one. */
  readonly id?: string
  /** What is known of it without a look into its bytes. */
  readonly facts?: Facts
}

export function documentsOf({ bytes, ends }: Batch): Document[] {
  const documents: Document[] = []
  let start = 0
  for (const end of ends) {
    let first = start
    while (first < end && isSpace(bytes[first])) first++
    let last = end
    while (last > first && isSpace(bytes[last - 1])) last--
    if (last > first) documents.push({ bytes: onOneLine(bytes, first, last) })
    start = end
  }
  return documents
}

/** Line feeds in JSON stand between tokens only, where a space says the same. */
function onOneLine(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const view = bytes.subarray(start, end)
  if (!view.includes(LINE_FEED)) return view
  return view.map((byte) => (isBreak(byte) ? 0x20 : byte))
}

function isBreak(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || isBreak(byte)
}

/** NDJSON. */
export function linesOfDocuments(documents: readonly Document[]): Uint8Array {
  return put(documents, FEED, NOTHING, NOTHING)
}

/** A JSON array, its elements parted by commas. */
export function arrayOf(documents: readonly Document[]): Uint8Array {
  const bytes = put(documents, COMMA, OPEN, CLOSE)
  // The comma behind the last element gives way to the bracket.
  if (documents.length === 0) return bytes
  bytes[bytes.length - 2] = CLOSE[0]
  return bytes.subarray(0, bytes.length - 1)
}

function put(documents: readonly Document[], behind: Uint8Array, first: Uint8Array, last: Uint8Array): Uint8Array {
  let size = first.length + last.length
  for (const document of documents) size += document.bytes.length + behind.length
  const bytes = new Uint8Array(size)
  bytes.set(first, 0)
  let at = first.length
  for (const document of documents) {
    bytes.set(document.bytes, at)
    at += document.bytes.length
    bytes.set(behind, at)
    at += behind.length
  }
  bytes.set(last, at)
  return bytes
}

/** What a body is put together from: few small texts beside the bytes of documents. */
export type Piece = string | Uint8Array

export function joinPieces(pieces: readonly Piece[]): Uint8Array {
  let size = 0
  for (const piece of pieces) size += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') at += bytes.write(piece, at)
    else {
      bytes.set(piece, at)
      at += piece.length
    }
  }
  return bytes
}
