// Lines that a container runtime cut in pieces (16 KiB each, as a rule), one piece a record. It puts them together, has
// the whole looked at, and says what of each finding lies in which record. It edits nothing.
import type { Finding } from '../../classifier/overlap.ts'
import { LIMITS } from '../../core/limits.ts'
import { criFlag, criStream, criText, isPieceFlag } from '../../wire/cri.ts'
import { Views } from '../../wire/views.ts'
import type { OpenLine } from '../types.ts'
import { CutLine, Owner, type Piece } from './cut_line.ts'
import type { Streams } from './streams.ts'

/** Docker cuts at so many bytes and marks nothing; bytes that are no UTF-8 become up to two more each. */
const DOCKER_PIECE_BYTES = 16_384
const DOCKER_PIECE_BYTES_MAX = DOCKER_PIECE_BYTES + 12

/** Of the end of a line that nobody knows the rest of so much is masked at least, and then the word that it is in. */
const TAIL_BYTES_MIN = 64

const LF = 10
const NOTHING = new Uint8Array(0)

/** What is found in a record because of what is around it, in the leaf with that head; offsets are in its text. */
export interface Extra extends Omit<Finding, 'leaf'> {
  readonly head: number
}

/** No rule: the end of a line is masked because nobody can know what it is a part of. */
export const NO_RULE = -1

/** The findings of the record at hand in the leaf with that head. */
export type AloneOf = (head: number) => Alone

/** Looks at a text that stands at `path` in a record of `service`; undefined when it could not be done. */
export type Look = (path: string, service: string, bytes: Uint8Array, end: number) => readonly Finding[] | undefined

/** What the action of a rule puts in the place of a value. */
export type Redact = (rule: number, value: Uint8Array) => Uint8Array | undefined

/** A record's own findings in the leaf of its piece, offsets in its text. */
export type Alone = readonly { readonly rule: number; readonly start: number; readonly end: number }[]

export class Pieces {
  private open = new Map<string, CutLine>()
  private whole: CutLine[] = []
  /** By record. */
  private readonly alone = new Map<number, Alone>()
  private readonly views = new Views()
  private readonly redact: Redact
  private extras = new Map<number, Extra[]>()
  /** By record, the head of the leaf whose line goes on. */
  private readonly cut = new Map<number, number>()
  /** Lines whose next pieces nobody waits for. */
  private lonely: CutLine[] = []
  private now_ms = 0
  private masked = false

  constructor(redact: Redact) {
    this.redact = redact
  }

  /** True when pieces were seen whose lines have to be put together. */
  get hasOwn(): boolean {
    return this.alone.size > 0
  }

  get isOpen(): boolean {
    return this.open.size > 0
  }

  /** True while it is not known how a line of this batch goes on. */
  get isWanting(): boolean {
    for (const line of this.open.values()) if (line.isWanting) return true
    return false
  }

  begin(carried: readonly OpenLine[], now_ms: number): void {
    this.now_ms = now_ms
    this.masked = false
    this.whole = []
    this.alone.clear()
    this.cut.clear()
    this.lonely = []
    this.open = new Map()
    for (const line of carried) {
      this.open.set(line.stream, new CutLine(line.stream, line.path, line.id, '', line.touched_ms, line))
    }
  }

  /**
   * Takes the record that `streams` looked at; it begins at `record`, or is of a batch behind this one (Owner.next).
   */
  take(streams: Streams, bytes: Uint8Array, record: number, service: string, alone: AloneOf): void {
    const leaf = streams.text
    if (leaf < 0) return
    const { leaves } = streams
    let [source, start, end] = [bytes, leaves.start[leaf], leaves.end[leaf]]
    if (leaves.escaped[leaf] === 1) {
      this.views.clear()
      start = this.views.decodeJson(bytes, start, end, false)
      source = this.views.bytes
      end = this.views.used - 1
    }
    const flag = criFlag(source, start, end)
    let from = flag < 0 ? start : criText(source, flag, end)
    const goesOn = streams.goesOn ?? (flag < 0 ? isDockerPiece(source, start, end) : isPieceFlag(source[flag]))
    const path = streams.paths.render(leaves.path[leaf])
    const stream = `${streams.name}\n${path}\n${flag < 0 ? '' : criStream(source, flag)}`
    let line = this.open.get(stream)
    if (line !== undefined && line.id !== streams.id && line.id !== '' && streams.id !== '') {
      this.end(line)
      line = undefined
    }
    const window = LIMITS.cut_window_bytes
    if (record === Owner.next) {
      if (line === undefined || line.hasEnded) return
      line.isCutOff = end - from > window
      line.add(record, -1, 0, source, from, Math.min(end, from + window))
      line.hasEnded = !goesOn
      return
    }
    if (line === undefined && !goesOn) return
    const head = leaves.head[leaf]
    // Only what is near a cut is looked at.
    if (line === undefined) {
      line = this.begun(stream, path, streams.id, service)
      from = Math.max(from, end - window)
    } else if (!goesOn) {
      line.isCutOff = end - from > window
      end = Math.min(end, from + window)
    } else if (end - from > 2 * window) {
      line.isCutOff = true
      line.add(record, head, from - start, source, from, from + window)
      from = end - window
      line = this.parted(line)
    }
    if (line.service === '') line.service = service
    line.add(record, head, from - start, source, from, end)
    line.touched_ms = this.now_ms
    this.alone.set(record, alone(head))
    if (goesOn) this.cut.set(record, head)
    if (!goesOn) this.end(line)
    else if (line.used > LIMITS.cut_line_bytes_max) this.shorten(line)
  }

  /** Head of the leaf whose line goes on in the record behind that one, or -1. */
  cutHead(record: number): number {
    return this.cut.get(record) ?? -1
  }

  /** What the next batch has to know. */
  carry(): OpenLine[] {
    return Array.from(this.open.values(), (line) => line.open(this.masked && line.isWanting))
  }

  /**
   * Puts the lines together and looks at each. The result has, for each record that something more is found in, what it
   * is. With `isFinal` the end of a line that goes on, who knows how, is masked.
   */
  join(look: Look, isFinal: boolean): ReadonlyMap<number, readonly Extra[]> {
    this.extras = new Map()
    this.masked = isFinal
    for (const line of [...this.whole, ...this.open.values()]) {
      if (!line.hasOwn) continue
      const found = look(line.path, line.service, line.bytes, line.used)
      if (found === undefined) this.mask(line, 0, line.used)
      else for (const one of found) this.divide(line, one)
      if (isFinal && line.isWanting) this.mask(line, tailStart(line.bytes, line.ownEnd), line.ownEnd)
    }
    for (const line of this.lonely) this.mask(line, tailStart(line.bytes, line.used), line.used)
    return this.extras
  }

  /** A new line. When there are too many, it is not known how this one goes on. */
  private begun(stream: string, path: string, id: string, service: string): CutLine {
    const line = new CutLine(stream, path, id, service, this.now_ms)
    if (this.open.size < LIMITS.open_streams_max) this.open.set(stream, line)
    else this.lonely.push(line)
    return line
  }

  private end(line: CutLine): void {
    line.hasEnded = true
    this.open.delete(line.stream)
    if (line.hasOwn) this.whole.push(line)
  }

  private shorten(line: CutLine): void {
    this.end(line)
    this.open.set(line.stream, line.shortened())
  }

  /** The rest of a line whose first part has ended for all that may be found in it. */
  private parted(line: CutLine): CutLine {
    const rest = new CutLine(line.stream, line.path, line.id, line.service, this.now_ms)
    this.end(line)
    this.open.set(line.stream, rest)
    return rest
  }

  /** Gives each record its part of a finding in the whole line. */
  private divide(line: CutLine, found: Finding): void {
    const parts = line.pieces.filter(({ from, to }) => from < found.end && to > found.start)
    if (parts.length === 1) {
      const [piece] = parts
      // The record itself was looked at whole; here only its end or its beginning was.
      if (piece === line.pieces[0] || (line.isCutOff && found.end === line.used)) return
      const { start, end } = within(piece, found)
      const isKnown = ({ rule, ...known }: Alone[number]) =>
        rule === found.rule && known.start === start && known.end === end
      if (!this.alone.get(piece.record)?.some(isKnown)) this.add(piece, { ...found, head: piece.head, start, end })
      return
    }
    const value = line.bytes.slice(found.start, found.end)
    const text = this.redact(found.rule, value)
    const keepsPlaces = text?.length === value.length
    // What an earlier batch masked without knowing what it is has not been counted.
    const first = parts[0].record === Owner.gone && line.isMasked ? 1 : 0
    parts.forEach((piece, at) => {
      const { start, end } = within(piece, found)
      const from = Math.max(piece.from, found.start) - found.start
      const own = keepsPlaces ? text.subarray(from, from + end - start) : at === first ? text : NOTHING
      const part = { isFirst: at === first, text: text && own, value }
      this.add(piece, { ...found, head: piece.head, start, end, part })
    })
  }

  private mask(line: CutLine, start: number, end: number): void {
    const found = { start, end, rule: NO_RULE, observes: false, confidence: 0, whole: false }
    for (const piece of line.pieces) {
      if (piece.from < end && piece.to > start) this.add(piece, { ...found, head: piece.head, ...within(piece, found) })
    }
  }

  private add({ record }: Piece, extra: Extra): void {
    if (record < 0) return
    const known = this.extras.get(record)
    if (known) known.push(extra)
    else this.extras.set(record, [extra])
  }
}

/** Offsets of a range of the line in the text of the leaf that holds the piece. */
function within({ offset, from, to }: Piece, { start, end }: { start: number; end: number }) {
  return { start: offset + Math.max(start, from) - from, end: offset + Math.min(end, to) - from }
}

export function isDockerPiece(bytes: Uint8Array, start: number, end: number): boolean {
  const size = end - start
  return size >= DOCKER_PIECE_BYTES && size <= DOCKER_PIECE_BYTES_MAX && bytes[end - 1] !== LF
}

function tailStart(bytes: Uint8Array, end: number): number {
  const least = Math.max(0, end - TAIL_BYTES_MIN)
  const most = Math.max(0, end - LIMITS.cut_window_bytes)
  let at = least
  while (at > most && !isBreak(bytes[at - 1])) at--
  return at
}

/** White space and quotes end what a secret may be written in. */
function isBreak(byte: number): boolean {
  return byte <= 0x20 || byte === 0x22 || byte === 0x27
}
