// Where a JSON value ends, and that it is whole. It is lenient where nothing is at stake: control characters and bytes
// that are no UTF-8 may stand in strings.
import { LIMITS } from '../../core/limits.ts'

/** A level of a value of OTLP is four in its JSON. */
const DEPTH_MAX = LIMITS.depth_max * 5
const isMap = new Uint8Array(DEPTH_MAX + 1)

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at++
  }
  return at
}

/** End of the value at `at` (no space before it), or -1 when it is broken or nested too deep. */
export function skipJson(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0
  for (;;) {
    // Here a value begins.
    const byte = at < end ? bytes[at] : 0
    if (byte === 0x7b || byte === 0x5b) {
      if (depth === DEPTH_MAX) return -1
      isMap[++depth] = byte === 0x7b ? 1 : 0
      at = skipSpace(bytes, at + 1, end)
      if (at < end && bytes[at] === byte + 2) {
        depth--
        at++
      } else {
        if (isMap[depth] === 1) at = skipName(bytes, at, end)
        if (at < 0) return -1
        continue
      }
    } else {
      at = byte === 0x22 ? skipString(bytes, at, end) : skipScalar(bytes, at, end)
      if (at < 0) return -1
    }
    // Here a value has ended: boxes close, until a comma brings the next one.
    for (;;) {
      if (depth === 0) return at
      at = skipSpace(bytes, at, end)
      const next = at < end ? bytes[at++] : 0
      if (next === 0x2c) break
      if (next !== (isMap[depth] === 1 ? 0x7d : 0x5d)) return -1
      depth--
    }
    at = skipSpace(bytes, at, end)
    if (isMap[depth] === 1) at = skipName(bytes, at, end)
    if (at < 0) return -1
  }
}

/** A member's name, its colon and the space around it. */
function skipName(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== 0x22) return -1
  at = skipString(bytes, at, end)
  if (at < 0) return -1
  at = skipSpace(bytes, at, end)
  return at < end && bytes[at] === 0x3a ? skipSpace(bytes, at + 1, end) : -1
}

/** What `skipString` saw last: whether the string has an escape. */
export const seen = { escape: false }

export function skipString(bytes: Uint8Array, at: number, end: number): number {
  seen.escape = false
  for (at++; at < end; at++) {
    const byte = bytes[at]
    if (byte === 0x22) return at + 1
    if (byte !== 0x5c) continue
    seen.escape = true
    const escaped = at + 1 < end ? bytes[at + 1] : 0
    if (escaped === 0x75) {
      if (!areHex(bytes, at + 2, at + 6, end)) return -1
      at += 5
    } else if (isEscape(escaped)) at++
    else return -1
  }
  return -1
}

function areHex(bytes: Uint8Array, from: number, to: number, end: number): boolean {
  if (to > end) return false
  for (let at = from; at < to; at++) if (hexValue(bytes[at]) < 0) return false
  return true
}

export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 87 : -1
}

/** One of `"\/bfnrt`. */
function isEscape(byte: number): boolean {
  return '"\\/bfnrt'.includes(String.fromCharCode(byte)) && byte !== 0
}

function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  const byte = at < end ? bytes[at] : 0
  if (byte === 0x74) return skipWord(bytes, at, end, 'true')
  if (byte === 0x66) return skipWord(bytes, at, end, 'false')
  if (byte === 0x6e) return skipWord(bytes, at, end, 'null')
  return skipNumber(bytes, at, end)
}

function skipWord(bytes: Uint8Array, at: number, end: number, word: string): number {
  if (at + word.length > end) return -1
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return -1
  return at + word.length
}

/** `-? digits ( . digits )? ( [eE] [+-]? digits )?` (RFC 8259 section 6; leading zeros are let through). */
function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === 0x2d) at++
  at = skipDigits(bytes, at, end)
  if (at > 0 && at < end && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1, end)
  if (at > 0 && at < end && (bytes[at] | 0x20) === 0x65) {
    at++
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++
    at = skipDigits(bytes, at, end)
  }
  return at
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  const from = at
  while (at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++
  return at === from ? -1 : at
}
