// Runs of base64 and base64url in text that decode to text. Most long runs do not (identifiers, hashes, paths), and are
// given up after a few letters. It decodes into the scratch of Views, with the way back.
import type { Views } from './views.ts'

/** Shorter runs are words, and hold no more than nine bytes. */
export const BASE64_RUN_MIN = 14
/** A run that stops to be text behind so many letters is taken as far as it goes. */
const PREFIX_MIN = 24
/** How far an attempt that fails may get before the letters that it read are not tried again. */
const RETRY_BYTES_MAX = 16

const NONE = 64
/** Value of each letter of both alphabets, or NONE. */
const VALUES = new Uint8Array(256).fill(NONE)
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
for (let i = 0; i < LETTERS.length; i++) VALUES[LETTERS.charCodeAt(i)] = i
for (const [letter, value] of ['+/', '-_'].flatMap((pair) => [[pair[0], 62] as const, [pair[1], 63] as const])) {
  VALUES[letter.charCodeAt(0)] = value
}
/** What may also divide words: a run may begin behind it. */
const DIVIDES = new Uint8Array(256)
for (const letter of '/-_+') DIVIDES[letter.charCodeAt(0)] = 1
const EQUALS = 0x3d

/** What `next` found: its letters in the text, signs of padding included, and its text in the scratch. */
export class Base64Runs {
  start = 0
  end = 0
  first = 0
  isPadded = false
  /** True when its letters are those of URLs. */
  isUrl = false
  private stop = 0

  /** Finds and decodes the next run at or behind `from`; false when there is none in [from, end). */
  next(views: Views, source: Uint8Array, from: number, end: number, mapped: boolean): boolean {
    let at = from
    while (at < end) {
      const text = mapped ? views.bytes : source
      const run = runStart(text, at, end)
      if (run < 0) return false
      let stop = run + BASE64_RUN_MIN
      while (stop < end && VALUES[text[stop]] !== NONE) stop++
      if (this.within(views, text, run, stop, end, mapped)) return true
      at = stop + 1
    }
    return false
  }

  /** Tries the run [start, stop), from its start and behind each letter that may also divide. */
  private within(views: Views, text: Uint8Array, start: number, stop: number, end: number, mapped: boolean): boolean {
    let at = start
    while (stop - at >= BASE64_RUN_MIN) {
      if (this.decode(views, text, at, stop, mapped)) {
        this.start = at
        this.end = this.stop
        this.isPadded = false
        while (this.end < end && this.end - this.stop < 2 && this.stop === stop && text[this.end] === EQUALS) this.end++
        this.isPadded = this.end > this.stop
        this.isUrl = isUrlRun(text, at, this.stop)
        return true
      }
      const reached = this.stop - at
      at = reached > RETRY_BYTES_MAX ? this.stop : at + 1
      while (at < stop && DIVIDES[text[at - 1]] === 0) at++
    }
    return false
  }

  /** Decodes [start, stop) as far as it is text; false when that is not far enough. Sets `stop` to where it ended. */
  private decode(views: Views, text: Uint8Array, start: number, stop: number, mapped: boolean): boolean {
    if (!isTextHead(text, start)) {
      this.stop = start
      return false
    }
    views.reserve(stop - start)
    const from = mapped ? views.bytes : text
    const first = views.used
    let at = copyAscii(views, from, start, stop, mapped)
    let follows = 0
    let sound = at
    let soundUsed = views.used
    for (; at < stop; at += 4) {
      const count = Math.min(4, stop - at)
      if (count === 1) break
      const bits = quantum(from, at, count)
      for (let i = 0; i < count - 1 && follows >= 0; i++) {
        const byte = (bits >> (16 - 8 * i)) & 255
        follows = textAfter(follows, byte)
        views.put(byte, mapped ? views.map[at + i] : at + i)
      }
      if (follows < 0) break
      if (follows === 0) {
        sound = at + count
        soundUsed = views.used
      }
    }
    const isWhole = sound >= stop - 1
    this.stop = isWhole ? stop : sound
    if (!isWhole && sound - start < PREFIX_MIN) {
      views.used = first
      this.stop = at
      return false
    }
    views.used = soundUsed
    views.put(10, mapped ? views.map[this.stop] : this.stop)
    this.first = first
    return true
  }
}

/** Decodes whole quanta as long as they are ASCII text, and gives the place behind them: most text is nothing else. */
function copyAscii(views: Views, from: Uint8Array, start: number, stop: number, mapped: boolean): number {
  const { bytes, map } = views
  let { used } = views
  let at = start
  for (; at + 4 <= stop; at += 4, used += 3) {
    const bits = quantum(from, at, 4)
    if ((ASCII_TEXT[bits >> 16] & ASCII_TEXT[(bits >> 8) & 255] & ASCII_TEXT[bits & 255]) === 0) break
    bytes[used] = bits >> 16
    bytes[used + 1] = bits >> 8
    bytes[used + 2] = bits
    map[used] = mapped ? map[at] : at
    map[used + 1] = mapped ? map[at + 1] : at + 1
    map[used + 2] = mapped ? map[at + 2] : at + 2
  }
  views.used = used
  return at
}

/** Three bytes from up to four letters. */
function quantum(text: Uint8Array, at: number, count: number): number {
  let bits = (VALUES[text[at]] << 18) | (VALUES[text[at + 1]] << 12)
  if (count > 2) bits |= VALUES[text[at + 2]] << 6
  if (count > 3) bits |= VALUES[text[at + 3]]
  return bits
}

/** Most runs fail here, before anything is written. */
function isTextHead(text: Uint8Array, at: number): boolean {
  const bits = quantum(text, at, 4)
  return textAfter(0, bits >> 16) >= 0 && textAfter(textAfter(0, bits >> 16), (bits >> 8) & 255) >= 0
}

/** What `textAfter` takes for text by itself. */
const ASCII_TEXT = new Uint8Array(256)
for (let byte = 0; byte < 128; byte++) ASCII_TEXT[byte] = textAfter(0, byte) === 0 ? 1 : 0

/** How many bytes of a character are still to come behind `byte`, or -1 when it can not stand in text. */
function textAfter(follows: number, byte: number): number {
  if (follows < 0) return -1
  if (follows > 0) return byte >= 0x80 && byte < 0xc0 ? follows - 1 : -1
  if (byte >= 0x20 && byte < 0x7f) return 0
  if (byte === 9 || byte === 10 || byte === 13) return 0
  if (byte < 0xc2 || byte > 0xf4) return -1
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
}

/**
 * Where the first run of at least BASE64_RUN_MIN letters begins, or -1. It looks at the end of where one would be, and
 * goes back: in ordinary text it meets a blank soon, and most bytes are never read.
 */
function runStart(text: Uint8Array, from: number, end: number): number {
  let start = from
  while (start + BASE64_RUN_MIN <= end) {
    let at = start + BASE64_RUN_MIN - 1
    while (at >= start && VALUES[text[at]] !== NONE) at--
    if (at < start) return start
    start = at + 1
  }
  return -1
}

function isUrlRun(text: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text[at] === 0x2d || text[at] === 0x5f) return true
  return false
}

/** `text` in the alphabet and with the padding that the run had. */
export function encodeBase64(text: Uint8Array, isUrl: boolean, isPadded: boolean): Buffer {
  const buffer = Buffer.from(text.buffer, text.byteOffset, text.length)
  const encoded = buffer.toString(isUrl ? 'base64url' : 'base64')
  const bare = encoded.replaceAll('=', '')
  return Buffer.from(
    isPadded && bare.length % 4 > 0 ? bare.padEnd(bare.length + 4 - (bare.length % 4), '=') : bare,
    'latin1',
  )
}
