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
const OPEN_BYTES = Buffer.from('{')
const LOG = Buffer.from('"log":"')
const TEXT_END = Buffer.from('"}\n')
const NO_MEMBERS = Buffer.alloc(0)

export class LineFrames {
  private readonly members: Buffer
  private out: Buffer = Buffer.alloc(0)
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
    else if (format === 'text') this.addText(bytes, start, end, NO_MEMBERS)
    else if (format === 'cri' && this.addCri(bytes, start, end)) return
    else if (isObject(bytes, start, end)) this.addJson(bytes, start, end)
    else this.addText(bytes, start, end, NO_MEMBERS)
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
    this.out = Buffer.alloc(0)
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

  private appendText(bytes: Buffer, start: number, end: number): void {
    let extra = 0
    let bits = 0
    for (let at = start; at < end; at++) {
      const byte = bytes[at]
      bits |= byte
      if (byte < 0x20) extra += 5
      else if (byte === QUOTE || byte === BACKSLASH) extra++
    }
    if (bits > 0x7f && !isUtf8(bytes.subarray(start, end))) {
      // What is no UTF-8 becomes U+FFFD: three bytes for one at most, and the room is for six.
      const mended = Buffer.from(bytes.toString('utf8', start, end))
      this.reserve(6 * mended.length + 8)
      this.appendText(mended, 0, mended.length)
    } else if (extra === 0) {
      bytes.copy(this.out, this.used, start, end)
      this.used += end - start
    } else this.appendEscaped(bytes, start, end)
  }

  private appendEscaped(bytes: Buffer, start: number, end: number): void {
    const { out } = this
    let used = this.used
    for (let at = start; at < end; at++) {
      const byte = bytes[at]
      if (byte < 0x20) {
        used += out.write(SHORT[byte] ?? '\\u00', used, 'latin1')
        if (SHORT[byte] !== undefined) continue
        out[used++] = HEX[byte >> 4]
        out[used++] = HEX[byte & 15]
        continue
      }
      if (byte === QUOTE || byte === BACKSLASH) out[used++] = BACKSLASH
      out[used++] = byte
    }
    this.used = used
  }

  private append(bytes: Buffer): void {
    bytes.copy(this.out, this.used)
    this.used += bytes.length
  }

  private reserve(size: number): void {
    const needed = this.used + size
    if (needed + BATCH_PAD_BYTES <= this.out.length) return
    // A batch of its own memory, which a worker may be given.
    const bigger = Buffer.allocUnsafeSlow(Math.max(needed + BATCH_PAD_BYTES, this.out.length * 2, 64 * 1024))
    this.out.copy(bigger, 0, 0, this.used)
    this.out = bigger
  }
}

const SHORT: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r' }

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
