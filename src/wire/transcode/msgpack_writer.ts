// Writes records as forward frames: `[tag, bin32 events]`, events in the plain form, or in the form of v1.5 for a
// record that has more than a time, a tag and a body. Boxes are map32 and array32, whose counts are known last.
//
//   frame ::= 0x92 tag 0xc6 u32be(length) event*
//   event ::= 0x92 time body                         plain
//           | 0x92 0x92 time { "otlp": {…} } body    v1.5
//   time  ::= 0xd7 0x00 u32be(seconds) u32be(nanos)       the observed time, or the caller's, of a record without one
//   body  ::= map | { "log": any other value }      an empty map when there is none
//   group ::= event with time -1, { "schema": "otlp", "resource_id": n, "scope_id": 0 }, { "resource": …, "scope": … }
//             … records …   event with time -2, {} and {}
import { Field, type RecordWriter } from '../record.ts'
import { Output } from './output.ts'
import type { Instant } from './rfc3339.ts'

const encoder = new TextEncoder()
const FRAME_BYTES_MAX = 1024 * 1024
const NAMES = Object.entries(Field)
  .sort((left, right) => left[1] - right[1])
  .map(([name]) => encoder.encode(name))
const OTLP = encoder.encode('otlp')
const SCHEMA = encoder.encode('schema')
const RESOURCE_ID = encoder.encode('resource_id')
const SCOPE_ID = encoder.encode('scope_id')
/** `{ "log":` as a map of one. */
const LOG_MAP = Uint8Array.of(0x81, 0xa3, 0x6c, 0x6f, 0x67)
/** What a group marker has as its seconds begins here: an EventTime cannot hold it. */
const LAST_EVENT_SECOND = 0xfffffffd
const TWO = 0x92
const MAP32 = 0xdf
const ARRAY32 = 0xdd
const doubleBytes = new Uint8Array(8)
const doubleView = new DataView(doubleBytes.buffer)

export class MsgpackWriter implements RecordWriter {
  readonly out: Output
  private readonly tag: Uint8Array
  /** Where the bin32 length of the open frame stands, or -1. */
  private lengthAt = -1
  private eventAt = 0
  private metadata = false
  private inGroup = false
  private groups = 0
  /** The next value is the body. */
  private isBody = false
  private hasBody = false
  private isTimed = false
  private readonly now: Instant
  private readonly observed: Instant = { seconds: 0, nanos: 0 }
  private current: number = Field.body
  /** Open boxes: where the count stands, and the count so far. A map counts its keys. */
  private readonly boxAt: number[] = []
  private readonly counts: number[] = []

  constructor(size_hint: number, tag: string, now: Instant = { seconds: 0, nanos: 0 }) {
    this.now = now
    this.out = new Output(size_hint)
    this.tag = encoder.encode(tag)
  }

  /** Ends the open frame, if there is one. */
  endFrame(): void {
    if (this.lengthAt < 0) return
    this.patch(this.lengthAt, this.out.used - this.lengthAt - 4)
    this.lengthAt = -1
    this.out.endFrame()
  }

  openRecord(): void {
    this.isTimed = false
    this.hasBody = false
    this.observed.seconds = 0
    this.openEvent(0, 0)
  }

  closeRecord(): void {
    if (!this.hasBody) {
      this.field(Field.body)
      this.openMap()
      this.closeMap()
    }
    if (!this.isTimed) this.setTime(this.observed.seconds > 0 ? this.observed : this.now)
    if (this.out.used - this.lengthAt > FRAME_BYTES_MAX && !this.inGroup) this.endFrame()
  }

  openGroup(): void {
    this.inGroup = true
    this.openEvent(0xffffffff, 0)
    this.openMetadata()
    this.key(SCHEMA, 0, SCHEMA.length)
    this.str(OTLP, 0, OTLP.length)
    this.key(RESOURCE_ID, 0, RESOURCE_ID.length)
    this.int(this.groups++)
    this.key(SCOPE_ID, 0, SCOPE_ID.length)
    this.int(0)
    this.closeMap()
    this.openMap()
  }

  closeGroup(): void {
    this.closeMap()
  }

  endGroup(): void {
    this.openEvent(0xfffffffe, 0)
    this.openMetadata()
    this.closeMap()
    this.openMap()
    this.closeMap()
    this.inGroup = false
  }

  /** A field between time and body is a member of the OTLP metadata. The tag of a record is that of its frame. */
  field(field: number): void {
    this.current = field
    if (field === Field.timestamp || field === Field.tag) return
    if (field === Field.body) {
      this.isBody = true
      this.hasBody = true
      if (!this.metadata) return
      this.closeMap()
      this.closeMap()
      return
    }
    if (field < Field.body && !this.metadata) {
      this.openMetadata()
      this.key(OTLP, 0, OTLP.length)
      this.openMap()
    }
    this.key(NAMES[field], 0, NAMES[field].length)
    this.current = field
  }

  none(): void {
    this.item()
    this.out.push(0xc0)
  }

  bool(value: boolean): void {
    this.item()
    this.out.push(value ? 0xc3 : 0xc2)
  }

  int(value: number): void {
    const high = Math.floor(value / 0x100000000)
    if (value < -0x20 || value > 0xffffffff) {
      this.halves(value < 0 ? 0xd3 : 0xcf, high, value)
      return
    }
    this.item()
    if (value < 0x80) this.out.push(value & 0xff)
    else if (value < 0x100) this.head(0xcc, value, 1)
    else if (value < 0x10000) this.head(0xcd, value, 2)
    else this.head(0xce, value, 4)
  }

  wide(high: number, low: number, negative: boolean): void {
    if (!negative) this.halves(0xcf, high, low)
    else if (low === 0) this.halves(0xd3, -high, 0)
    else this.halves(0xd3, ~high, -low)
  }

  double(value: number): void {
    this.item()
    this.out.push(0xcb)
    this.out.reserve(8)
    doubleView.setFloat64(0, value)
    this.out.append(doubleBytes)
  }

  time(seconds: number, nanos: number): void {
    if (this.current === Field.timestamp) {
      this.isTimed = true
      this.setTime({ seconds, nanos })
      return
    }
    if (this.current === Field.observed_timestamp) Object.assign(this.observed, { seconds, nanos })
    const value = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
    this.halves(0xcf, Number(value >> 32n), Number(value & 0xffffffffn))
  }

  id(bytes: Uint8Array, start: number, end: number): void {
    this.bin(bytes, start, end)
  }

  str(bytes: Uint8Array, start: number, end: number): void {
    if (this.current === Field.tag) return
    this.item()
    const length = end - start
    if (length < 32) this.out.push(0xa0 | length)
    else if (length < 0x100) this.head(0xd9, length, 1)
    else if (length < 0x10000) this.head(0xda, length, 2)
    else this.head(0xdb, length, 4)
    this.out.appendRange(bytes, start, end)
  }

  bin(bytes: Uint8Array, start: number, end: number): void {
    this.item()
    this.head(0xc6, end - start, 4)
    this.out.appendRange(bytes, start, end)
  }

  ext(type: number, bytes: Uint8Array, start: number, end: number): void {
    this.item()
    this.head(0xc9, end - start, 4)
    this.out.push(type & 0xff)
    this.out.appendRange(bytes, start, end)
  }

  openMap(): void {
    this.isBody = false
    this.open(MAP32)
  }

  closeMap(): void {
    this.close()
  }

  openArray(): void {
    this.open(ARRAY32)
  }

  closeArray(): void {
    this.close()
  }

  key(bytes: Uint8Array, start: number, end: number): void {
    this.current = Field.body
    this.str(bytes, start, end)
  }

  openKey(): void {}

  closeKey(): void {}

  private open(first: number): void {
    this.item()
    this.head(first, 0, 4)
    this.boxAt.push(this.out.used - 4)
    this.counts.push(0)
  }

  private close(): void {
    const items = this.counts.pop() ?? 0
    const at = this.boxAt.pop() ?? 0
    this.patch(at, this.out.bytes[at - 1] === MAP32 ? items / 2 : items)
  }

  /** Every value but the outermost is an item of a box; a body that is no map is put into one. */
  private item(): void {
    if (this.isBody) {
      this.isBody = false
      this.out.append(LOG_MAP)
    }
    if (this.counts.length > 0) this.counts[this.counts.length - 1]++
  }

  private setTime({ seconds, nanos }: Instant): void {
    this.patch(this.eventAt + 3, Math.min(seconds, LAST_EVENT_SECOND))
    this.patch(this.eventAt + 7, nanos)
  }

  private openEvent(seconds: number, nanos: number): void {
    const { out } = this
    if (this.lengthAt < 0) {
      out.push(TWO)
      this.current = Field.body
      this.str(this.tag, 0, this.tag.length)
      this.head(0xc6, 0, 4)
      this.lengthAt = out.used - 4
    }
    this.metadata = false
    this.eventAt = out.used
    out.push(TWO)
    out.push(0xd7)
    this.head(0, seconds, 4)
    this.head(nanos >>> 24, nanos, 3)
  }

  /** Turns the open event into the form of v1.5: one more array around the time, and a map. */
  private openMetadata(): void {
    const { out } = this
    this.metadata = true
    out.push(0)
    out.bytes.copyWithin(this.eventAt + 1, this.eventAt, out.used - 1)
    this.eventAt++
    this.openMap()
  }

  /** A first byte, and a number behind it in `width` bytes. */
  private head(first: number, value: number, width: number): void {
    this.out.push(first)
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) this.out.push((value >>> shift) & 0xff)
  }

  private halves(first: number, high: number, low: number): void {
    this.item()
    this.head(first, high, 4)
    this.out.reserve(4)
    this.out.used += 4
    this.patch(this.out.used - 4, low)
  }

  private patch(at: number, value: number): void {
    const { bytes } = this.out
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }
}
