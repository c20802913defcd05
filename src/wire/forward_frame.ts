// Builds the one form in which forward chunks travel inside logveil, and nothing else: it reads no event.
//
//   Frame   ::= 92 Tag Events | 93 Tag Events Options
//   Tag     ::= str, as received
//   Events  ::= c6 u32be(size) Event*        always bin32, so that a splice mends one length of fixed width
//   Event   ::= [ Metadata, Record ]          byte for byte as received
//   Options ::= map of what is left when chunk, size, compressed and fluent_signal 0 are taken out; absent when empty
//
// Every carrier mode of the protocol becomes this. The walker of the same grammar is wire/msgpack.ts.
import { BATCH_PAD_BYTES, type Batch } from '../core/batch.ts'

const EVENTS_HEAD_BYTES = 5
/** Shorter runs are copied by a loop: a native copy costs a view. */
const SHORT_COPY_BYTES = 48

/** Collects frames in one buffer. Make a new one for each batch: `finish` gives the buffer away. */
export class ForwardFrames {
  private out: Uint8Array
  private used = 0
  private readonly ends: number[] = []
  /** Where the open frame, its tag's end (the events' head) lie; -1 when none is open. */
  private frame = -1
  private head = -1

  /** `bytes_hint` is about what will be appended; the buffer grows when it is more. */
  constructor(bytes_hint: number) {
    this.out = ownBytes(bytes_hint + 64)
  }

  get size(): number {
    return this.used
  }

  /** Begins a frame for the tag (header and all) at [from, to). */
  open(bytes: Uint8Array, from: number, to: number): void {
    this.close(null)
    this.frame = this.used
    this.reserve(1 + to - from + EVENTS_HEAD_BYTES)
    this.out[this.used++] = 0x92
    this.append(bytes, from, to)
    this.head = this.used
    this.out[this.used] = 0xc6
    this.used += EVENTS_HEAD_BYTES
  }

  /** True when a frame with this tag is open, so that one more event may be appended to it. */
  isOpen(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.frame < 0 || this.head - this.frame - 1 !== to - from) return false
    let own = this.frame + 1
    for (let at = from; at < to; at++) if (bytes[at] !== this.out[own++]) return false
    return true
  }

  /** Adds one byte of an event: the header of its array. */
  appendByte(byte: number): void {
    this.reserve(1)
    this.out[this.used++] = byte
  }

  /** Adds whole events, or the parts of one, in order. */
  append(bytes: Uint8Array, from: number, to: number): void {
    this.reserve(to - from)
    if (to - from > SHORT_COPY_BYTES) {
      this.out.set(bytes.subarray(from, to), this.used)
      this.used += to - from
      return
    }
    const out = this.out
    let at = this.used
    for (let next = from; next < to; next++) out[at++] = bytes[next]
    this.used = at
  }

  /** Ends the open frame, if there is one. `options` is an encoded map. */
  close(options: Uint8Array | null): void {
    if (this.frame < 0) return
    const size = this.used - this.head - EVENTS_HEAD_BYTES
    this.out[this.head + 1] = size >>> 24
    this.out[this.head + 2] = size >>> 16
    this.out[this.head + 3] = size >>> 8
    this.out[this.head + 4] = size
    if (options !== null) {
      this.append(options, 0, options.length)
      this.out[this.frame] = 0x93
    }
    this.ends.push(this.used)
    this.frame = -1
  }

  /** The batch of all frames; its buffer is padded and its own, so it may be transferred. */
  finish(origin: string): Batch {
    this.close(null)
    const bytes = new Uint8Array(this.out.buffer, 0, this.used)
    return { format: 'msgpack', bytes, ends: Uint32Array.from(this.ends), origin }
  }

  private reserve(size: number): void {
    const needed = this.used + size
    if (needed <= this.out.length) return
    const bigger = ownBytes(Math.max(needed, this.out.length * 2))
    bigger.set(this.out.subarray(0, this.used))
    this.out = bigger
  }
}

/** Memory that no other buffer shares, with the pad behind it. */
function ownBytes(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size + BATCH_PAD_BYTES).buffer, 0, size)
}
