// Text as a reader would see it: escapes decoded into scratch, with a map from each decoded byte to its place on the
// wire. It never changes the wire bytes.
import { grownBytes, grownInts } from '../core/growable.ts'
import { LIMITS } from '../core/limits.ts'

const BACKSLASH = 0x5c
const U = 0x75

/** What `\b`, `\n` and so on stand for; 0 for what is no such escape. */
const SIMPLE = new Uint8Array(128)
for (const [letter, byte] of [
  ['"', 0x22],
  ['\\', 0x5c],
  ['/', 0x2f],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
] as const) {
  SIMPLE[letter.charCodeAt(0)] = byte
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Value of four hex digits, or -1. */
function hex4(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1
  let value = 0
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(bytes[i])
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

/** Text that was decoded out of a part of another text, and is looked at besides it. */
export interface Layer {
  /** Leaf in whose text it was found. */
  readonly source: number
  /** `Leaves.depth` of its own leaf. */
  readonly depth: number
  /** Where its text lies in the scratch. */
  readonly first: number
  readonly end: number
  /** Set when it was a run of base64: how the run was written, and where its padding ends on the wire. */
  readonly base64?: {
    readonly isUrl: boolean
    readonly isPadded: boolean
    readonly wireEnd: number
    /** It is all of its leaf, which nothing but base64 may stand in: it is written anew as a whole. */
    readonly isWhole?: boolean
  }
}

export class Views {
  /** Decoded texts, each followed by one line feed. Reallocated as it grows: take it anew after each call. */
  bytes = new Uint8Array(65536)
  /** For each byte of `bytes`, the offset on the wire of what it was decoded from. */
  map = new Int32Array(65536)
  used = 0
  /** The layer that a leaf lies in, for the few that lie in one. */
  readonly layers = new Map<number, Layer>()
  /** True when the record's budget is used up, or its text is nested too deep: not all of it can be looked at. */
  isOver = false
  /** Bytes of the record that were decoded besides the escapes of its own format. */
  private decoded = 0

  clear(): void {
    this.used = 0
    this.decoded = 0
    this.isOver = false
    if (this.layers.size > 0) this.layers.clear()
  }

  /** Takes `length` bytes from the record's budget; false when they are not there. */
  spend(length: number): boolean {
    this.decoded += length
    if (this.decoded > LIMITS.record_decoded_bytes_max) this.isOver = true
    return !this.isOver
  }

  /** The leaf that is no layer, nor in one, from which `leaf` was decoded: itself, unless it lies in a layer. */
  rootOf(leaf: number): number {
    let root = leaf
    for (let layer = this.layers.get(root); layer !== undefined; layer = this.layers.get(root)) root = layer.source
    return root
  }

  /** Makes room for `length` more bytes and their terminator. */
  reserve(length: number): void {
    const needed = this.used + length + 16
    if (needed <= this.bytes.length) return
    this.bytes = grownBytes(this.bytes, needed)
    this.map = grownInts(this.map, this.bytes.length)
  }

  /**
   * Decodes JSON escapes of [start, end) of `source`; the text lies at the returned offset and ends at `used - 1`.
   * With `mapped`, `source` is this scratch itself and offsets go through its map. An escape that is none is kept.
   */
  decodeJson(source: Uint8Array, start: number, end: number, mapped: boolean): number {
    this.reserve(end - start)
    const from = mapped ? this.bytes : source
    const first = this.used
    let at = start
    while (at < end) {
      if (from[at] !== BACKSLASH) {
        at = this.copyPlain(from, at, end, mapped)
        continue
      }
      const origin = mapped ? this.map[at] : at
      const next = at + 1 < end ? from[at + 1] : 0
      const plain = next < 128 ? SIMPLE[next] : 0
      if (next === U) {
        at = this.decodeUnicode(from, at, end, origin)
      } else {
        this.put(plain === 0 ? BACKSLASH : plain, origin)
        at += plain === 0 ? 1 : 2
      }
    }
    // The map's last entry says where the text ends on the wire.
    this.put(10, mapped ? this.map[end] : end)
    return first
  }

  /** Copies up to the next backslash and returns its place, or `end`. */
  private copyPlain(from: Uint8Array, start: number, end: number, mapped: boolean): number {
    const { bytes, map } = this
    let used = this.used
    let at = start
    for (; at < end; at++) {
      const byte = from[at]
      if (byte === BACKSLASH) break
      bytes[used] = byte
      map[used++] = mapped ? map[at] : at
    }
    this.used = used
    return at
  }

  /** Puts ASCII text that stands for a value without text of its own (a binary number). */
  putAscii(text: string): number {
    this.reserve(text.length)
    const first = this.used
    for (let i = 0; i < text.length; i++) this.put(text.charCodeAt(i), 0)
    this.put(10, 0)
    return first
  }

  put(byte: number, origin: number): void {
    this.bytes[this.used] = byte
    this.map[this.used++] = origin
  }

  private decodeUnicode(from: Uint8Array, at: number, end: number, origin: number): number {
    let code = hex4(from, at + 2, end)
    if (code < 0) {
      this.put(BACKSLASH, origin)
      return at + 1
    }
    let next = at + 6
    if (code >= 0xd800 && code < 0xdc00 && from[next] === BACKSLASH && from[next + 1] === U) {
      const low = hex4(from, next + 2, end)
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        next += 6
      }
    }
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd
    this.putCodePoint(code, origin)
    return next
  }

  /** Puts a character in UTF-8. */
  putCodePoint(code: number, origin: number): void {
    if (code < 0x80) {
      this.put(code, origin)
      return
    }
    if (code >= 0x10000) {
      this.put(0xf0 | (code >> 18), origin)
      this.put(0x80 | ((code >> 12) & 0x3f), origin)
    } else if (code >= 0x800) {
      this.put(0xe0 | (code >> 12), origin)
    } else {
      this.put(0xc0 | (code >> 6), origin)
    }
    if (code >= 0x800) this.put(0x80 | ((code >> 6) & 0x3f), origin)
    this.put(0x80 | (code & 0x3f), origin)
  }
}

const HEX = '0123456789abcdef'

/** `text` as it stands inside a JSON string: quotes, backslashes and control characters escaped. */
export function escapeJson(text: Uint8Array): Uint8Array {
  let extra = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] < 0x20) extra += 5
    else if (text[at] === 0x22 || text[at] === BACKSLASH) extra++
  }
  if (extra === 0) return text
  const out = new Uint8Array(text.length + extra)
  let at = 0
  for (const byte of text) {
    if (byte < 0x20) {
      out.set([BACKSLASH, U, 0x30, 0x30, HEX.charCodeAt(byte >> 4), HEX.charCodeAt(byte & 15)], at)
      at += 6
    } else {
      if (byte === 0x22 || byte === BACKSLASH) out[at++] = BACKSLASH
      out[at++] = byte
    }
  }
  return out
}
