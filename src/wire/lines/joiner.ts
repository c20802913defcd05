// Joins lines that belong together to one record: a stack trace, a statement, the pieces of a line that a container
// runtime cut. Two streams of one file are joined each by itself. It never cuts a line, and never holds one for longer
// than it is told.
import RE2 from 're2'
import { criFlag, criStream, criText, isPieceFlag } from '../cri.ts'
import { dockerLine } from './docker.ts'
import { criHead, isObject, type LineFrames, type LinesFormat } from './frames.ts'

export interface Joining {
  /** A line that matches begins a record. */
  readonly starts?: string
  /** A line that matches goes on the record before it. */
  readonly continues?: string
  /** So long after its last line a record is over. */
  readonly timeout_ms: number
  /** Longer records are cut between lines. */
  readonly lines_max: number
}

interface Group {
  /** Where its first line begins in the stream. */
  readonly from: number
  readonly head: Buffer
  readonly parts: Buffer[]
  bytes: number
  lines: number
  /** Its last line goes on in the next one. */
  isOpen: boolean
  since_ms: number
}

const FEED = Buffer.from('\n')
const NOTHING = Buffer.alloc(0)
/** RE2 may look a few bytes behind the end of what it is given. */
const PAD_BYTES = 8

export class LineJoiner {
  private readonly joining: Joining
  private readonly format: LinesFormat
  private readonly record_bytes_max: number
  private readonly frames: LineFrames
  private readonly pattern: RE2
  private readonly groups = new Map<string, Group>()
  /** Records of two streams were held at once: one may have gone out before another that begins earlier. */
  private wasMixed = false

  constructor(joining: Joining, format: LinesFormat, record_bytes_max: number, frames: LineFrames) {
    this.joining = joining
    this.format = format
    this.record_bytes_max = record_bytes_max
    this.frames = frames
    this.pattern = new RE2(joining.starts ?? joining.continues ?? '', 'u')
  }

  /** Where the first line begins that is held, or `otherwise`. */
  heldFrom(otherwise: number): number {
    let from = otherwise
    for (const group of this.groups.values()) from = Math.min(from, group.from)
    return from
  }

  /** Whether all records since the last call went out in the order in which they begin, and will go on so. */
  keptOrder(): boolean {
    const kept = !this.wasMixed
    this.wasMixed = this.groups.size > 1
    return kept
  }

  add(bytes: Buffer, start: number, end: number, from: number, now_ms: number): void {
    const { format } = this
    if (format === 'cri') {
      const flag = criFlag(bytes, start, end)
      if (flag >= 0) {
        const isOpen = isPieceFlag(bytes[flag])
        const text = bytes.subarray(criText(bytes, flag, end), end)
        this.take(criStream(bytes, flag), text, criHead(bytes, start, flag, 'F'), isOpen, from, now_ms)
        return
      }
    }
    const isRecord = format === 'json' || (format !== 'text' && isObject(bytes, start, end))
    const docker = isRecord && format === 'docker' ? dockerLine(bytes, start, end) : null
    if (docker !== null) this.take(docker.stream, docker.text, docker.head, docker.goesOn, from, now_ms)
    else if (isRecord) {
      this.flushAll()
      this.frames.add(bytes, start, end, format)
    } else this.take('', bytes.subarray(start, end), NOTHING, false, from, now_ms)
  }

  /** Ends the records whose time is over. */
  expire(now_ms: number): void {
    for (const [stream, group] of this.groups) {
      if (now_ms - group.since_ms >= this.joining.timeout_ms) this.flush(stream, group)
    }
  }

  flushAll(): void {
    for (const [stream, group] of this.groups) this.flush(stream, group)
  }

  private take(stream: string, text: Buffer, head: Buffer, isOpen: boolean, from: number, now_ms: number): void {
    let group = this.groups.get(stream)
    const isPiece = group?.isOpen === true
    if (group !== undefined && !isPiece && (this.begins(text) || this.isFull(group, text))) {
      this.flush(stream, group)
      group = undefined
    }
    if (group === undefined) {
      group = { from, head, parts: [], bytes: 0, lines: 0, isOpen, since_ms: now_ms }
      this.groups.set(stream, group)
      this.wasMixed ||= this.groups.size > 1
    } else if (!isPiece) {
      group.parts.push(FEED)
      group.bytes += FEED.length
    }
    group.bytes += text.length
    // The pieces of one line are bounded too; what is too long is not kept.
    if (group.bytes <= this.record_bytes_max) group.parts.push(Buffer.from(text))
    else group.parts.length = 0
    group.lines += isPiece ? 0 : 1
    group.isOpen = isOpen
    group.since_ms = now_ms
  }

  private begins(text: Buffer): boolean {
    const padded = Buffer.alloc(text.length + PAD_BYTES)
    text.copy(padded)
    const matches = this.pattern.exec(padded.subarray(0, text.length)) !== null
    return this.joining.starts === undefined ? !matches : matches
  }

  private isFull(group: Group, text: Buffer): boolean {
    return group.lines >= this.joining.lines_max || group.bytes + FEED.length + text.length > this.record_bytes_max
  }

  private flush(stream: string, group: Group): void {
    this.groups.delete(stream)
    const record = Buffer.concat(group.parts)
    if (group.bytes > this.record_bytes_max) this.frames.addUnreadable('line_too_long', group.bytes)
    else this.frames.addText(record, 0, record.length, group.head)
  }
}
