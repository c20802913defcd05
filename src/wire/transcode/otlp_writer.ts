// Writes records as OTLP requests in protobuf. What forward events and JSON hold goes where the data model wants it:
//
//   tag, options of a chunk       attributes fluent.tag and fluent.options
//   resource, scope of a group    those of the records (transcode/otlp_holders.ts)
//   body                          the body (transcode/otlp_body.ts says what is taken out of it)
//   no time                       the caller's, as the observed one
//
// A field that is not of the kind that the model wants is an attribute of its name.
import { Field, type RecordWriter } from '../record.ts'
import { writeWide } from './digits.ts'
import { FieldOutput } from './field_output.ts'
import { hexBytes } from './hex.ts'
import { JsonWriter } from './json_writer.ts'
import { NO_BODY, OtlpBody } from './otlp_body.ts'
import { OtlpFrames } from './otlp_frames.ts'
import { resourceLogsHead, scopeLogsHead } from './otlp_holders.ts'
import { tellValue } from './otlp_values.ts'
import { Output } from './output.ts'
import type { Instant } from './rfc3339.ts'

const encoder = new TextEncoder()
const NAMES = Object.entries(Field)
  .sort((left, right) => left[1] - right[1])
  .map(([name]) => encoder.encode(name))
NAMES[Field.tag] = encoder.encode('fluent.tag')
NAMES[Field.options] = encoder.encode('fluent.options')
const EXT = encoder.encode('ext')
const DATA = encoder.encode('data')

const MAP = 0
const ARRAY = 1
/** The attributes of the record, whose items are fields of it. */
const ATTRIBUTES = 2
/** A name that is no text. */
const NAME = 3

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8
const SEVERITY_MAX = 24
const UINT32_MAX = 0xffffffff
const NOTHING = new Uint8Array(0)

export class OtlpWriter implements RecordWriter {
  private readonly frames: OtlpFrames
  private readonly now_ns: bigint
  /** The content of the LogRecord. */
  private readonly record = new FieldOutput(4096)
  /** The AnyValue that is the body, the resource or the scope. */
  private readonly value = new FieldOutput(4096)
  private to = this.record
  private readonly body = new OtlpBody()
  private current: number = Field.body
  /** The open boxes, each MAP, ARRAY, ATTRIBUTES or NAME. */
  private readonly boxes: number[] = []
  /** What was written to before a name that is no text. */
  private readonly held: FieldOutput[] = []
  private isTimed = false
  private severity = 0
  private hasSeverityText = false
  private hasBody = false
  private inGroup = false
  private resource: Uint8Array = NOTHING
  private scope: Uint8Array = NOTHING

  constructor(size_hint: number, now: Instant) {
    this.frames = new OtlpFrames(size_hint)
    this.now_ns = BigInt(now.seconds) * 1_000_000_000n + BigInt(now.nanos)
  }

  get out(): Output {
    return this.frames.out
  }

  /** Ends the open request, if there is one. */
  endFrame(): void {
    this.frames.end()
  }

  openRecord(): void {
    this.record.clear()
    this.isTimed = false
    this.severity = 0
    this.hasSeverityText = false
    this.hasBody = false
  }

  closeRecord(): void {
    const { record, body } = this
    if (!this.isTimed) record.fixed64(0x59, this.now_ns)
    body.read(this.hasBody ? this.value.out : NO_BODY, !this.inGroup)
    if (this.hasBody) record.whole(0x2a, body.content())
    if (this.severity === 0 && body.severity > 0) {
      record.int(0x10, body.severity)
      if (!this.hasSeverityText) body.tellSeverityText(record)
    }
    if (this.inGroup) this.frames.record(this.resource, this.scope, record.out)
    else this.frames.record(body.resource(), NOTHING, record.out)
  }

  openGroup(): void {
    this.resource = NOTHING
    this.scope = NOTHING
    this.inGroup = true
  }

  closeGroup(): void {
    this.frames.open(this.resource, this.scope)
  }

  endGroup(): void {
    this.inGroup = false
  }

  field(field: number): void {
    this.current = field
    const isOwn = field === Field.body || field === Field.resource || field === Field.scope
    this.to = isOwn ? this.value : this.record
    if (isOwn) this.value.clear()
    if (field === Field.body) this.hasBody = true
  }

  none(): void {
    this.enter()
    this.leave()
  }

  bool(value: boolean): void {
    this.enter()
    this.to.int(0x10, value ? 1 : 0)
    this.leave()
  }

  int(value: number): void {
    if (this.boxes.length === 0 && this.fieldOfInt(value)) return
    this.enter()
    this.to.int(0x18, value)
    this.leave()
  }

  /** AnyValue has no unsigned integers: those of more than 63 bits become text. */
  wide(high: number, low: number, negative: boolean): void {
    this.enter()
    if (negative || high < 0x80000000) {
      const magnitude = (BigInt(high) << 32n) | BigInt(low)
      this.to.wide(0x18, BigInt.asUintN(64, negative ? -magnitude : magnitude))
    } else {
      const digits = new Output(24)
      writeWide(digits, high, low, false)
      this.to.range(0x0a, digits.bytes, 0, digits.used)
    }
    this.leave()
  }

  double(value: number): void {
    this.enter()
    this.to.double(0x21, value)
    this.leave()
  }

  time(seconds: number, nanos: number): void {
    const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
    // Zero means unknown in OTLP.
    if (total <= 0n || total >= 1n << 64n) return
    this.isTimed = true
    this.record.fixed64(this.current === Field.timestamp ? 0x09 : 0x59, total)
  }

  id(bytes: Uint8Array, start: number, end: number): void {
    const size = this.current === Field.trace_id ? TRACE_ID_BYTES : SPAN_ID_BYTES
    if (end - start === size) this.record.range(this.current === Field.trace_id ? 0x4a : 0x52, bytes, start, end)
    else this.bin(bytes, start, end)
  }

  str(bytes: Uint8Array, start: number, end: number): void {
    if (this.boxes.length === 0 && this.fieldOfText(bytes, start, end)) return
    this.enter()
    this.to.range(0x0a, bytes, start, end)
    this.leave()
  }

  bin(bytes: Uint8Array, start: number, end: number): void {
    this.enter()
    this.to.range(0x3a, bytes, start, end)
    this.leave()
  }

  /** A map of its type and its bytes. */
  ext(type: number, bytes: Uint8Array, start: number, end: number): void {
    this.openMap()
    this.key(EXT, 0, EXT.length)
    this.int(type)
    this.key(DATA, 0, DATA.length)
    this.bin(bytes, start, end)
    this.closeMap()
  }

  openMap(): void {
    if (this.boxes.length === 0 && this.current === Field.attributes) {
      this.boxes.push(ATTRIBUTES)
      return
    }
    this.enter()
    this.to.open(0x32)
    this.boxes.push(MAP)
  }

  closeMap(): void {
    if (this.boxes.pop() === ATTRIBUTES) return
    this.to.close()
    this.leave()
  }

  openArray(): void {
    this.enter()
    this.to.open(0x2a)
    this.boxes.push(ARRAY)
  }

  closeArray(): void {
    this.boxes.pop()
    this.to.close()
    this.leave()
  }

  key(bytes: Uint8Array, start: number, end: number): void {
    this.to.open(this.boxes.at(-1) === ATTRIBUTES ? 0x32 : 0x0a)
    this.to.range(0x0a, bytes, start, end)
  }

  openKey(): void {
    this.held.push(this.to)
    this.to = new FieldOutput(64)
    this.boxes.push(NAME)
  }

  /** A name that is no text is written as its JSON text, without quotes around it. */
  closeKey(): void {
    const { bytes, used } = this.to.out
    const name = new JsonWriter(64)
    tellValue(name, bytes, 0, used)
    this.boxes.pop()
    this.to = this.held.pop() ?? this.record
    const end = name.out.used - 1
    const isQuoted = name.out.bytes[0] === 0x22
    this.key(name.out.bytes, isQuoted ? 1 : 0, isQuoted ? end - 1 : end)
  }

  /** Writes the number as the current field when that is one of numbers, and can hold it. */
  private fieldOfInt(value: number): boolean {
    const { current, record } = this
    if (current === Field.severity_number && value >= 0 && value <= SEVERITY_MAX) {
      this.severity = value
      record.int(0x10, value)
    } else if (value < 0 || value > UINT32_MAX) return false
    else if (current === Field.dropped_attributes_count) record.int(0x38, value)
    else if (current === Field.trace_flags) record.fixed32(0x45, value)
    else return false
    return true
  }

  /** Writes the text as the current field when that is one of text, or an id in hex. */
  private fieldOfText(bytes: Uint8Array, start: number, end: number): boolean {
    const { current, record } = this
    if (current === Field.severity_text) {
      this.hasSeverityText = true
      record.range(0x1a, bytes, start, end)
      return true
    }
    if (current === Field.event_name) {
      record.range(0x62, bytes, start, end)
      return true
    }
    if (current !== Field.trace_id && current !== Field.span_id) return false
    const id = hexBytes(bytes, start, end)
    if (id?.length !== (current === Field.trace_id ? TRACE_ID_BYTES : SPAN_ID_BYTES)) return false
    this.id(id, 0, id.length)
    return true
  }

  /** Begins the AnyValue of a member, of an element or of an attribute that the current field becomes. */
  private enter(): void {
    const box = this.boxes.at(-1)
    if (box === NAME) return
    if (box !== undefined) {
      this.to.open(box === ARRAY ? 0x0a : 0x12)
    } else if (this.to === this.record) {
      this.record.open(0x32)
      this.record.whole(0x0a, NAMES[this.current])
      this.record.open(0x12)
    }
  }

  private leave(): void {
    const box = this.boxes.at(-1)
    if (box === NAME) return
    if (box === undefined) {
      if (this.to === this.record) {
        this.record.close()
        this.record.close()
      } else if (this.current === Field.resource) this.resource = resourceLogsHead(this.value.out)
      else if (this.current === Field.scope) this.scope = scopeLogsHead(this.value.out)
      return
    }
    this.to.close()
    if (box !== ARRAY) this.to.close()
  }
}
