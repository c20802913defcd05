// Reads and writes the envelopes of a protobuf peer: replies, statuses, the outer fields of a request. It allocates
// nothing by a declared length and never looks into a log record; that is wire/.
//
//   Message ::= Field*      Field ::= varint(number << 3 | wire) (varint | 8 bytes | varint(size) content | 4 bytes)

export const Wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** Goes through the fields of the message in [at, end). */
export class Fields {
  number = 0
  wire = 0
  /** All of the field, tag and size too, begins here and ends at `end`. */
  from = 0
  /** Its content; for a varint its bytes. */
  start = 0
  end = 0
  /** True when the rest can not be read: cut short, a group, a field of number 0. */
  broken = false
  private readonly bytes: Uint8Array
  private readonly limit: number
  /** Value of the varint that was read last. */
  private value = 0

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.limit = end
    this.end = start
  }

  /** False at the end, and when `broken`. */
  next(): boolean {
    if (this.end >= this.limit || this.broken) return false
    this.from = this.end
    const tagEnd = this.varint(this.from)
    if (tagEnd < 0 || this.value > 0xffff_ffff) return this.fail()
    this.wire = this.value % 8
    this.number = Math.floor(this.value / 8)
    this.start = tagEnd
    this.end = this.contentEnd(tagEnd)
    return this.end < 0 || this.end > this.limit || this.number === 0 ? this.fail() : true
  }

  /** The varint of this field as a number; beyond 2^53 it is not exact. */
  asNumber(): number {
    this.varint(this.start)
    return this.value
  }

  content(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  private contentEnd(at: number): number {
    if (this.wire === Wire.varint) return this.varint(at)
    if (this.wire === Wire.fixed64) return at + 8
    if (this.wire === Wire.fixed32) return at + 4
    if (this.wire !== Wire.bytes) return -1
    this.start = this.varint(at)
    return this.start < 0 ? -1 : this.start + this.value
  }

  /** Where the varint at `at` ends, or -1. Its value is in `value`. */
  private varint(at: number): number {
    let scale = 1
    this.value = 0
    for (let n = 0; n < 10 && at < this.limit; n++) {
      const byte = this.bytes[at++]
      this.value += (byte & 0x7f) * scale
      if (byte < 0x80) return at
      scale *= 128
    }
    return -1
  }

  private fail(): false {
    this.broken = true
    this.end = this.limit
    return false
  }
}

/** True when [start, end) is fields from its first byte to its last; what is in them is not looked at. */
export function isMessage(bytes: Uint8Array): boolean {
  const fields = new Fields(bytes)
  while (fields.next());
  return !fields.broken
}

/** The varint of a whole number from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

export function varintField(number: number, value: number): Uint8Array {
  return value === 0 ? new Uint8Array(0) : Buffer.concat([varint(number * 8), varint(value)])
}

/** Tag and size of a field of bytes. */
export function bytesHead(number: number, size: number): Uint8Array {
  return Buffer.concat([varint(number * 8 + Wire.bytes), varint(size)])
}

export function bytesField(number: number, content: Uint8Array): Uint8Array {
  return content.length === 0 ? content : Buffer.concat([bytesHead(number, content.length), content])
}
