// Reads the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS) as it comes out of a pipe. It knows fields, and
// not what they mean.
//
//   Export ::= ( Field* LF )*                          an empty line ends an entry
//   Field  ::= NAME "=" text LF                        text without line feeds and control characters
//            | NAME LF u64le(size) bytes LF            anything
import { grownBytes } from '../../core/growable.ts'

const LF = 0x0a
const EQUALS = 0x3d
const SIZE_BYTES = 8
/** journald takes names of up to 64 bytes. */
const NAME_BYTES_MAX = 256

/** Where the name and the value of each field lie: four offsets. */
export type Fields = readonly number[]

export interface EntryTaker {
  entry(bytes: Uint8Array, fields: Fields): void
  /** An entry that was not kept. `cursor`: its address, if that came before the limit. */
  tooLarge(size: number, cursor: string): void
}

export class ExportReader {
  private readonly bytes_max: number
  private readonly taker: EntryTaker
  private buffer: Uint8Array = new Uint8Array(64 * 1024)
  /** Of the entry under way: all that came of it, and how far its fields were read. */
  private used = 0
  private at = 0
  private searched = 0
  private readonly fields: number[] = []
  /** An entry over the limit: bytes of it that went; -1: none is under way. */
  private gone = -1
  private cursor = ''
  /** Bytes of a value that go unread. */
  private skipping = 0
  /** In a line that goes unread. */
  private inLine = false

  constructor(bytes_max: number, taker: EntryTaker) {
    this.bytes_max = bytes_max
    this.taker = taker
  }

  push(chunk: Uint8Array): void {
    if (this.used + chunk.length > this.buffer.length) this.buffer = grownBytes(this.buffer, this.used + chunk.length)
    this.buffer.set(chunk, this.used)
    this.used += chunk.length
    while (this.step());
    if (this.gone < 0 && this.used > this.bytes_max) this.giveUp()
    if (this.gone >= 0) this.forget(this.at)
  }

  /** Reads one field or the end of an entry. False: more must come first. */
  private step(): boolean {
    const { buffer, used, at } = this
    if (this.skipping > 0) {
      const size = Math.min(this.skipping, used - at)
      this.skipping -= size
      this.at += size
      this.searched = this.at
      return this.skipping === 0 && this.at < used
    }
    const end = buffer.subarray(0, used).indexOf(LF, Math.max(at, this.searched))
    if (end < 0) {
      this.searched = used
      // What may still be the name of a binary field stays.
      if (this.gone >= 0 && (this.inLine || isText(buffer, at, used))) {
        this.inLine = true
        this.at = used
      }
      return false
    }
    if (this.inLine) {
      this.inLine = false
      this.at = end + 1
      return true
    }
    if (end === at) {
      this.endEntry()
      return true
    }
    const equals = buffer.subarray(at, end).indexOf(EQUALS)
    return equals >= 0 ? this.take(at, at + equals, at + equals + 1, end) : this.takeBinary(at, end)
  }

  private takeBinary(at: number, nameEnd: number): boolean {
    const from = nameEnd + 1 + SIZE_BYTES
    if (from > this.used) {
      this.searched = at
      return false
    }
    const view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.used)
    const size = Number(view.getBigUint64(nameEnd + 1, true))
    if (this.gone >= 0 || from + size > this.bytes_max) {
      this.giveUp()
      // With the line feed behind it.
      this.skipping = size + 1
      this.at = from
      return true
    }
    if (from + size + 1 > this.used) {
      this.searched = at
      return false
    }
    return this.take(at, nameEnd, from, from + size)
  }

  private take(nameStart: number, nameEnd: number, start: number, end: number): boolean {
    if (this.gone < 0) this.fields.push(nameStart, nameEnd, start, end)
    this.at = end + 1
    this.searched = this.at
    return true
  }

  private endEntry(): void {
    if (this.at > this.bytes_max) this.giveUp()
    if (this.gone >= 0) this.taker.tooLarge(this.gone + this.at, this.cursor)
    else if (this.fields.length > 0) this.taker.entry(this.buffer, this.fields)
    this.gone = -1
    this.forget(this.at + 1)
    this.fields.length = 0
  }

  /** The entry under way is too large: from here on its fields are only counted. */
  private giveUp(): void {
    if (this.gone >= 0) return
    this.gone = 0
    this.cursor = cursorOf(this.buffer, this.fields)
    this.fields.length = 0
  }

  private forget(to: number): void {
    this.buffer.copyWithin(0, to, this.used)
    this.used -= to
    if (this.gone >= 0) this.gone += to
    this.at = 0
    this.searched = Math.max(0, this.searched - to)
  }
}

/** True when the beginning of a line is of a text field. Names are short. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > NAME_BYTES_MAX || bytes.subarray(start, end).indexOf(EQUALS) >= 0
}

/** The address of an entry: its first field. */
export function cursorOf(bytes: Uint8Array, fields: Fields): string {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + (fields[0] ?? 0), (fields[1] ?? 0) - (fields[0] ?? 0))
  if (name.toString('latin1') !== '__CURSOR') return ''
  return Buffer.from(bytes.buffer, bytes.byteOffset + fields[2], fields[3] - fields[2]).toString('latin1')
}
