// Finds where requests end in a stream of JSON, each byte looked at once however the stream was cut into reads.
// fluentd takes JSON on a connection that begins with `{` or `[`, and so do we.
import { BROKEN, SHORT } from '../../net/msgpack.ts'
import { TOO_LARGE } from './scan.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

export class JsonScan {
  private depth = 0
  private inString = false
  private at = 0
  private readonly bytes_max: number

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }

  get expected(): number {
    return this.at + 1
  }

  /** True between documents: what is here is white space. */
  get isIdle(): boolean {
    return this.depth === 0
  }

  reset(): void {
    this.depth = 0
    this.inString = false
    this.at = 0
  }

  /** Goes on in the document at `start`, white space before it included: its end, SHORT, BROKEN or TOO_LARGE. */
  next(bytes: Uint8Array, start: number, limit: number): number {
    let at = start + this.at
    while (at < limit) {
      const byte = bytes[at++]
      if (this.inString) {
        if (byte === QUOTE) this.inString = false
        else if (byte === BACKSLASH) at++
      } else if (byte === QUOTE && this.depth > 0) this.inString = true
      else if (byte === 0x5b || byte === 0x7b) this.depth++
      else if (byte === 0x5d || byte === 0x7d) {
        if (--this.depth === 0) return at - start > this.bytes_max ? TOO_LARGE : at
        if (this.depth < 0) return BROKEN
      } else if (this.depth === 0 && !isSpace(byte)) return BROKEN
    }
    this.at = at - start
    return this.at > this.bytes_max ? TOO_LARGE : SHORT
  }
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
