// Protobuf fields written into an Output. A message's length is known last: one byte is kept for it, and what is longer
// moves its content.
import { encodeVarint } from '../protobuf.ts'
import { Output } from './output.ts'

const scratch = new DataView(new ArrayBuffer(8))

export class FieldOutput {
  readonly out: Output
  /** Where the contents of the open messages begin. */
  private readonly starts: number[] = []

  constructor(size_hint: number) {
    this.out = new Output(size_hint)
  }

  /** Takes everything back. */
  clear(): void {
    this.out.used = 0
    this.starts.length = 0
  }

  /** A copy of what was written. */
  taken(): Uint8Array {
    return this.out.bytes.slice(0, this.out.used)
  }

  open(tag: number): void {
    this.out.push(tag)
    this.out.push(0)
    this.starts.push(this.out.used)
  }

  close(): void {
    const { out } = this
    const start = this.starts.pop() ?? 0
    const size = out.used - start
    if (size < 128) {
      out.bytes[start - 1] = size
      return
    }
    const length = encodeVarint(size)
    const more = length.length - 1
    out.reserve(more)
    out.bytes.copyWithin(start + more, start, out.used)
    out.bytes.set(length, start - 1)
    out.used += more
  }

  range(tag: number, bytes: Uint8Array, start: number, end: number): void {
    this.out.push(tag)
    this.uint(end - start)
    this.out.appendRange(bytes, start, end)
  }

  whole(tag: number, bytes: Uint8Array): void {
    this.range(tag, bytes, 0, bytes.length)
  }

  /** A safe integer as a varint of 64 bits. */
  int(tag: number, value: number): void {
    this.out.push(tag)
    if (value >= 0) this.uint(value)
    else this.bits(BigInt.asUintN(64, BigInt(value)))
  }

  /** The 64 bits as a varint. */
  wide(tag: number, bits: bigint): void {
    this.out.push(tag)
    this.bits(bits)
  }

  double(tag: number, value: number): void {
    scratch.setFloat64(0, value, true)
    this.fixed(tag, 8)
  }

  fixed64(tag: number, value: bigint): void {
    scratch.setBigUint64(0, value, true)
    this.fixed(tag, 8)
  }

  fixed32(tag: number, value: number): void {
    scratch.setUint32(0, value, true)
    this.fixed(tag, 4)
  }

  private fixed(tag: number, width: number): void {
    this.out.push(tag)
    for (let at = 0; at < width; at++) this.out.push(scratch.getUint8(at))
  }

  private uint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.out.push((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.out.push(rest)
  }

  private bits(value: bigint): void {
    let rest = value
    for (; rest >= 0x80n; rest >>= 7n) this.out.push(Number(rest & 0x7fn) | 0x80)
    this.out.push(Number(rest))
  }
}
