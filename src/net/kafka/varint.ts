// The zigzag varints of Kafka's record batches: varint and varlong of the protocol guide, protobuf's sint32 and
// sint64.

/** Reads them one by one. `at` is past the end when the bytes are cut short. */
export class VarintReader {
  readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** A number of at most 32 bits. */
  int(): number {
    const { bytes } = this
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.at++]
      if (byte === undefined) throw new RangeError('cut short')
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw new RangeError('too long')
  }

  long(): bigint {
    const { bytes } = this
    let low = 0
    let high = 0
    for (let group = 0; group < 10; group++) {
      const byte = bytes[this.at++]
      if (byte === undefined) throw new RangeError('cut short')
      // Four groups of seven bits in the low half, the others in the high one.
      if (group < 4) low += (byte & 0x7f) * 2 ** (7 * group)
      else high += (byte & 0x7f) * 2 ** (7 * (group - 4))
      if (byte < 0x80) return group < 7 ? unzigzag(high * 2 ** 28 + low) : unzigzagWide(high, low)
    }
    throw new RangeError('too long')
  }

  /** A number of at most 64 bits, whatever it is. */
  pass(): void {
    const { bytes } = this
    for (let left = 10; left > 0; left--) {
      const byte = bytes[this.at++]
      if (byte === undefined) throw new RangeError('cut short')
      if (byte < 0x80) return
    }
    throw new RangeError('too long')
  }

  /** A length and so many bytes. False for a length of -1. */
  skip(): boolean {
    const size = this.int()
    if (size < 0) return false
    this.at += size
    if (this.at > this.bytes.length) throw new RangeError('cut short')
    return true
  }

  /** A length and so many bytes; null for a length of -1. */
  nullable(): Uint8Array | null {
    const size = this.int()
    if (size < 0) return null
    const end = this.at + size
    if (end > this.bytes.length) throw new RangeError('cut short')
    const part = this.bytes.subarray(this.at, end)
    this.at = end
    return part
  }
}

function unzigzag(value: number): bigint {
  return BigInt(value % 2 === 0 ? value / 2 : -(value + 1) / 2)
}

function unzigzagWide(high: number, low: number): bigint {
  const value = BigInt.asUintN(64, (BigInt(high) << 28n) | BigInt(low))
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
}

/** Bytes that `value`, of at most 32 bits, takes. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x200000 ? 3 : zigzag < 0x10000000 ? 4 : 5
}

/** Where it ends that is written at `at`. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  while (zigzag >= 0x80) {
    bytes[at++] = (zigzag & 0x7f) | 0x80
    zigzag >>>= 7
  }
  bytes[at++] = zigzag
  return at
}

export function varlongSize(value: bigint): number {
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  let size = 1
  for (; zigzag >= 0x80n; zigzag >>= 7n) size++
  return size
}

export function putVarlong(bytes: Uint8Array, at: number, value: bigint): number {
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; zigzag >= 0x80n; zigzag >>= 7n) bytes[at++] = Number(zigzag & 0x7fn) | 0x80
  bytes[at++] = Number(zigzag)
  return at
}
