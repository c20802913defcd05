// The growing bytes that a writer fills, and where each of its frames ends. It knows no format.
import { BATCH_PAD_BYTES } from '../../core/batch.ts'
import { grownBytes } from '../../core/growable.ts'

export class Output {
  bytes: Uint8Array
  used = 0
  private readonly frames: number[] = []

  constructor(size_hint: number) {
    this.bytes = new Uint8Array(Math.max(1024, size_hint))
  }

  /** Makes room for `count` more bytes. Callers write into `bytes` themselves, so that hot loops stay loops. */
  reserve(count: number): void {
    if (this.used + count > this.bytes.length) this.bytes = grownBytes(this.bytes, this.used + count)
  }

  push(byte: number): void {
    if (this.used === this.bytes.length) this.reserve(1)
    this.bytes[this.used++] = byte
  }

  append(part: Uint8Array): void {
    this.reserve(part.length)
    this.bytes.set(part, this.used)
    this.used += part.length
  }

  /** Short ranges are copied by a loop: a view and a call into the engine cost more than they do. */
  appendRange(from: Uint8Array, start: number, end: number): void {
    if (end - start > 64) {
      this.append(from.subarray(start, end))
      return
    }
    this.reserve(end - start)
    const { bytes } = this
    let { used } = this
    for (let at = start; at < end; at++) bytes[used++] = from[at]
    this.used = used
  }

  /** Begins anew, in the same memory. */
  empty(): void {
    this.used = 0
    this.frames.length = 0
  }

  endFrame(): void {
    this.frames.push(this.used)
  }

  /** The frames in a padded buffer of their own, fit to be transferred. */
  finish(): { bytes: Uint8Array; ends: Uint32Array } {
    const bytes = new Uint8Array(new ArrayBuffer(this.used + BATCH_PAD_BYTES), 0, this.used)
    bytes.set(this.bytes.subarray(0, this.used))
    return { bytes, ends: Uint32Array.from(this.frames) }
  }
}
