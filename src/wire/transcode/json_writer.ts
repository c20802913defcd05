// Writes records as NDJSON: one line a record, its fields as members of one object. A group makes no line; its members
// are kept and put into each of its lines.
//
//   {"timestamp":"2026-11-21T15:00:00.123456789Z","tag":"app","severity_text":"INFO","attributes":{…},"body":{…},
//    "resource":{…},"scope":{…}}
//
// Each value ends in a comma, which the end of its box overwrites: so there is no state to keep.
import type { RecordWriter } from '../record.ts'
import { LAST_SECOND, writeInt, writePadded, writeTime, writeWide } from './digits.ts'
import { writeBase64, writeBinary, writeHex, writeString } from './escape.ts'
import { Output } from './output.ts'

const encoder = new TextEncoder()
/** By number of the field. */
const MEMBERS = [
  'timestamp',
  'tag',
  'observed_timestamp',
  'severity_text',
  'severity_number',
  'event_name',
  'trace_id',
  'span_id',
  'trace_flags',
  'dropped_attributes_count',
  'attributes',
  'body',
  'resource',
  'scope',
  'options',
].map((name) => encoder.encode(`"${name}":`))
const TRUE = encoder.encode('true,')
const FALSE = encoder.encode('false,')
const NULL = encoder.encode('null,')
const EXT = encoder.encode('{"ext":')
const DATA = encoder.encode(',"data":')
const COMMA = 0x2c
const QUOTE = 0x22
const NOTHING = new Uint8Array(0)

export class JsonWriter implements RecordWriter {
  readonly out: Output
  private group: Uint8Array = NOTHING
  private mark = 0

  constructor(size_hint: number) {
    this.out = new Output(size_hint)
  }

  openRecord(): void {
    this.out.push(0x7b)
  }

  closeRecord(): void {
    if (this.group.length > 0) this.out.append(this.group)
    this.close(0x7d)
    this.out.bytes[this.out.used - 1] = 0x0a
    this.out.endFrame()
  }

  openGroup(): void {
    this.mark = this.out.used
  }

  closeGroup(): void {
    this.group = this.out.bytes.slice(this.mark, this.out.used)
    this.out.used = this.mark
  }

  endGroup(): void {
    this.group = NOTHING
  }

  field(field: number): void {
    this.out.append(MEMBERS[field])
  }

  none(): void {
    this.out.append(NULL)
  }

  bool(value: boolean): void {
    this.out.append(value ? TRUE : FALSE)
  }

  int(value: number): void {
    writeInt(this.out, value)
    this.out.push(COMMA)
  }

  wide(high: number, low: number, negative: boolean): void {
    writeWide(this.out, high, low, negative)
    this.out.push(COMMA)
  }

  /** JSON has no NaN and no infinities: they are strings, as in protobuf's JSON mapping. */
  double(value: number): void {
    const text = Object.is(value, -0) ? '-0' : String(value)
    if (!Number.isFinite(value)) this.out.push(QUOTE)
    this.out.reserve(text.length + 2)
    for (let at = 0; at < text.length; at++) this.out.bytes[this.out.used++] = text.charCodeAt(at)
    if (!Number.isFinite(value)) this.out.push(QUOTE)
    this.out.push(COMMA)
  }

  /** RFC 3339; a time that it cannot write (before 1970, after 9999) stays a number of seconds. */
  time(seconds: number, nanos: number): void {
    if (seconds >= 0 && seconds <= LAST_SECOND) {
      writeTime(this.out, seconds, nanos)
    } else {
      writeInt(this.out, seconds)
      if (nanos > 0) {
        this.out.push(0x2e)
        writePadded(this.out, nanos, 9)
      }
    }
    this.out.push(COMMA)
  }

  id(bytes: Uint8Array, start: number, end: number): void {
    writeHex(this.out, bytes, start, end)
    this.out.push(COMMA)
  }

  str(bytes: Uint8Array, start: number, end: number): void {
    writeString(this.out, bytes, start, end)
    this.out.push(COMMA)
  }

  bin(bytes: Uint8Array, start: number, end: number): void {
    writeBinary(this.out, bytes, start, end)
    this.out.push(COMMA)
  }

  ext(type: number, bytes: Uint8Array, start: number, end: number): void {
    this.out.append(EXT)
    writeInt(this.out, type)
    this.out.append(DATA)
    writeBase64(this.out, bytes, start, end)
    this.out.push(0x7d)
    this.out.push(COMMA)
  }

  openMap(): void {
    this.out.push(0x7b)
  }

  closeMap(): void {
    this.close(0x7d)
  }

  openArray(): void {
    this.out.push(0x5b)
  }

  closeArray(): void {
    this.close(0x5d)
  }

  key(bytes: Uint8Array, start: number, end: number): void {
    writeString(this.out, bytes, start, end)
    this.out.push(0x3a)
  }

  openKey(): void {
    this.keyMarks.push(this.out.used)
  }

  /** A key that is no text is named by its JSON text; one that became a JSON string already is its own name. */
  closeKey(): void {
    const start = this.keyMarks.pop() ?? 0
    const { out } = this
    out.used--
    if (out.bytes[start] !== QUOTE) {
      const text = out.bytes.slice(start, out.used)
      out.used = start
      writeString(out, text, 0, text.length)
    }
    out.push(0x3a)
  }

  /** Keys that are maps may hold such keys again. */
  private readonly keyMarks: number[] = []

  private close(byte: number): void {
    const { out } = this
    if (out.bytes[out.used - 1] === COMMA) out.used--
    out.push(byte)
    out.push(COMMA)
  }
}
