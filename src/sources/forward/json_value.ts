// Writes one JSON document again as msgpack: keys in their order, duplicates included, integers exact to 64 bits.
// Never builds objects, so `__proto__` is a key like any other. Grammar: RFC 8259.
import { isSpace } from './json_scan.ts'

/** Open maps and arrays at once. Deeper documents are refused as broken. */
const DEPTH_MAX = 4096
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^-?\d{1,19}$/

/** The document in [from, to) as one msgpack value, or null when it is no JSON. */
export function msgpackOfJson(bytes: Uint8Array, from: number, to: number): Uint8Array | null {
  const writer = new JsonWriter(bytes, from, to)
  return writer.document() ? writer.out.subarray(0, writer.used) : null
}

class JsonWriter {
  out: Buffer
  used = 0
  private readonly bytes: Uint8Array
  private at: number
  private readonly to: number
  /** Of each open container: where its header lies. The members of the innermost one are counted in `members`. */
  private readonly heads: number[] = []
  private readonly counts: number[] = []

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes
    this.at = from
    this.to = to
    this.out = Buffer.allocUnsafe((to - from) * 2 + 64)
  }

  document(): boolean {
    do {
      if (!this.value()) return false
      // Closes every container that ends here; stops where another member follows.
      while (this.heads.length > 0 && this.closes()) this.close()
      if (this.heads.length > 0 && !this.separator()) return false
    } while (this.heads.length > 0)
    return this.token() === -1
  }

  /** A scalar, or the opening of a container up to its first value. */
  private value(): boolean {
    for (;;) {
      const first = this.token()
      if (first === 0x5b || first === 0x7b) {
        if (this.heads.length === DEPTH_MAX) return false
        this.open(first === 0x5b ? 0xdd : 0xdf)
        if (this.closes()) return true
        if (!this.member()) return false
        continue
      }
      if (first === 0x22) return this.string()
      return first === -1 ? false : this.scalar()
    }
  }

  /** Before a member's value: counts it, and in a map reads its key and colon. */
  private member(): boolean {
    const top = this.heads.length - 1
    this.counts[top]++
    if (this.out[this.heads[top]] === 0xdd) return true
    if (this.token() !== 0x22 || !this.string() || this.token() !== 0x3a) return false
    this.at++
    return true
  }

  private separator(): boolean {
    if (this.token() !== 0x2c) return false
    this.at++
    return this.member()
  }

  private closes(): boolean {
    return this.token() === (this.out[this.heads[this.heads.length - 1]] === 0xdd ? 0x5d : 0x7d)
  }

  private open(code: number): void {
    this.at++
    this.reserve(5)
    this.heads.push(this.used)
    this.counts.push(0)
    this.out[this.used] = code
    this.used += 5
  }

  private close(): void {
    this.at++
    this.out.writeUInt32BE(this.counts.pop() ?? 0, (this.heads.pop() ?? 0) + 1)
  }

  private string(): boolean {
    const start = ++this.at
    let escaped = false
    for (; ; this.at++) {
      if (this.at >= this.to || this.bytes[this.at] < 0x20) return false
      if (this.bytes[this.at] === 0x22) break
      if (this.bytes[this.at] === 0x5c) {
        escaped = true
        this.at++
      }
    }
    const raw = this.bytes.subarray(start, this.at++)
    const content = escaped ? unescaped(raw) : raw
    if (content === null) return false
    this.reserve(5 + content.length)
    this.out[this.used] = 0xdb
    this.out.writeUInt32BE(content.length, this.used + 1)
    this.out.set(content, this.used + 5)
    this.used += 5 + content.length
    return true
  }

  private scalar(): boolean {
    const start = this.at
    while (this.at < this.to && !isDelimiter(this.bytes[this.at])) this.at++
    const text = Buffer.from(this.bytes.subarray(start, this.at)).toString('latin1')
    this.reserve(9)
    if (text === 'null') this.out[this.used++] = 0xc0
    else if (text === 'false') this.out[this.used++] = 0xc2
    else if (text === 'true') this.out[this.used++] = 0xc3
    else if (NUMBER.test(text)) this.number(text)
    else return false
    return true
  }

  private number(text: string): void {
    const integer = INTEGER.test(text) && text !== '-0' ? BigInt(text) : null
    if (integer !== null && BigInt.asIntN(64, integer) === integer) {
      this.out[this.used] = 0xd3
      this.out.writeBigInt64BE(integer, this.used + 1)
    } else {
      this.out[this.used] = 0xcb
      this.out.writeDoubleBE(Number(text), this.used + 1)
    }
    this.used += 9
  }

  /** The next byte that is no white space, or -1 at the end. */
  private token(): number {
    while (this.at < this.to && isSpace(this.bytes[this.at])) this.at++
    return this.at < this.to ? this.bytes[this.at] : -1
  }

  private reserve(size: number): void {
    if (this.used + size <= this.out.length) return
    const bigger = Buffer.allocUnsafe(Math.max(this.used + size, this.out.length * 2))
    bigger.set(this.out.subarray(0, this.used))
    this.out = bigger
  }
}

function isDelimiter(byte: number): boolean {
  return byte === 0x2c || byte === 0x5d || byte === 0x7d || isSpace(byte)
}

/** JSON's own escapes, by JSON's own parser; bytes that are no UTF-8 stand as U+FFFD there. */
function unescaped(raw: Uint8Array): Uint8Array | null {
  try {
    const text: unknown = JSON.parse(`"${Buffer.from(raw).toString('utf8')}"`)
    return typeof text === 'string' ? Buffer.from(text) : null
  } catch {
    return null
  }
}
