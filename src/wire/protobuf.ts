// The grammar of protobuf encodings (protobuf.dev, "Encoding"): where a field begins and ends, and varints both ways.
// It knows no message.
//
//   Message ::= Field*
//   Field   ::= Tag Varint | Tag eight bytes | Tag Length bytes | Tag four bytes
//   Tag     ::= varint of number << 3 | type        types 3 and 4, groups, are refused: OTLP has never had any
//   Varint  ::= at most ten bytes, least significant seven bits first, the high bit on all but the last

export const Type = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** What `readField` read. `start` and `end` enclose the value: for bytes the content behind its length. */
export const field = { number: 0, type: 0, start: 0, end: 0 }

const NUMBER_MAX = 0x1fffffff
const LENGTH_BYTES_MAX = 5
const VARINT_BYTES_MAX = 10

/** Reads the field at `at` into `field`; false when it is malformed or does not end by `end`. */
export function readField(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return false
  let tag = bytes[at]
  let start = at + 1
  if (tag >= 0x80) {
    tag = readVarint32(bytes, at, end)
    if (tag < 0) return false
    start = varintEnd(bytes, at, end)
  }
  field.number = Math.floor(tag / 8)
  field.type = tag & 7
  if (field.number === 0 || field.number > NUMBER_MAX) return false
  field.start = start
  switch (field.type) {
    case Type.varint:
      field.end = varintEnd(bytes, start, end)
      return field.end > 0
    case Type.fixed64:
      field.end = start + 8
      break
    case Type.fixed32:
      field.end = start + 4
      break
    case Type.bytes: {
      const length = readVarint32(bytes, start, end)
      if (length < 0) return false
      field.start = varintEnd(bytes, start, end)
      field.end = field.start + length
      break
    }
    default:
      return false
  }
  return field.end <= end
}

/** Where the varint at `at` ends, or -1 when it is cut off or too long for 64 bits. */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] < 0x80) return at + 1
  const limit = Math.min(end, at + VARINT_BYTES_MAX)
  for (let next = at; next < limit; next++) {
    if (bytes[next] >= 0x80) continue
    return next === at + VARINT_BYTES_MAX - 1 && bytes[next] > 1 ? -1 : next + 1
  }
  return -1
}

/** The varint at `at` when it is one of 32 bits in at most five bytes, else -1. */
export function readVarint32(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  let scale = 1
  const limit = Math.min(end, at + LENGTH_BYTES_MAX)
  for (let next = at; next < limit; next++) {
    const byte = bytes[next]
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value <= 0xffffffff ? value : -1
    scale *= 128
  }
  return -1
}

export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** `value` is a safe integer, not negative. */
export function encodeVarint(value: number): Uint8Array {
  const out = new Uint8Array(varintSize(value))
  let rest = value
  for (let i = 0; i < out.length; i++) {
    out[i] = (rest % 128) | (i === out.length - 1 ? 0 : 0x80)
    rest = Math.floor(rest / 128)
  }
  return out
}

/** A field of bytes, with its tag byte and its length. */
export function encodeBytes(tag: number, content: Uint8Array): Uint8Array {
  const length = encodeVarint(content.length)
  const out = new Uint8Array(1 + length.length + content.length)
  out[0] = tag
  out.set(length, 1)
  out.set(content, 1 + length.length)
  return out
}
