// Cuts a stream of bytes into lines, whole ones only. It keeps the beginning of the last line until its end comes; of a
// line that is longer than allowed it keeps nothing but the size.

const LF = 0x0a
const CR = 0x0d

export interface LineTaker {
  /** The line in [start, end) of `bytes`, without what ended it; it begins and ends at those offsets of the stream. */
  line(bytes: Buffer, start: number, end: number, from: number, to: number): void
  longLine(size: number, from: number, to: number): void
}

export class LineCutter {
  private readonly line_bytes_max: number
  private readonly taker: LineTaker
  /** Offset in the stream of the next byte. */
  private position: number
  private rest: Buffer = Buffer.alloc(0)
  private restBytes = 0
  /** Of a line that is too long, what is gone. */
  private lostBytes = 0

  constructor(position: number, line_bytes_max: number, taker: LineTaker) {
    this.position = position
    this.line_bytes_max = line_bytes_max
    this.taker = taker
  }

  /** Where in the stream the line begins whose end has not come. */
  get lineStart(): number {
    return this.position - this.restBytes - this.lostBytes
  }

  push(chunk: Buffer): void {
    let start = 0
    let feed = chunk.indexOf(LF)
    if (feed >= 0 && this.restBytes + this.lostBytes > 0) {
      this.keep(chunk, 0, feed)
      this.position += feed
      this.endLine(1)
      start = feed + 1
      feed = chunk.indexOf(LF, start)
    }
    while (feed >= 0) {
      this.cut(chunk, start, feed, this.position, this.position + feed + 1 - start)
      this.position += feed + 1 - start
      start = feed + 1
      feed = chunk.indexOf(LF, start)
    }
    this.keep(chunk, start, chunk.length)
    this.position += chunk.length - start
  }

  /** There is no more to come: what is left is a line. */
  end(): void {
    if (this.restBytes + this.lostBytes > 0) this.endLine(0)
  }

  private endLine(feedBytes: number): void {
    const from = this.lineStart
    this.position += feedBytes
    const [rest, size] = [this.rest, this.restBytes]
    if (this.lostBytes > 0) this.taker.longLine(this.lostBytes, from, this.position)
    else this.cut(rest, 0, size, from, this.position)
    this.restBytes = 0
    this.lostBytes = 0
    this.rest = Buffer.alloc(0)
  }

  private cut(bytes: Buffer, start: number, end: number, from: number, to: number): void {
    if (end - start > this.line_bytes_max) this.taker.longLine(end - start, from, to)
    else this.taker.line(bytes, start, end > start && bytes[end - 1] === CR ? end - 1 : end, from, to)
  }

  /** Adds to the line whose end has not come. */
  private keep(chunk: Buffer, start: number, end: number): void {
    const size = end - start
    if (size === 0) return
    if (this.lostBytes > 0 || this.restBytes + size > this.line_bytes_max) {
      this.lostBytes += this.restBytes + size
      this.restBytes = 0
      this.rest = Buffer.alloc(0)
      return
    }
    if (this.restBytes + size > this.rest.length) {
      const bigger = Buffer.allocUnsafeSlow(Math.max(1024, (this.restBytes + size) * 2))
      this.rest.copy(bigger, 0, 0, this.restBytes)
      this.rest = bigger
    }
    chunk.copy(this.rest, this.restBytes, start, end)
    this.restBytes += size
  }
}
