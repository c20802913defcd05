// OTLP requests in JSON as the same requests in protobuf. Members that OTLP does not know, and values that their field
// cannot hold, are left out; a value of AnyValue that is of the wrong kind is kept as text.
import { ANY_VALUE, Kind, type OtlpField, type OtlpMessage, REQUEST } from '../otlp_schema.ts'
import { base64Bytes } from './base64.ts'
import { FieldOutput } from './field_output.ts'
import { hexBytes } from './hex.ts'
import { skipJson, skipSpace, skipString } from './json_skip.ts'
import { jsonText, text } from './json_text.ts'
import type { Transcoded } from './transcoded.ts'

const decoder = new TextDecoder()
const OBJECT = 0x7b
const ARRAY = 0x5b
const QUOTE = 0x22
const STRING_VALUE = 0x0a
const INT64_MAX = (1n << 63n) - 1n
const INT64_MIN = -(1n << 63n)

/** By message: its fields by either name. */
const byName = new Map<OtlpMessage, ReadonlyMap<string, OtlpField>>()

export function otlpFromJson(bytes: Uint8Array, ends: Uint32Array): Transcoded {
  const to = new FieldOutput(bytes.length)
  let unreadable = 0
  let start = 0
  for (const end of ends) {
    const at = skipSpace(bytes, start, end)
    const stop = at < end && bytes[at] === OBJECT ? skipJson(bytes, at, end) : -1
    if (stop >= 0 && skipSpace(bytes, stop, end) === end) {
      const before = to.out.used
      writeMessage(to, bytes, at, REQUEST)
      if (to.out.used > before) to.out.endFrame()
    } else if (at < end) unreadable++
    start = end
  }
  return { ...to.out.finish(), unreadable }
}

function fieldsOf(message: OtlpMessage): ReadonlyMap<string, OtlpField> {
  let known = byName.get(message)
  if (known === undefined) {
    known = new Map(message.fields.flatMap((one) => [[one.name, one] as const, [one.snake, one] as const]))
    byName.set(message, known)
  }
  return known
}

/** The members of the object at `at` as the fields of the message. */
function writeMessage(to: FieldOutput, bytes: Uint8Array, at: number, message: OtlpMessage): void {
  const end = bytes.length
  const known = fieldsOf(message)
  for (let next = skipSpace(bytes, at + 1, end); bytes[next] === QUOTE; ) {
    const nameEnd = skipString(bytes, next, end)
    jsonText(bytes, next + 1, nameEnd - 1)
    const one = known.get(decoder.decode(text.bytes.subarray(text.start, text.end)))
    const value = skipSpace(bytes, skipSpace(bytes, nameEnd, end) + 1, end)
    if (one !== undefined) writeField(to, bytes, value, one, message)
    next = skipSpace(bytes, skipJson(bytes, value, end), end)
    if (bytes[next] === 0x2c) next = skipSpace(bytes, next + 1, end)
  }
}

function writeField(to: FieldOutput, bytes: Uint8Array, at: number, one: OtlpField, message: OtlpMessage): void {
  if (!one.isList) {
    writeValue(to, bytes, at, one, message)
    return
  }
  if (bytes[at] !== ARRAY) return
  const end = bytes.length
  for (let next = skipSpace(bytes, at + 1, end); bytes[next] !== 0x5d; ) {
    writeValue(to, bytes, next, one, message)
    next = skipSpace(bytes, skipJson(bytes, next, end), end)
    if (bytes[next] === 0x2c) next = skipSpace(bytes, next + 1, end)
  }
}

/** Null is the same as nothing. */
function writeValue(to: FieldOutput, bytes: Uint8Array, at: number, one: OtlpField, message: OtlpMessage): void {
  if (bytes[at] === 0x6e) return
  if (one.kind === Kind.message) {
    if (bytes[at] !== OBJECT) return
    to.open(one.tag)
    writeMessage(to, bytes, at, one.message)
    to.close()
    return
  }
  const isString = bytes[at] === QUOTE
  if (bytes[at] === OBJECT || bytes[at] === ARRAY) return
  const stop = skipJson(bytes, at, bytes.length)
  // A number or a word is its own text.
  if (isString) {
    skipString(bytes, at, bytes.length)
    jsonText(bytes, at + 1, stop - 1)
  } else Object.assign(text, { bytes, start: at, end: stop })
  if (writeScalar(to, one, isString)) return
  if (message === ANY_VALUE) to.range(STRING_VALUE, text.bytes, text.start, text.end)
}

/** Writes `text` as the field; false when the field cannot hold it. */
function writeScalar(to: FieldOutput, { tag, kind }: OtlpField, isString: boolean): boolean {
  const { bytes, start, end } = text
  switch (kind) {
    case Kind.text:
      if (isString) to.range(tag, bytes, start, end)
      return isString
    case Kind.bytes:
    case Kind.id: {
      const raw = kind === Kind.id ? hexBytes(bytes, start, end) : base64Bytes(bytes, start, end)
      if (!isString || raw === undefined) return false
      to.whole(tag, raw)
      return true
    }
    default:
      return writeNumber(to, tag, kind, decoder.decode(bytes.subarray(start, end)))
  }
}

function writeNumber(to: FieldOutput, tag: number, kind: number, written: string): boolean {
  if (kind === Kind.bool) {
    if (written !== 'true' && written !== 'false') return false
    to.int(tag, written === 'true' ? 1 : 0)
    return true
  }
  if (kind === Kind.double) {
    const isWord = written === 'NaN' || written === 'Infinity' || written === '-Infinity'
    if (written === '' || (!isWord && !Number.isFinite(Number(written)))) return false
    to.double(tag, Number(written))
    return true
  }
  const value = integerOf(written)
  if (value === undefined) return false
  if (kind === Kind.int64 && value >= INT64_MIN && value <= INT64_MAX) to.wide(tag, BigInt.asUintN(64, value))
  else if (kind === Kind.int32 && value >= -0x80000000n && value <= 0x7fffffffn) to.int(tag, Number(value))
  else if (kind === Kind.uint32 && value >= 0n && value <= 0xffffffffn) to.int(tag, Number(value))
  else if (kind === Kind.fixed32 && value >= 0n && value <= 0xffffffffn) to.fixed32(tag, Number(value))
  else if (kind === Kind.fixed64 && value >= 0n && value < 1n << 64n) to.fixed64(tag, value)
  else return false
  return true
}

const INTEGER_CHARS_MAX = 24

function integerOf(written: string): bigint | undefined {
  if (written === '' || written.length > INTEGER_CHARS_MAX || written.trim() !== written) return undefined
  const digits = written.startsWith('-') ? written.slice(1) : written
  if ([...digits].every((digit) => digit >= '0' && digit <= '9') && digits !== '') return BigInt(written)
  const value = Number(written)
  return Number.isSafeInteger(value) ? BigInt(value) : undefined
}
