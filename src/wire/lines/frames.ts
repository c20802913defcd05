// Makes JSON frames of lines. An object stays byte for byte what it was, with members of the source put in front; any
// other text becomes the member `log`. What can not be looked into becomes a record that says so, and no byte of it
// goes on. It decides nothing about what is in a line.
import { isUtf8 } from 'node:buffer'
import { BATCH_PAD_BYTES, type Batch } from '../../core/batch.ts'
import { criFlag, criStream, criText } from '../cri.ts'
import { skipJson, skipSpace } from '../transcode/json_skip.ts'

/**
 * - `auto`: an object is one, anything else is text, line by line.
 * - `json`: every line is JSON; one that is not fails closed.
 * - `text`: every line is text.
 * - `cri`: container logs of Kubernetes; a line that is none is read as by `auto`.
 * - `docker`: Docker's json-file; it is read as by `auto`, but its `log` is what is joined to records of several lines.
 */
export type LinesFormat = 'auto' | 'json' | 'text' | 'cri' | 'docker'

/** Why a line can not be looked into. */
export type Unreadable = 'line_too_long' | 'binary'

const LF = 0x0a
const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d
const HEX = Buffer.from('0123456789abcdef')
const U = 0x75
const ZERO = 0x30
/** Shorter runs are copied by a loop: a native copy costs a call. */
const SHORT_COPY_BYTES = 48

/** What stands behind the backslash of a byte that may not stand in a string; 0 for all others. */
const ESCAPED = new Uint8Array(256).fill(U, 0, 0x20)
for (const [byte, letter] of [
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [12, 'f'],
  [13, 'r'],
] as const) {
  ESCAPED[byte] = letter.charCodeAt(0)
}

const OPEN_BYTES = Buffer.from('{')
const LOG = Buffer.from('"log":"')
const TEXT_END = Buffer.from('"}\n')
const NOTHING = Buffer.alloc(0)
const FIRST_BYTES = 4 * 1024

export class LineFrames {
  private readonly members: Buffer
  private out: Buffer = NOTHING
  private expected = 0
  private used = 0
  private ends: number[] = []

  /** `members`: as they stand in an object, each with a comma behind it. */
  constructor(members: Buffer) {
    this.members = members
  }

  get isEmpty(): boolean {
    return this.ends.length === 0
  }

  add(bytes: Buffer, start: number, end: number, format: LinesFormat): void {
    if (format === 'json') this.addJson(bytes, start, end)
    else if (format === 'text') this.addText(bytes, start, end, NOTHING)
    else if (format === 'cri' && this.addCri(bytes, start, end)) return
    else if (isObject(bytes, start, end)) this.addJson(bytes, start, end)
    else this.addText(bytes, start, end, NOTHING)
  }

  /** A record whose `log` is the text, behind members that belong to it alone. */
  addText(bytes: Buffer, start: number, end: number, head: Buffer): void {
    this.reserve(this.members.length + head.length + LOG.length + 6 * (end - start) + 8)
    this.append(OPEN_BYTES)
    this.append(this.members)
    this.append(head)
    this.append(LOG)
    this.appendText(bytes, start, end)
    this.append(TEXT_END)
    this.ends.push(this.used)
  }

  addUnreadable(reason: Unreadable, size: number): void {
    this.reserve(this.members.length + 128)
    this.append(OPEN_BYTES)
    this.append(this.members)
    this.append(Buffer.from(`"logveil_unreadable":"${reason}","bytes":${size}}\n`))
    this.ends.push(this.used)
  }

  /** All frames; its buffer is padded and its own. Null when there is none. */
  take(origin: string): Batch | null {
    if (this.ends.length === 0) return null
    const bytes = new Uint8Array(this.out.buffer, 0, this.used)
    const batch: Batch = { format: 'json', bytes, ends: Uint32Array.from(this.ends), origin }
    // The next one will be about as large: what is too much of a buffer is memory that nobody counts.
    this.expected = this.used + this.used / 16
    this.out = NOTHING
    this.used = 0
    this.ends = []
    return batch
  }

  private addJson(bytes: Buffer, start: number, end: number): void {
    this.reserve(this.members.length + end - start + 2)
    const open = skipSpace(bytes, start, end)
    if (this.members.length > 0 && bytes[open] === OPEN) {
      this.append(OPEN_BYTES)
      this.append(this.members)
      // Nothing follows the last comma when the object is empty.
      const next = skipSpace(bytes, open + 1, end)
      if (bytes[next] === CLOSE && this.out[this.used - 1] === COMMA) this.used--
      start = open + 1
    }
    bytes.copy(this.out, this.used, start, end)
    this.used += end - start
    this.out[this.used++] = LF
    this.ends.push(this.used)
  }

  private addCri(bytes: Buffer, start: number, end: number): boolean {
    const flag = criFlag(bytes, start, end)
    if (flag < 0) return false
    const tag = bytes[flag] === 0x50 ? 'P' : 'F'
    this.addText(bytes, criText(bytes, flag, end), end, criHead(bytes, start, flag, tag))
    return true
  }

  /** Escaped as a string of JSON needs it; there is room for six bytes for each. */
  private appendText(bytes: Buffer, start: number, end: number): void {
    const begun = this.used
    let bits = 0
    let from = start
    for (let at = start; at < end; at++) {
      const byte = bytes[at]
      bits |= byte
      if (ESCAPED[byte] === 0) continue
      this.appendRun(bytes, from, at)
      from = at + 1
      this.appendEscape(byte)
    }
    this.appendRun(bytes, from, end)
    if (bits <= 0x7f || isUtf8(bytes.subarray(start, end))) return
    // What is no UTF-8 becomes U+FFFD: three bytes for one at most.
    const mended = Buffer.from(bytes.toString('utf8', start, end))
    this.used = begun
    this.reserve(6 * mended.length + TEXT_END.length)
    this.appendText(mended, 0, mended.length)
  }

  private appendRun(bytes: Buffer, start: number, end: number): void {
    if (end - start > SHORT_COPY_BYTES) {
      this.used += bytes.copy(this.out, this.used, start, end)
      return
    }
    const { out } = this
    let used = this.used
    for (let at = start; at < end; at++) out[used++] = bytes[at]
    this.used = used
  }

  private appendEscape(byte: number): void {
    const { out } = this
    out[this.used++] = BACKSLASH
    if (ESCAPED[byte] !== U) {
      out[this.used++] = ESCAPED[byte]
      return
    }
    out[this.used++] = U
    out[this.used++] = ZERO
    out[this.used++] = ZERO
    out[this.used++] = HEX[byte >> 4]
    out[this.used++] = HEX[byte & 15]
  }

  private append(bytes: Buffer): void {
    bytes.copy(this.out, this.used)
    this.used += bytes.length
  }

  private reserve(size: number): void {
    const needed = this.used + size
    if (needed + BATCH_PAD_BYTES <= this.out.length) return
    // A batch of its own memory, which a worker may be given.
    const wanted = this.out.length === 0 ? Math.max(this.expected, FIRST_BYTES) : this.out.length * 2
    const bigger = Buffer.allocUnsafeSlow(Math.max(needed, wanted) + BATCH_PAD_BYTES)
    this.out.copy(bigger, 0, 0, this.used)
    this.out = bigger
  }
}

/** Members for the time, the stream and the flag of a line of a container log that begins at `start`. */
export function criHead(bytes: Buffer, start: number, flag: number, tag: 'P' | 'F'): Buffer {
  const stream = criStream(bytes, flag)
  const time = JSON.stringify(bytes.toString('latin1', start, flag - stream.length - 2))
  return Buffer.from(`"time":${time},"stream":"${stream}","logtag":"${tag}",`)
}

export function isObject(bytes: Buffer, start: number, end: number): boolean {
  const at = skipSpace(bytes, start, end)
  if (bytes[at] !== OPEN || at >= end) return false
  const stop = skipJson(bytes, at, end)
  return stop >= 0 && skipSpace(bytes, stop, end) === end
}
