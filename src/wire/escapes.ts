// Text as its reader would have it: percent-encoding, HTML entities, `\u` and `\x` escapes, full-width characters and
// characters that nobody sees. It decodes into the scratch of Views, with the way back; it changes nothing on the wire.
import { escapeJson, type Views } from './views.ts'

const PERCENT = 0x25
const AMPERSAND = 0x26
const BACKSLASH = 0x5c
const HASH = 0x23
const SEMICOLON = 0x3b
const X = 0x78
const U = 0x75
const OPEN = 0x7b
const CLOSE = 0x7d

/** 1 for bytes that may begin what is decoded. */
const BEGINS = new Uint8Array(256)
for (const byte of [PERCENT, AMPERSAND, BACKSLASH, 0xc2, 0xd9, 0xdb, 0xe2, 0xe3, 0xef]) BEGINS[byte] = 1

/** Those that stand for letters in addresses, numbers, queries and markup. */
const ENTITIES: readonly (readonly [Uint8Array, number])[] = (
  [
    ['amp', '&'],
    ['quot', '"'],
    ['apos', "'"],
    ['lt', '<'],
    ['gt', '>'],
    ['nbsp', ' '],
    ['commat', '@'],
    ['period', '.'],
    ['colon', ':'],
    ['equals', '='],
    ['lowbar', '_'],
    ['hyphen', '-'],
    ['dash', '-'],
    ['plus', '+'],
    ['sol', '/'],
  ] as const
).map(([name, letter]) => [new TextEncoder().encode(`${name};`), letter.charCodeAt(0)])

const ENTITY_DIGITS_MAX = 8

/** What stands behind a backslash for one letter. */
const SIMPLE = new Uint8Array(128)
for (const [letter, plain] of [
  ['"', '"'],
  ["'", "'"],
  ['/', '/'],
  ['\\', '\\'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
] as const) {
  SIMPLE[letter.charCodeAt(0)] = plain.charCodeAt(0)
}

/** Bytes that the escape takes (0: there is none), and what it stands for (-1: nothing at all). */
const found = { length: 0, code: 0, isByte: false }

/**
 * Decodes [start, end) of `source` into the scratch. Returns where the text begins there, and it ends at `used - 1`; or
 * -1 when nothing in it stands for something else. With `mapped`, `source` is the scratch itself.
 */
export function decodeEscapes(views: Views, source: Uint8Array, start: number, end: number, mapped: boolean): number {
  if (!hasEscape(mapped ? views.bytes : source, start, end)) return -1
  views.reserve(end - start)
  const from = mapped ? views.bytes : source
  const first = views.used
  let at = start
  while (at < end) {
    const byte = from[at]
    const origin = mapped ? views.map[at] : at
    if (BEGINS[byte] === 0 || !readEscape(from, at, end)) {
      views.put(byte, origin)
      at++
      continue
    }
    if (found.isByte) views.put(found.code, origin)
    else if (found.code >= 0) views.putCodePoint(found.code, origin)
    at += found.length
  }
  views.put(10, mapped ? views.map[end] : end)
  return first
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (BEGINS[bytes[at]] === 1 && readEscape(bytes, at, end)) return true
  return false
}

/** Reads what begins at `at` into `found`; false when it stands for itself. */
function readEscape(bytes: Uint8Array, at: number, end: number): boolean {
  found.isByte = false
  switch (bytes[at]) {
    case PERCENT:
      return readHex(bytes, at, at + 1, 2, end)
    case AMPERSAND:
      return bytes[at + 1] === HASH ? readReference(bytes, at, end) : readEntity(bytes, at, end)
    case BACKSLASH:
      return readBackslash(bytes, at, end)
    default:
      return readLookalike(bytes, at, end)
  }
}

/** Two hex digits behind the `from - at` bytes of the mark: one byte. */
function readHex(bytes: Uint8Array, at: number, from: number, digits: number, end: number): boolean {
  const value = hexAt(bytes, from, from + digits, end)
  if (value < 0) return false
  return take(from + digits - at, value, digits === 2)
}

function take(length: number, code: number, isByte: boolean): true {
  found.length = length
  found.code = code
  found.isByte = isByte
  return true
}

/** Value of the hex digits in [from, to), or -1. */
function hexAt(bytes: Uint8Array, from: number, to: number, end: number): number {
  if (to > end || to <= from) return -1
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = hexDigit(bytes[at])
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** `&#64;` and `&#x40;`. */
function readReference(bytes: Uint8Array, at: number, end: number): boolean {
  const isHex = (bytes[at + 2] | 0x20) === X
  const from = at + (isHex ? 3 : 2)
  let to = from
  while (to < end && to - from < ENTITY_DIGITS_MAX && bytes[to] !== SEMICOLON) to++
  if (to >= end || bytes[to] !== SEMICOLON || to === from) return false
  let code = isHex ? hexAt(bytes, from, to, end) : 0
  for (let digit = from; !isHex && digit < to && code >= 0; digit++) {
    const value = bytes[digit] - 0x30
    code = value >= 0 && value <= 9 ? code * 10 + value : -1
  }
  return isScalar(code) && take(to + 1 - at, code, false)
}

function isScalar(code: number): boolean {
  return code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
}

function readEntity(bytes: Uint8Array, at: number, end: number): boolean {
  for (const [name, code] of ENTITIES) {
    if (at + 1 + name.length > end) continue
    let same = 0
    while (same < name.length && bytes[at + 1 + same] === name[same]) same++
    if (same === name.length) return take(1 + name.length, code, false)
  }
  return false
}

/** `\x40`, `\u0040`, `\u{40}`, pairs of surrogates, and letters behind a backslash. */
function readBackslash(bytes: Uint8Array, at: number, end: number): boolean {
  const next = bytes[at + 1]
  if (at + 1 >= end) return false
  if (next === X) return readHex(bytes, at, at + 2, 2, end)
  if (next !== U) return next < 128 && SIMPLE[next] !== 0 && take(2, SIMPLE[next], true)
  if (bytes[at + 2] === OPEN) {
    let close = at + 3
    while (close < end && close - at < 3 + ENTITY_DIGITS_MAX && bytes[close] !== CLOSE) close++
    const code = bytes[close] === CLOSE ? hexAt(bytes, at + 3, close, end) : -1
    return isScalar(code) && take(close + 1 - at, code, false)
  }
  const code = hexAt(bytes, at + 2, at + 6, end)
  if (code < 0xd800 || code >= 0xe000) return code >= 0 && take(6, code, false)
  const isPair = code < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === U
  const low = isPair ? hexAt(bytes, at + 8, at + 12, end) : -1
  if (low < 0xdc00 || low >= 0xe000) return take(6, 0xfffd, false)
  return take(12, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), false)
}

const GONE = -1
const SPACE = 0x20
const DASH = 0x2d

/** Characters that nobody sees go; spaces, dashes, full-width letters and other digits become those of ASCII. */
function readLookalike(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at]
  if (first < 0xe0) {
    if (at + 1 >= end) return false
    const plain = ofTwoBytes(first, bytes[at + 1])
    return plain !== 0 && take(2, plain, false)
  }
  if (at + 2 >= end) return false
  const plain = ofThreeBytes(((first & 15) << 12) | ((bytes[at + 1] & 63) << 6) | (bytes[at + 2] & 63))
  return plain !== 0 && take(3, plain, false)
}

function ofTwoBytes(first: number, second: number): number {
  // No-break space and soft hyphen.
  if (first === 0xc2) return second === 0xa0 ? SPACE : second === 0xad ? GONE : 0
  // Arabic digits, the eastern ones too.
  const zero = first === 0xd9 ? 0xa0 : 0xb0
  return second >= zero && second <= zero + 9 ? 0x30 + second - zero : 0
}

function ofThreeBytes(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0
  if (code >= 0x2000 && code <= 0x200a) return SPACE
  if ((code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e)) return GONE
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return DASH
  if (code === 0x202f || code === 0x205f || code === 0x3000) return SPACE
  return (code >= 0x2060 && code <= 0x2064) || code === 0xfeff ? GONE : 0
}

const HEX = '0123456789ABCDEF'
/** Letters that need no escape in a part of a URL; brackets and colon are read as themselves by everybody. */
const PLAIN_IN_URL = new Uint8Array(256)
for (let byte = 0x30; byte <= 0x7a; byte++) {
  const letter = byte | 0x20
  if (byte <= 0x39 || (byte > 0x40 && letter >= 0x61 && letter <= 0x7a)) PLAIN_IN_URL[byte] = 1
}
for (const letter of '-._~[]:*') PLAIN_IN_URL[letter.charCodeAt(0)] = 1

const ENTITY_OF: Readonly<Record<number, string>> = { 34: '&quot;', 38: '&amp;', 39: '&#39;', 60: '&lt;', 62: '&gt;' }

/** `text` written as what it stands in the place of was: with percent signs, entities or backslashes, or as it is. */
export function encodeLike(text: Uint8Array, before: Uint8Array): Uint8Array {
  if (before.includes(PERCENT)) return encoded(text, (byte) => (PLAIN_IN_URL[byte] === 1 ? undefined : percent(byte)))
  if (before.includes(AMPERSAND)) return encoded(text, (byte) => ENTITY_OF[byte])
  return before.includes(BACKSLASH) ? escapeJson(text) : text
}

function percent(byte: number): string {
  return `%${HEX[byte >> 4]}${HEX[byte & 15]}`
}

function encoded(text: Uint8Array, escapeOf: (byte: number) => string | undefined): Uint8Array {
  let out = ''
  for (const byte of text) out += escapeOf(byte) ?? String.fromCharCode(byte)
  return Buffer.from(out, 'latin1')
}
