// Binary protobuf numbers: their text, and what stands in their place.
import { encodeBytes, field, readField, Type, varintEnd } from './protobuf.ts'

/** Tag bytes of `AnyValue`. */
const STRING_VALUE = 0x0a
const DOUBLE_VALUE = 0x21

/** False when the number surely has fewer digits than `digits`, told from its encoding alone. `at` is its tag. */
export function mayHaveDigits(bytes: Uint8Array, at: number, digits: number): boolean {
  if (digits <= 5 || bytes[at] >= 0x80) return true
  switch (bytes[at] & 7) {
    case Type.varint:
      // Two bytes hold fourteen bits.
      return bytes[at + 1] >= 0x80 && bytes[at + 2] >= 0x80
    case Type.fixed64: {
      if (bytes[at] !== DOUBLE_VALUE) return true
      // Below 2^19 there are six digits at most. A fraction identifies nothing; integers come as doubles too.
      const exponent = ((bytes[at + 8] & 0x7f) << 4) | (bytes[at + 7] >> 4)
      return exponent >= 1023 + 19 && Number.isInteger(viewOf(bytes, at + 1).getFloat64(0, true))
    }
    default:
      return true
  }
}

/** Decimal text of the number field at `at`, or '' for NaN and infinities. */
export function numberText(bytes: Uint8Array, at: number): string {
  readField(bytes, at, bytes.length)
  if (field.type === Type.varint) return String(readInt(bytes, field.start))
  const view = viewOf(bytes, field.start)
  if (field.type === Type.fixed32) return String(view.getUint32(0, true))
  if (!isDouble(bytes, at, field.start)) return String(view.getBigUint64(0, true))
  const value = view.getFloat64(0, true)
  return Number.isFinite(value) ? String(value) : ''
}

/** Nobody says what an unknown field of eight bytes is: one that makes a whole double is read as one. */
function isDouble(bytes: Uint8Array, at: number, start: number): boolean {
  if (bytes[at] === DOUBLE_VALUE) return true
  const value = viewOf(bytes, start).getFloat64(0, true)
  return Number.isSafeInteger(value) && Math.abs(value) >= 1
}

export interface Replacement {
  start: number
  end: number
  text: Uint8Array
}

/**
 * What stands for the number field at `at`: one of its kind with the digits of `text`, or a `string_value`. A field
 * that nobody knows cannot change its kind; it goes.
 */
export function numberReplacement(
  bytes: Uint8Array,
  at: number,
  text: Uint8Array,
  staysNumber: boolean,
  isKnown: boolean,
): Replacement {
  readField(bytes, at, bytes.length)
  const { type, start, end } = field
  if (!staysNumber) return { start: at, end, text: isKnown ? encodeBytes(STRING_VALUE, text) : new Uint8Array(0) }
  const digits = Buffer.from(text).toString('latin1')
  const out = bytes.slice(at, end)
  const view = viewOf(out, start - at)
  if (type === Type.fixed32) view.setUint32(0, Number(digits), true)
  else if (type === Type.fixed64) {
    if (isDouble(bytes, at, start)) view.setFloat64(0, Number(digits), true)
    else view.setBigUint64(0, BigInt(digits), true)
  } else return { start: at, end, text: Buffer.concat([bytes.subarray(at, start), encodeInt(BigInt(digits))]) }
  return { start: at, end, text: out }
}

/** An int64: two's complement when it has all ten bytes. */
function readInt(bytes: Uint8Array, start: number): bigint | number {
  const end = varintEnd(bytes, start, bytes.length)
  if (end - start <= 7) {
    let value = 0
    for (let at = end - 1; at >= start; at--) value = value * 128 + (bytes[at] & 0x7f)
    return value
  }
  let value = 0n
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at] & 0x7f)
  return BigInt.asIntN(64, value)
}

function encodeInt(value: bigint): Uint8Array {
  const out: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  out.push(Number(rest))
  return Uint8Array.from(out)
}

function viewOf(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at)
}
