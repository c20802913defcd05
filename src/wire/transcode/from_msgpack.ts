// Reads forward frames as records. A frame that is not whole tells nothing.
//
//   Frame    ::= [ Tag, bin32 Event*, Options? ]
//   Event    ::= [ Metadata, Record ]
//   Metadata ::= integer | float | EventTime | [ Time, map ]
//
// The metadata's member `otlp` (Fluent Bit's OpenTelemetry input) holds fields of the data model; what it holds besides
// them, and all other metadata, are attributes. A marker with time -1 opens a group and has its resource and scope in
// its record; one with time -2 closes it; other members of markers are not kept. Of the options, `metadata` is the
// metadata of a Message; those of the carrier (chunk, size, …) say nothing of the records and are not told.

import { isGroupOpen, isGroupTime } from '../msgpack.ts'
import { BIN32, eventsHeader } from '../msgpack_frame.ts'
import { HEADER, lengthAt, SHAPE, Shape, uint32 } from '../msgpack_value.ts'
import { Field, type RecordWriter } from '../record.ts'
import { Metadata } from './metadata.ts'
import { skip } from './msgpack_skip.ts'
import { readFloat, readUnsigned, tellKey, tellMembers, tellValue } from './msgpack_values.ts'
import { KNOWN, nameOf } from './names.ts'

/**
 * Tag, options, resource and scope stand in each record, so a few of their bytes can become many. When a frame's
 * records have repeated this many times the frame's size, the others go without options, group and most of the tag.
 */
const REPEATED_MAX = 64
const CUT_TAG_BYTES = 64
const SCHEMA_URL = new TextEncoder().encode('schema_url')

/** Offsets of one event's parts. `metadata` is -1 without a map. */
const event = { time: 0, metadata: -1, body: 0, end: 0 }
const found = new Metadata()
const halves = { high: 0, low: 0 }
const CARRIER: ReadonlySet<number> = new Set([
  KNOWN.chunk,
  KNOWN.size,
  KNOWN.compressed,
  KNOWN.fluent_signal,
  KNOWN.eventEntryDataSize,
])

/** Tells the records of the frame [start, end). False when it is not whole: then nothing was told. */
export function readMsgpackFrame(bytes: Uint8Array, start: number, end: number, to: RecordWriter): boolean {
  const header = eventsHeader(bytes, start, end)
  if (header < 0 || bytes[header] !== BIN32) return false
  const first = header + 5
  const stop = first + uint32(bytes, header + 1)
  if (!eventsAreWhole(bytes, first, stop)) return false
  let options = -1
  if (bytes[start] === 0x93) {
    if (skip(bytes, stop, end) !== end) return false
    if (SHAPE[bytes[stop]] === Shape.map) options = stop
  } else if (stop !== end) return false
  tellEvents(bytes, start, first, stop, options, to)
  return true
}

function eventsAreWhole(bytes: Uint8Array, at: number, stop: number): boolean {
  while (at < stop) {
    if (!findEvent(bytes, at, stop)) return false
    event.end = skip(bytes, event.body, stop)
    if (event.end < 0) return false
    at = event.end
  }
  return true
}

/** Fills `event`, all but its end. */
function findEvent(bytes: Uint8Array, at: number, stop: number): boolean {
  if (SHAPE[bytes[at]] !== Shape.array || at + HEADER[bytes[at]] > stop || lengthAt(bytes, at) !== 2) return false
  const metadata = at + HEADER[bytes[at]]
  event.metadata = -1
  if (metadata < stop && bytes[metadata] === 0x92) {
    event.time = metadata + 1
    event.metadata = skip(bytes, event.time, stop)
    if (event.metadata < 0) return false
    event.body = skip(bytes, event.metadata, stop)
    return event.body >= 0
  }
  event.time = metadata
  event.body = skip(bytes, metadata, stop)
  return event.body >= 0
}

function tellEvents(bytes: Uint8Array, start: number, first: number, stop: number, options: number, to: RecordWriter) {
  let shared = options < 0 ? -1 : memberOf(bytes, options, KNOWN.metadata)
  if (shared >= 0 && !isFilled(bytes, shared)) shared = -1
  let ownOptions = options >= 0 && countOwn(bytes, options) > 0
  const tagStart = start + 1 + HEADER[bytes[start + 1]]
  let tagEnd = first - 5
  const optionBytes = options < 0 ? 0 : skip(bytes, options, bytes.length) - options
  let repeatable = (stop - start + optionBytes) * REPEATED_MAX
  let groupBytes = -1
  for (let at = first; at < stop; ) {
    findEvent(bytes, at, stop)
    const { time, metadata, body } = event
    const payload = timePayload(bytes, time)
    if (payload >= 0 && isGroupTime(bytes, payload)) {
      at = skip(bytes, body, stop)
      if (groupBytes >= 0) to.endGroup()
      groupBytes = isGroupOpen(bytes, payload) ? at - body : -1
      if (groupBytes >= 0) tellGroup(bytes, body, to)
      continue
    }
    repeatable -= tagEnd - tagStart + optionBytes + Math.max(0, groupBytes)
    if (repeatable < 0) {
      if (groupBytes >= 0) to.endGroup()
      groupBytes = -1
      tagEnd = Math.min(tagEnd, tagStart + CUT_TAG_BYTES)
      ownOptions = false
      shared = -1
    }
    const own = metadata >= 0 && isFilled(bytes, metadata)
    found.find(bytes, own ? metadata : shared)
    to.openRecord()
    if (!found.tellTimestamp(to)) tellTime(bytes, time, payload, to)
    to.field(Field.tag)
    to.str(bytes, tagStart, tagEnd)
    found.tell(to)
    to.field(Field.body)
    at = tellValue(to, bytes, body)
    if (ownOptions || (own && shared >= 0)) tellOptions(bytes, options, own, to)
    to.closeRecord()
  }
  if (groupBytes >= 0) to.endGroup()
}

function tellGroup(bytes: Uint8Array, record: number, to: RecordWriter): void {
  to.openGroup()
  if (SHAPE[bytes[record]] === Shape.map) {
    for (const [name, field] of [
      [KNOWN.resource, Field.resource],
      [KNOWN.scope, Field.scope],
    ]) {
      const value = memberOf(bytes, record, name)
      if (value < 0) continue
      to.field(field)
      if (field === Field.resource) tellResource(bytes, record, value, to)
      else tellValue(to, bytes, value)
    }
  }
  to.closeGroup()
}

/** The schema URL of a resource stands beside it in Fluent Bit's markers, and within it in the model. */
function tellResource(bytes: Uint8Array, record: number, at: number, to: RecordWriter): void {
  const schema = memberOf(bytes, record, KNOWN.schema_url)
  if (schema < 0 || SHAPE[bytes[at]] !== Shape.map) {
    tellValue(to, bytes, at)
    return
  }
  to.openMap()
  tellMembers(to, bytes, at)
  to.key(SCHEMA_URL, 0, SCHEMA_URL.length)
  tellValue(to, bytes, schema)
  to.closeMap()
}

/** Offset of the eight bytes of an EventTime, as fixext8 or ext8; else -1. */
function timePayload(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0xd7 && bytes[at + 1] === 0) return at + 2
  if (bytes[at] === 0xc7 && bytes[at + 1] === 8 && bytes[at + 2] === 0) return at + 3
  return -1
}

/** A time that is no time (nil, text put in its place by a rule) is told as the value that it is. */
function tellTime(bytes: Uint8Array, at: number, payload: number, to: RecordWriter): void {
  if (bytes[at] === 0xc0) return
  to.field(Field.timestamp)
  if (payload >= 0) {
    const nanos = uint32(bytes, payload + 4)
    const carry = Math.floor(nanos / 1e9)
    to.time(uint32(bytes, payload) + carry, nanos - carry * 1e9)
  } else if (bytes[at] === 0xca || bytes[at] === 0xcb) {
    tellFloatTime(readFloat(bytes, at), to)
  } else if (readUnsigned(bytes, at, halves) && halves.high < 0x200000) {
    to.time(halves.high * 0x100000000 + halves.low, 0)
  } else {
    tellValue(to, bytes, at)
  }
}

function tellFloatTime(value: number, to: RecordWriter): void {
  if (!(value >= 0 && value < 2 ** 52)) {
    to.double(value)
    return
  }
  const seconds = Math.floor(value)
  // A double of this size holds about a tenth of a microsecond: more digits would be made up.
  const nanos = Math.round((value - seconds) * 1e6) * 1000
  to.time(nanos === 1e9 ? seconds + 1 : seconds, nanos === 1e9 ? 0 : nanos)
}

/** Offset of the value of the last member with this name, or -1. */
function memberOf(bytes: Uint8Array, map: number, name: number): number {
  let at = map + HEADER[bytes[map]]
  let found = -1
  for (let pairs = lengthAt(bytes, map); pairs > 0; pairs--) {
    const value = skip(bytes, at, bytes.length)
    if (nameOf(bytes, at) === name) found = value
    at = skip(bytes, value, bytes.length)
  }
  return found
}

function isFilled(bytes: Uint8Array, at: number): boolean {
  return SHAPE[bytes[at]] === Shape.map && lengthAt(bytes, at) > 0
}

function isOwn(name: number, withMetadata: boolean): boolean {
  return name === KNOWN.metadata ? withMetadata : !CARRIER.has(name)
}

function countOwn(bytes: Uint8Array, map: number): number {
  let count = 0
  let at = map + HEADER[bytes[map]]
  for (let pairs = lengthAt(bytes, map); pairs > 0; pairs--) {
    if (isOwn(nameOf(bytes, at), false)) count++
    at = skip(bytes, skip(bytes, at, bytes.length), bytes.length)
  }
  return count
}

/** An event with metadata of its own leaves that of the options where it is. */
function tellOptions(bytes: Uint8Array, map: number, withMetadata: boolean, to: RecordWriter): void {
  to.field(Field.options)
  to.openMap()
  let at = map + HEADER[bytes[map]]
  for (let pairs = lengthAt(bytes, map); pairs > 0; pairs--) {
    const value = skip(bytes, at, bytes.length)
    if (isOwn(nameOf(bytes, at), withMetadata)) {
      tellKey(to, bytes, at)
      tellValue(to, bytes, value)
    }
    at = skip(bytes, value, bytes.length)
  }
  to.closeMap()
}
