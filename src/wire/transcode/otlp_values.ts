// Tells the values of OTLP: AnyValue, KeyValue and EntityRef, of requests that are known to be whole.
import { field, readField, varintEnd } from '../protobuf.ts'
import type { RecordWriter } from '../record.ts'

const encoder = new TextEncoder()
const ENTITIES = encoder.encode('entity_refs')
const ENTITY_FIELDS = ['schema_url', 'type', 'id_keys', 'description_keys'].map((name) => encoder.encode(name))
const NO_VALUE = 0

/** The AnyValue in [start, end); one without a value is none. */
export function tellValue(to: RecordWriter, bytes: Uint8Array, start: number, end: number): void {
  let tag = NO_VALUE
  let from = 0
  let stop = 0
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    // Of a oneof the last counts.
    if (!isValue(bytes[at])) continue
    tag = bytes[at]
    from = field.start
    stop = field.end
  }
  switch (tag) {
    case 0x0a:
      to.str(bytes, from, stop)
      return
    case 0x10:
      to.bool(!isZero(bytes, from, stop))
      return
    case 0x18:
      tellWide(to, bytes, from)
      return
    case 0x21:
      to.double(new DataView(bytes.buffer, bytes.byteOffset + from, 8).getFloat64(0, true))
      return
    case 0x2a:
      to.openArray()
      tellItems(to, bytes, from, stop, tellValue)
      to.closeArray()
      return
    case 0x32:
      to.openMap()
      tellItems(to, bytes, from, stop, tellPair)
      to.closeMap()
      return
    case 0x3a:
      to.bin(bytes, from, stop)
      return
    default:
      to.none()
  }
}

/** The KeyValue in [start, end): its last key and its last value. */
export function tellPair(to: RecordWriter, bytes: Uint8Array, start: number, end: number): void {
  let keyFrom = 0
  let keyStop = 0
  let from = 0
  let stop = 0
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    if (bytes[at] === 0x0a) {
      keyFrom = field.start
      keyStop = field.end
    } else if (bytes[at] === 0x12) {
      from = field.start
      stop = field.end
    }
  }
  to.key(bytes, keyFrom, keyStop)
  tellValue(to, bytes, from, stop)
}

type Tell = (to: RecordWriter, bytes: Uint8Array, start: number, end: number) => void

function tellItems(to: RecordWriter, bytes: Uint8Array, start: number, end: number, tell: Tell): void {
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const { start: from, end: stop } = field
    if (bytes[at] === 0x0a) tell(to, bytes, from, stop)
    at = stop
  }
}

/** Entity references of the Resource in [start, end), when it has some. */
export function tellEntities(to: RecordWriter, bytes: Uint8Array, start: number, end: number): void {
  let isOpen = false
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const { start: from, end: stop } = field
    if (bytes[at] === 0x1a) {
      if (!isOpen) {
        to.key(ENTITIES, 0, ENTITIES.length)
        to.openArray()
        isOpen = true
      }
      tellEntity(to, bytes, from, stop)
    }
    at = stop
  }
  if (isOpen) to.closeArray()
}

function tellEntity(to: RecordWriter, bytes: Uint8Array, start: number, end: number): void {
  to.openMap()
  for (const [index, name] of ENTITY_FIELDS.entries()) {
    const tag = ((index + 1) << 3) | 2
    const isList = index >= 2
    let count = 0
    for (let at = start; at < end; at = field.end) {
      readField(bytes, at, end)
      if (bytes[at] !== tag || (!isList && count > 0)) continue
      if (count++ === 0) {
        to.key(name, 0, name.length)
        if (isList) to.openArray()
      }
      to.str(bytes, field.start, field.end)
    }
    if (isList && count > 0) to.closeArray()
  }
  to.closeMap()
}

/** An int64 varint. */
export function tellWide(to: RecordWriter, bytes: Uint8Array, start: number): void {
  const end = varintEnd(bytes, start, bytes.length)
  if (end - start <= 7) {
    let value = 0
    for (let at = end - 1; at >= start; at--) value = value * 128 + (bytes[at] & 0x7f)
    to.int(value)
    return
  }
  let exact = 0n
  for (let at = end - 1; at >= start; at--) exact = (exact << 7n) | BigInt(bytes[at] & 0x7f)
  exact = BigInt.asIntN(64, exact)
  const value = Number(exact)
  if (Number.isSafeInteger(value)) {
    to.int(value)
    return
  }
  const magnitude = exact < 0n ? -exact : exact
  to.wide(Number(magnitude >> 32n), Number(magnitude & 0xffffffffn), exact < 0n)
}

function isValue(tag: number): boolean {
  return tag === 0x0a || tag === 0x10 || tag === 0x18 || tag === 0x21 || tag === 0x2a || tag === 0x32 || tag === 0x3a
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] & 0x7f) !== 0) return false
  return true
}
