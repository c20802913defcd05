// Reads what one whole request says: its mode, tag, events, options. Offsets into the bytes, no copies of events.
//
//   Message       ::= [ Tag, Metadata, Record, Option? ]
//   Forward       ::= [ Tag, [ Event* ], Option? ]
//   PackedForward ::= [ Tag, (str|bin) Event*, Option? ]
//   Metadata      ::= nil | integer | float | EventTime | [ Time, map ]
//   Option        ::= nil | map { chunk, size, compressed, fluent_signal, metadata, … }
//
// Source: Fluent Forward Protocol Specification v1 and v1.5, and what the senders do (docs in the test fixtures).
import {
  contentBytes,
  headBytes,
  isArray,
  isBin,
  isMap,
  isStr,
  members,
  rawText,
  skipValue,
} from '../../net/msgpack.ts'
import type { RequestScan } from './scan.ts'

/** A sender's ack token is 24 to 88 bytes; one longer than this is no token. */
const CHUNK_BYTES_MAX = 4096
/** Tags come from host, pod and file names. */
const TAG_BYTES_MAX = 16 * 1024

const [CHUNK, SIZE, COMPRESSED, FLUENT_SIGNAL, METADATA] = [
  'chunk',
  'size',
  'compressed',
  'fluent_signal',
  'metadata',
].map((name) => Buffer.from(name))

export type Mode = 'message' | 'forward' | 'packed'

/** One object a connection, filled anew for each request. */
export class Request {
  mode: Mode = 'message'
  tagFrom = 0
  tagTo = 0
  /** Message: time and record. Forward, packed: the events back to back. */
  eventsFrom = 0
  eventsTo = 0
  /** The sender's ack token with its header, exactly as received (a view); null when no ack is wanted. */
  chunk: Uint8Array | null = null
  compressed = ''
  /** 0 logs, 1 metrics, 2 traces, 3 blobs; -1 for what is no number of these. */
  signal = 0
  /** Message mode: record metadata that its sender put in the options; empty when there is none. */
  metadataFrom = 0
  metadataTo = 0
  private pairs = 0
  private readonly ranges: number[] = []

  /** False when it is no request by the grammar above. */
  read(bytes: Uint8Array, start: number, scan: RequestScan): boolean {
    this.chunk = null
    this.compressed = ''
    this.signal = 0
    this.metadataFrom = this.metadataTo = 0
    this.pairs = this.ranges.length = 0
    this.tagFrom = start + scan.starts[0]
    this.tagTo = start + scan.starts[1]
    const first = bytes[this.tagFrom]
    if (!(isStr(first) || isBin(first)) || this.tagTo - this.tagFrom > TAG_BYTES_MAX) return false
    const option = this.readBody(bytes, start, scan)
    if (option < 0) return false
    if (option >= scan.count) return true
    return this.readOption(bytes, start + scan.starts[option], start + scan.starts[option + 1])
  }

  /** Options that are nobody's business but the receiver's, as an encoded map; null when there are none. */
  rest(bytes: Uint8Array): Uint8Array | null {
    if (this.pairs === 0) return null
    const head = this.pairs < 16 ? Buffer.of(0x80 | this.pairs) : Buffer.of(0xdf, 0, 0, 0, 0)
    if (this.pairs >= 16) head.writeUInt32BE(this.pairs, 1)
    const parts: Uint8Array[] = [head]
    for (let at = 0; at < this.ranges.length; at += 2) parts.push(bytes.subarray(this.ranges[at], this.ranges[at + 1]))
    return Buffer.concat(parts)
  }

  /** Index of the option element, or -1 when the shape is wrong. */
  private readBody(bytes: Uint8Array, start: number, scan: RequestScan): number {
    const from = start + scan.starts[1]
    const first = bytes[from]
    if (isStr(first) || isBin(first)) this.mode = 'packed'
    else if (isArray(first)) this.mode = isMetadata(bytes, from, scan) ? 'message' : 'forward'
    else if (isMap(first) || first === 0xc2 || first === 0xc3) return -1
    else this.mode = 'message'
    const option = this.mode === 'message' ? 3 : 2
    if (scan.count < option || scan.count > option + 1) return -1
    this.eventsFrom = this.mode === 'message' ? from : from + headBytes(first)
    this.eventsTo = start + scan.starts[option]
    return option
  }

  private readOption(bytes: Uint8Array, from: number, to: number): boolean {
    // Docker 18 sends nil where it has no options.
    if (bytes[from] === 0xc0) return true
    if (!isMap(bytes[from])) return false
    let at = from + headBytes(bytes[from])
    while (at < to) {
      const value = skipValue(bytes, at, to)
      const end = skipValue(bytes, value, to)
      if (!this.takeOption(bytes, at, value, end)) return false
      at = end
    }
    return true
  }

  private takeOption(bytes: Uint8Array, key: number, value: number, end: number): boolean {
    if (isNamed(bytes, key, SIZE)) return true
    if (isNamed(bytes, key, CHUNK)) {
      if (end - value > CHUNK_BYTES_MAX) return false
      this.chunk = bytes[value] === 0xc0 ? null : bytes.subarray(value, end)
      return true
    }
    if (isNamed(bytes, key, COMPRESSED)) {
      const kind = rawText(bytes, value)
      this.compressed = kind === null ? '' : latin1(kind.subarray(0, 16))
      return true
    }
    if (isNamed(bytes, key, FLUENT_SIGNAL)) {
      this.signal = smallInteger(bytes, value, end)
      return true
    }
    const isPlain = this.mode === 'message' && !isArray(bytes[this.eventsFrom])
    if (isPlain && isMap(bytes[value]) && isNamed(bytes, key, METADATA)) {
      if (members(bytes, value) > 0) {
        this.metadataFrom = value
        this.metadataTo = end
      }
      return true
    }
    this.pairs++
    this.ranges.push(key, end)
    return true
  }
}

/**
 * Tells the third form of metadata, `[ Time, map ]`, from the events of Forward mode, which are arrays themselves:
 * only an event is followed by nothing or by options, and only metadata begins with what is no array.
 */
function isMetadata(bytes: Uint8Array, from: number, scan: RequestScan): boolean {
  return scan.count >= 3 && members(bytes, from) === 2 && !isArray(bytes[from + headBytes(bytes[from])])
}

/** Compares the key at `at` with a name, without making a string. */
function isNamed(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  const first = bytes[at]
  if (!isStr(first) && !isBin(first)) return false
  if (contentBytes(bytes, at) !== name.length) return false
  const start = at + headBytes(first)
  for (let next = 0; next < name.length; next++) if (bytes[start + next] !== name[next]) return false
  return true
}

/** The integer in [at, end) when it is 0 to 255 in whatever width, 0 for nil, else -1. */
function smallInteger(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]
  if (first <= 0x7f) return first
  if (first === 0xc0) return 0
  if (first < 0xcc || first > 0xd3) return -1
  for (let next = at + 1; next < end - 1; next++) if (bytes[next] !== 0) return -1
  return bytes[end - 1]
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
