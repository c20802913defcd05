// Reads OTLP requests in protobuf as records: a group for each ScopeLogs, with the schema URLs within resource and
// scope. Of a field that came more than once the last counts, as protobuf has it; lists take all of theirs. What the
// record model has no place for (fields that nobody knows, resources and scopes that are empty) is not told.
import { field, readField } from '../protobuf.ts'
import { Field, type RecordWriter } from '../record.ts'
import { cutWide, limbs } from './digits.ts'
import { tellEntities, tellPair, tellValue, tellWide } from './otlp_values.ts'
import { isWholeRequest, messageIn } from './otlp_whole.ts'

const encoder = new TextEncoder()
const ATTRIBUTES = encoder.encode('attributes')
const DROPPED = encoder.encode('dropped_attributes_count')
const SCHEMA_URL = encoder.encode('schema_url')
const NAME = encoder.encode('name')
const VERSION = encoder.encode('version')
const NOTHING = new Uint8Array(0)

/** Tells the records of the frame [start, end). False when it is no request: then nothing was told. */
export function readOtlpRequest(bytes: Uint8Array, start: number, end: number, to: RecordWriter): boolean {
  if (!isWholeRequest(bytes, start, end)) return false
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    at = field.end
    if (field.number === 1) tellResourceLogs(bytes, field.start, at, to)
  }
  return true
}

/** Where the last field with this tag byte is in a message, or -1; `field` is then that field. */
function lastField(bytes: Uint8Array, start: number, end: number, tag: number): number {
  let found = -1
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    if (bytes[at] === tag) found = at
  }
  if (found >= 0) readField(bytes, found, end)
  return found
}

function tellResourceLogs(bytes: Uint8Array, start: number, end: number, to: RecordWriter): void {
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const from = field.start
    const isScope = field.number === 2
    at = field.end
    if (isScope) tellScopeLogs(bytes, start, end, from, at, to)
  }
}

function tellScopeLogs(
  bytes: Uint8Array,
  resourceStart: number,
  resourceEnd: number,
  start: number,
  end: number,
  to: RecordWriter,
): void {
  to.openGroup()
  tellHolder(bytes, resourceStart, resourceEnd, true, to)
  tellHolder(bytes, start, end, false, to)
  to.closeGroup()
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const from = field.start
    const isRecord = field.number === 2
    at = field.end
    if (isRecord) tellRecord(bytes, from, at, to)
  }
  to.endGroup()
}

/** The resource or scope of the ResourceLogs or ScopeLogs in [start, end), with its schema URL. */
function tellHolder(bytes: Uint8Array, start: number, end: number, isResource: boolean, to: RecordWriter): void {
  const message = messageIn(bytes, start, end, 0x0a)
  const hasSchema = lastField(bytes, start, end, 0x1a) >= 0 && field.end > field.start
  if (message === undefined && !hasSchema) return
  const schema = hasSchema ? bytes.subarray(field.start, field.end) : NOTHING
  to.field(isResource ? Field.resource : Field.scope)
  to.openMap()
  if (message !== undefined) tellMessage(message, isResource, to)
  if (hasSchema) {
    to.key(SCHEMA_URL, 0, SCHEMA_URL.length)
    to.str(schema, 0, schema.length)
  }
  to.closeMap()
}

/** The members of a Resource or InstrumentationScope. */
function tellMessage(message: Uint8Array, isResource: boolean, to: RecordWriter): void {
  const end = message.length
  if (!isResource) {
    tellText(message, 0x0a, NAME, to)
    tellText(message, 0x12, VERSION, to)
  }
  const attributes = isResource ? 0x0a : 0x1a
  if (lastField(message, 0, end, attributes) >= 0) {
    to.key(ATTRIBUTES, 0, ATTRIBUTES.length)
    tellAttributes(message, 0, end, attributes, to)
  }
  if (lastField(message, 0, end, isResource ? 0x10 : 0x20) >= 0) {
    to.key(DROPPED, 0, DROPPED.length)
    tellWide(to, message, field.start)
  }
  if (isResource) tellEntities(to, message, 0, end)
}

function tellText(message: Uint8Array, tag: number, name: Uint8Array, to: RecordWriter): void {
  if (lastField(message, 0, message.length, tag) < 0 || field.end === field.start) return
  const { start, end } = field
  to.key(name, 0, name.length)
  to.str(message, start, end)
}

/** The KeyValues that are the fields `tag` of a message, as a map. */
function tellAttributes(bytes: Uint8Array, start: number, end: number, tag: number, to: RecordWriter): void {
  to.openMap()
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const from = field.start
    const stop = field.end
    if (bytes[at] === tag) tellPair(to, bytes, from, stop)
    at = stop
  }
  to.closeMap()
}

/** By number: where the last field of each is in the record that is read. */
const places = new Int32Array(13)
/** Tag bytes of the fields of LogRecord, by number. */
const TAGS = [0, 0x09, 0x10, 0x1a, 0, 0x2a, 0x32, 0x38, 0x45, 0x4a, 0x52, 0x59, 0x62]

function tellRecord(bytes: Uint8Array, start: number, end: number, to: RecordWriter): void {
  places.fill(-1)
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    if (bytes[at] === TAGS[field.number]) places[field.number] = at
  }
  const [time, severity, text, body, dropped] = [places[1], places[2], places[3], places[5], places[7]]
  const [flags, traceId, spanId, observed, event, attributes] = [8, 9, 10, 11, 12, 6].map((number) => places[number])
  to.openRecord()
  tellTime(bytes, time, Field.timestamp, to)
  tellTime(bytes, observed, Field.observed_timestamp, to)
  tellBytes(bytes, text, end, Field.severity_text, to)
  if (severity >= 0) {
    to.field(Field.severity_number)
    tellWide(to, bytes, severity + 1)
  }
  tellBytes(bytes, event, end, Field.event_name, to)
  tellBytes(bytes, traceId, end, Field.trace_id, to)
  tellBytes(bytes, spanId, end, Field.span_id, to)
  if (flags >= 0) {
    to.field(Field.trace_flags)
    to.int(uint32(bytes, flags + 1))
  }
  if (dropped >= 0) {
    to.field(Field.dropped_attributes_count)
    tellWide(to, bytes, dropped + 1)
  }
  if (attributes >= 0) {
    to.field(Field.attributes)
    tellAttributes(bytes, start, end, 0x32, to)
  }
  if (body >= 0) {
    readField(bytes, body, end)
    const { start: from, end: stop } = field
    to.field(Field.body)
    tellValue(to, bytes, from, stop)
  }
  to.closeRecord()
}

/** A time of zero is none. */
function tellTime(bytes: Uint8Array, at: number, which: number, to: RecordWriter): void {
  if (at < 0) return
  const low = uint32(bytes, at + 1)
  const high = uint32(bytes, at + 5)
  if (low === 0 && high === 0) return
  cutWide(high, low)
  to.field(which)
  to.time(limbs.top * 1000 + Math.floor(limbs.middle / 1000), (limbs.middle % 1000) * 1e6 + limbs.bottom)
}

/** Text, or an id. Empty ones are none. */
function tellBytes(bytes: Uint8Array, at: number, end: number, which: number, to: RecordWriter): void {
  if (at < 0) return
  readField(bytes, at, end)
  const { start, end: stop } = field
  if (start === stop) return
  to.field(which)
  if (which === Field.trace_id || which === Field.span_id) to.id(bytes, start, stop)
  else to.str(bytes, start, stop)
}

function uint32(bytes: Uint8Array, at: number): number {
  return bytes[at + 3] * 0x1000000 + ((bytes[at + 2] << 16) | (bytes[at + 1] << 8) | bytes[at])
}
