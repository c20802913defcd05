// OTLP requests in protobuf as the same requests in OTLP's JSON, one line each: ids in hex, 64 bits in strings, enums
// as numbers. Fields that nobody knows have no name, so they are left out.
import { ANY_VALUE, Kind, type OtlpField, type OtlpMessage, REQUEST } from '../otlp_schema.ts'
import { field, readField } from '../protobuf.ts'
import { writeInt, writeWide } from './digits.ts'
import { writeBase64, writeHex, writeString } from './escape.ts'
import { isWholeRequest, messageIn } from './otlp_whole.ts'
import { Output } from './output.ts'
import type { Transcoded } from './transcoded.ts'

const encoder = new TextEncoder()
const COMMA = 0x2c
/** `"name":` of each field. */
const names = new Map<OtlpField, Uint8Array>()

export function otlpToJson(bytes: Uint8Array, ends: Uint32Array): Transcoded {
  const out = new Output(bytes.length * 2)
  let unreadable = 0
  let start = 0
  for (const end of ends) {
    if (isWholeRequest(bytes, start, end)) {
      writeMessage(out, bytes, start, end, REQUEST)
      out.bytes[out.used - 1] = 0x0a
      out.endFrame()
    } else unreadable++
    start = end
  }
  return { ...out.finish(), unreadable }
}

/** The message as an object, with a comma behind it. */
function writeMessage(out: Output, bytes: Uint8Array, start: number, end: number, message: OtlpMessage): void {
  out.push(0x7b)
  if (message === ANY_VALUE) writeOneOf(out, bytes, start, end)
  else for (const one of message.fields) writeField(out, bytes, start, end, one)
  close(out, 0x7d)
}

/** Of a oneof the last field counts. */
function writeOneOf(out: Output, bytes: Uint8Array, start: number, end: number): void {
  let last: OtlpField | undefined
  let from = 0
  let stop = 0
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    const tag = bytes[at]
    const found = ANY_VALUE.fields.find((one) => one.tag === tag)
    if (found === undefined) continue
    last = found
    from = field.start
    stop = field.end
  }
  if (last === undefined) return
  writeName(out, last)
  writeValue(out, bytes, from, stop, last)
}

/** All fields of this tag: as an array, or one value. A message that came in pieces is put together. */
function writeField(out: Output, bytes: Uint8Array, start: number, end: number, one: OtlpField): void {
  if (one.kind === Kind.message && !one.isList) {
    const message = messageIn(bytes, start, end, one.tag)
    if (message === undefined) return
    writeName(out, one)
    writeMessage(out, message, 0, message.length, one.message)
    return
  }
  const mark = out.used
  let count = 0
  for (let at = start; at < end; ) {
    readField(bytes, at, end)
    const { start: from, end: stop } = field
    const isOne = bytes[at] === one.tag
    at = stop
    if (!isOne) continue
    // Of a single field the last counts.
    if (!one.isList) out.used = mark
    if (count++ === 0 || !one.isList) writeName(out, one)
    if (count === 1 && one.isList) out.push(0x5b)
    writeValue(out, bytes, from, stop, one)
  }
  if (count > 0 && one.isList) close(out, 0x5d)
}

function writeValue(out: Output, bytes: Uint8Array, start: number, end: number, { kind, message }: OtlpField): void {
  switch (kind) {
    case Kind.message:
      writeMessage(out, bytes, start, end, message)
      return
    case Kind.text:
      writeString(out, bytes, start, end)
      break
    case Kind.bytes:
      writeBase64(out, bytes, start, end)
      break
    case Kind.id:
      writeHex(out, bytes, start, end)
      break
    default:
      writeNumber(out, bytes, start, end, kind)
  }
  out.push(COMMA)
}

function writeNumber(out: Output, bytes: Uint8Array, start: number, end: number, kind: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start)
  switch (kind) {
    case Kind.bool:
      out.append(encoder.encode(bytes.subarray(start, end).some((byte) => (byte & 0x7f) !== 0) ? 'true' : 'false'))
      return
    case Kind.fixed32:
      writeInt(out, view.getUint32(0, true))
      return
    case Kind.fixed64:
      out.push(0x22)
      writeWide(out, view.getUint32(4, true), view.getUint32(0, true), false)
      out.push(0x22)
      return
    case Kind.double: {
      const value = view.getFloat64(0, true)
      const text = Object.is(value, -0) ? '-0' : String(value)
      out.append(encoder.encode(Number.isFinite(value) ? text : `"${text}"`))
      return
    }
    default: {
      const value = varint(bytes, start, end)
      if (kind === Kind.int64) out.append(encoder.encode(`"${value}"`))
      else writeInt(out, Number(kind === Kind.int32 ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value)))
    }
  }
}

function varint(bytes: Uint8Array, start: number, end: number): bigint {
  let value = 0n
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at] & 0x7f)
  return BigInt.asIntN(64, value)
}

function writeName(out: Output, one: OtlpField): void {
  let name = names.get(one)
  if (name === undefined) {
    name = encoder.encode(`"${one.name}":`)
    names.set(one, name)
  }
  out.append(name)
}

function close(out: Output, byte: number): void {
  if (out.bytes[out.used - 1] === COMMA) out.used--
  out.push(byte)
  out.push(COMMA)
}
