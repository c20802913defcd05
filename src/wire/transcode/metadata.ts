// Tells the metadata of a forward event: the fields of the data model in its member `otlp`, and attributes. The first
// member of a name counts; one that repeats it, or is of another kind than the model's, stays an attribute: all of
// `otlp` that is no field is told as the attribute `otlp`.
import { HEADER, lengthAt, SHAPE, Shape } from '../msgpack_value.ts'
import { Field, type RecordWriter } from '../record.ts'
import { cutWide, limbs } from './digits.ts'
import { skip } from './msgpack_skip.ts'
import { isBin, isStr, readUnsigned, tellKey, tellMembers, tellValue } from './msgpack_values.ts'
import { KNOWN, nameOf } from './names.ts'

const OTLP = new TextEncoder().encode('otlp')
const halves = { high: 0, low: 0 }

/** One event's metadata at a time: `find` looks at it, `tell` tells what was found. */
export class Metadata {
  private bytes: Uint8Array = OTLP
  private map = -1
  private otlp = -1
  /** Where the value of each known name of `otlp` stands, or -1. */
  private readonly values = new Int32Array(KNOWN.attributes + 1)
  private others = 0
  private rest = 0

  /** `map` is the offset of the metadata, or -1 when there is none. */
  find(bytes: Uint8Array, map: number): void {
    this.bytes = bytes
    this.map = map
    this.otlp = -1
    this.others = 0
    this.rest = 0
    if (map < 0) return
    this.values.fill(-1)
    for (let at = map + HEADER[bytes[map]], pairs = lengthAt(bytes, map); pairs > 0; pairs--) {
      const value = skip(bytes, at, bytes.length)
      if (this.otlp < 0 && nameOf(bytes, at) === KNOWN.otlp && SHAPE[bytes[value]] === Shape.map) this.otlp = value
      else this.others++
      at = skip(bytes, value, bytes.length)
    }
    if (this.otlp >= 0) this.findFields()
  }

  /** Tells the time that `otlp` gives, if it does. */
  tellTimestamp(to: RecordWriter): boolean {
    if (this.otlp < 0) return false
    const at = this.values[KNOWN.timestamp]
    if (at < 0) return false
    readUnsigned(this.bytes, at, halves)
    if (halves.high === 0 && halves.low === 0) return false
    to.field(Field.timestamp)
    this.tellNanos(at, to)
    return true
  }

  /** Tells the fields from `observed_timestamp` to `attributes`. */
  tell(to: RecordWriter): void {
    if (this.map < 0) return
    if (this.otlp >= 0) this.tellFields(to)
    const attributes = this.otlp < 0 ? -1 : this.values[KNOWN.attributes]
    if (attributes < 0 && this.others === 0 && this.rest === 0) return
    to.field(Field.attributes)
    to.openMap()
    if (attributes >= 0) tellMembers(to, this.bytes, attributes)
    if (this.others > 0) this.tellOthers(to)
    if (this.rest > 0) this.tellRest(to)
    to.closeMap()
  }

  private findFields(): void {
    const { bytes, otlp, values } = this
    for (let at = otlp + HEADER[bytes[otlp]], pairs = lengthAt(bytes, otlp); pairs > 0; pairs--) {
      const value = skip(bytes, at, bytes.length)
      const name = nameOf(bytes, at)
      if (isField(name) && values[name] < 0 && fits(bytes, value, name)) values[name] = value
      else this.rest++
      at = skip(bytes, value, bytes.length)
    }
  }

  /** Fields of the data model stand in the same order as their names. */
  private tellFields(to: RecordWriter): void {
    const { bytes, values } = this
    for (let name: number = KNOWN.observed_timestamp; name <= KNOWN.dropped_attributes_count; name++) {
      const at = values[name]
      if (at < 0) continue
      to.field(Field.observed_timestamp + name - KNOWN.observed_timestamp)
      if (name === KNOWN.observed_timestamp) this.tellNanos(at, to)
      else if ((name === KNOWN.trace_id || name === KNOWN.span_id) && isBin(bytes[at])) {
        const start = at + HEADER[bytes[at]]
        to.id(bytes, start, start + lengthAt(bytes, at))
      } else tellValue(to, bytes, at)
    }
  }

  private tellNanos(at: number, to: RecordWriter): void {
    readUnsigned(this.bytes, at, halves)
    cutWide(halves.high, halves.low)
    to.time(limbs.top * 1000 + Math.floor(limbs.middle / 1000), (limbs.middle % 1000) * 1e6 + limbs.bottom)
  }

  private tellOthers(to: RecordWriter): void {
    const { bytes, map } = this
    for (let at = map + HEADER[bytes[map]], pairs = lengthAt(bytes, map); pairs > 0; pairs--) {
      const value = skip(bytes, at, bytes.length)
      if (value !== this.otlp) {
        tellKey(to, bytes, at)
        tellValue(to, bytes, value)
      }
      at = skip(bytes, value, bytes.length)
    }
  }

  private tellRest(to: RecordWriter): void {
    const { bytes, otlp, values } = this
    to.key(OTLP, 0, OTLP.length)
    to.openMap()
    for (let at = otlp + HEADER[bytes[otlp]], pairs = lengthAt(bytes, otlp); pairs > 0; pairs--) {
      const value = skip(bytes, at, bytes.length)
      const name = nameOf(bytes, at)
      if (!isField(name) || values[name] !== value) {
        tellKey(to, bytes, at)
        tellValue(to, bytes, value)
      }
      at = skip(bytes, value, bytes.length)
    }
    to.closeMap()
  }
}

function isField(name: number): boolean {
  return name >= KNOWN.timestamp && name <= KNOWN.attributes
}

/** True when the value is of the kind that the data model wants for the field. */
function fits(bytes: Uint8Array, at: number, name: number): boolean {
  const byte = bytes[at]
  switch (name) {
    case KNOWN.timestamp:
    case KNOWN.observed_timestamp:
      return readUnsigned(bytes, at, halves)
    case KNOWN.severity_number:
    case KNOWN.trace_flags:
    case KNOWN.dropped_attributes_count:
      return SHAPE[byte] === Shape.number && byte !== 0xca && byte !== 0xcb
    case KNOWN.trace_id:
    case KNOWN.span_id:
      return isStr(byte) || isBin(byte)
    case KNOWN.attributes:
      return SHAPE[byte] === Shape.map
    default:
      return isStr(byte)
  }
}
