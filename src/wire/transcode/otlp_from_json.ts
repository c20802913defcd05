// OTLP requests in JSON as the same requests in protobuf. Members that OTLP does not know, and values that their field
// cannot hold, are left out; a value of AnyValue that is of the wrong kind is kept as text.
import { boxEnd, firstItem, nextItem, valueAt, valueEnd } from '../json_cursor.ts'
import { ANY_VALUE, Kind, type OtlpField, type OtlpMessage, REQUEST } from '../otlp_schema.ts'
import { base64Bytes } from './base64.ts'
import { FieldOutput } from './field_output.ts'
import { hexBytes } from './hex.ts'
import { skipJson, skipSpace, skipString } from './json_skip.ts'
import { jsonText, text } from './json_text.ts'
import type { Transcoded } from './transcoded.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const OBJECT = 0x7b
const ARRAY = 0x5b
const QUOTE = 0x22
const NULL = 0x6e
const STRING_VALUE = 0x0a
const INT64_MAX = (1n << 63n) - 1n
const INT64_MIN = -(1n << 63n)

/** By message: its fields by either name, in UTF-8. */
const names = new Map<OtlpMessage, readonly (readonly [Uint8Array, OtlpField])[]>()

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

/** The field whose name is in `text`. */
function fieldNamed(message: OtlpMessage): OtlpField | undefined {
  let known = names.get(message)
  if (known === undefined) {
    known = message.fields.flatMap((one) => [one.name, one.snake].map((name) => [encoder.encode(name), one] as const))
    names.set(message, known)
  }
  const { bytes, start, end } = text
  for (const [name, one] of known) {
    if (name.length !== end - start) continue
    let at = 0
    while (at < name.length && name[at] === bytes[start + at]) at++
    if (at === name.length) return one
  }
  return undefined
}

/** The members of the object at `at` as the fields of the message; returns where the object ends. */
function writeMessage(to: FieldOutput, bytes: Uint8Array, at: number, message: OtlpMessage): number {
  let end = at + 1
  for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
    const nameEnd = skipString(bytes, name, bytes.length)
    jsonText(bytes, name + 1, nameEnd - 1)
    const one = fieldNamed(message)
    const value = valueAt(bytes, name)
    end = one === undefined ? valueEnd(bytes, value) : writeField(to, bytes, value, one, message)
  }
  return boxEnd(bytes, end)
}

function writeField(to: FieldOutput, bytes: Uint8Array, at: number, one: OtlpField, message: OtlpMessage): number {
  if (!one.isList) return writeValue(to, bytes, at, one, message)
  if (bytes[at] !== ARRAY) return valueEnd(bytes, at)
  let end = at + 1
  for (let next = firstItem(bytes, at); next >= 0; next = nextItem(bytes, end)) {
    end = writeValue(to, bytes, next, one, message)
  }
  return boxEnd(bytes, end)
}

/** Null is the same as nothing. */
function writeValue(to: FieldOutput, bytes: Uint8Array, at: number, one: OtlpField, message: OtlpMessage): number {
  const first = bytes[at]
  if (one.kind === Kind.message && first === OBJECT) {
    to.open(one.tag)
    const end = writeMessage(to, bytes, at, one.message)
    to.close()
    return end
  }
  const stop = valueEnd(bytes, at)
  if (one.kind === Kind.message || first === NULL || first === OBJECT || first === ARRAY) return stop
  // A number or a word is its own text.
  if (first === QUOTE) {
    skipString(bytes, at, bytes.length)
    jsonText(bytes, at + 1, stop - 1)
  } else Object.assign(text, { bytes, start: at, end: stop })
  if (!writeScalar(to, one, first === QUOTE) && message === ANY_VALUE) {
    to.range(STRING_VALUE, text.bytes, text.start, text.end)
  }
  return stop
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
