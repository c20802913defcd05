// Cuts a stream into messages (RFC 6587, RFC 5425). Which of the two framings a client speaks is seen at its first
// bytes, and holds for its connection.
//
//   Octets ::= ( digits SP message )*        digits: the bytes of the message, without a zero in front
//   Lines  ::= ( message ( LF | NUL ) )*     the last one may lack its end
import { grownBytes } from '../../core/growable.ts'

const LF = 0x0a
const NUL = 0
const SP = 0x20
const LENGTH_DIGITS_MAX = 10

/** Is given each message, and the size of one that was too long to be kept. */
export interface MessageTaker {
  message(bytes: Uint8Array, start: number, end: number): void
  tooLong(size: number): void
}

export class Framing {
  private readonly bytes_max: number
  private readonly taker: MessageTaker
  private mode: 'unknown' | 'octets' | 'lines' = 'unknown'
  /** What came of a message whose end did not. */
  private rest: Uint8Array = new Uint8Array(0)
  private restSize = 0
  /** So much of the rest is known to hold no end of a line. */
  private searched = 0
  /** Octets: bytes of a long message that are still to come. Lines: bytes of it that came. -1: none is under way. */
  private skipping = -1

  constructor(bytes_max: number, taker: MessageTaker) {
    this.bytes_max = bytes_max
    this.taker = taker
  }

  /** False: it is no stream of messages any more, and nothing behind this can be read. */
  push(chunk: Uint8Array): boolean {
    const bytes = this.restSize > 0 ? this.joined(chunk) : chunk
    if (this.mode === 'unknown') this.mode = modeOf(bytes)
    const left = this.mode === 'octets' ? this.takeOctets(bytes) : this.mode === 'lines' ? this.takeLines(bytes) : 0
    if (left < 0) return false
    this.keep(bytes, left)
    return true
  }

  /** The client has said all. False: it was cut off in a message, which it will send again. */
  end(): boolean {
    const { rest, restSize } = this
    this.restSize = 0
    if (this.mode === 'octets') return restSize === 0 && this.skipping < 0
    if (this.skipping >= 0) this.taker.tooLong(this.skipping)
    else if (restSize > 0) this.taker.message(rest, 0, restSize)
    return true
  }

  /** Where what is to be kept begins. */
  private takeLines(bytes: Uint8Array): number {
    let at = 0
    let search = this.searched
    while (at < bytes.length) {
      const stop = lineEnd(bytes, Math.max(at, search))
      const size = stop - at
      if (stop === bytes.length) break
      if (this.skipping >= 0) this.taker.tooLong(this.skipping + size)
      else if (size > this.bytes_max) this.taker.tooLong(size)
      else this.taker.message(bytes, at, stop)
      this.skipping = -1
      search = 0
      at = stop + 1
    }
    const left = bytes.length - at
    if (this.skipping < 0 && left <= this.bytes_max) {
      this.searched = left
      return at
    }
    this.skipping = Math.max(0, this.skipping) + left
    this.searched = 0
    return bytes.length
  }

  /** Where what is to be kept begins; -1: no length stands where one must. */
  private takeOctets(bytes: Uint8Array): number {
    let at = 0
    if (this.skipping >= 0) {
      at = Math.min(bytes.length, this.skipping)
      this.skipping -= at
      if (this.skipping > 0) return at
      this.skipping = -1
    }
    while (at < bytes.length) {
      const from = digitsEnd(bytes, at)
      if (from - at > LENGTH_DIGITS_MAX) return -1
      if (from === bytes.length) return at
      if (from === at || bytes[from] !== SP) return -1
      const size = Number(Buffer.from(bytes.buffer, bytes.byteOffset + at, from - at).toString('latin1'))
      const stop = from + 1 + size
      if (size > this.bytes_max) {
        this.taker.tooLong(size)
        if (stop > bytes.length) {
          this.skipping = stop - bytes.length
          return bytes.length
        }
      } else if (stop > bytes.length) return at
      else this.taker.message(bytes, from + 1, stop)
      at = stop
    }
    return at
  }

  private joined(chunk: Uint8Array): Uint8Array {
    const size = this.restSize + chunk.length
    if (size > this.rest.length) this.rest = grownBytes(this.rest, size)
    this.rest.set(chunk, this.restSize)
    this.restSize = size
    return this.rest.subarray(0, size)
  }

  /** A copy: what the socket read is not to be held for a few bytes at its end. */
  private keep(bytes: Uint8Array, from: number): void {
    const left = bytes.length - from
    if (left === 0) {
      // A long message is not to keep its memory for as long as its connection lives.
      this.rest = EMPTY
    } else if (bytes.buffer === this.rest.buffer) {
      if (from > 0) this.rest.copyWithin(0, from, bytes.length)
    } else this.rest = Uint8Array.from(bytes.subarray(from))
    this.restSize = left
  }
}

const EMPTY = new Uint8Array(0)

/** Each message begins with `<`, so lines that begin with a number are told from the length of a message. */
function modeOf(bytes: Uint8Array): 'unknown' | 'octets' | 'lines' {
  if (bytes.length === 0) return 'unknown'
  const at = digitsEnd(bytes, 0)
  if (at === 0 || at > LENGTH_DIGITS_MAX || bytes[0] === 0x30) return 'lines'
  if (at === bytes.length) return 'unknown'
  if (bytes[at] !== SP) return 'lines'
  if (at + 1 === bytes.length) return 'unknown'
  return bytes[at + 1] === 0x3c ? 'octets' : 'lines'
}

function lineEnd(bytes: Uint8Array, at: number): number {
  const lf = bytes.indexOf(LF, at)
  const stop = lf < 0 ? bytes.length : lf
  const nul = bytes.subarray(at, stop).indexOf(NUL)
  return nul < 0 ? stop : at + nul
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++
  return at
}
