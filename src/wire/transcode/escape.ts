// Text and binary as JSON strings. Runs that need no escape are copied byte by byte: leaves are short, and a loop of
// plain stores beats a call into the engine up to some hundred bytes.
import type { Output } from './output.ts'
import { isUtf8, sequenceLength } from './utf8.ts'

/** 0: copied as it is; a letter: written as backslash and letter; 1: \u00XX; 2: begins a sequence of UTF-8. */
const CLASS = classes()
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
const BASE64 = Uint8Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (c) =>
  c.charCodeAt(0),
)
const LONG_RUN = 256

/** The bytes as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD. */
export function writeString(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.reserve(end - start + 8)
  out.bytes[out.used++] = 0x22
  let at = start
  while (at < end) {
    at = end - at > LONG_RUN ? copyLong(out, bytes, at, end) : copyRun(out, bytes, at, end)
    if (at < end) at = writeEscaped(out, bytes, at, end)
  }
  out.push(0x22)
}

/** Text when it is UTF-8, else base64. */
export function writeBinary(out: Output, bytes: Uint8Array, start: number, end: number): void {
  if (isUtf8(bytes, start, end)) writeString(out, bytes, start, end)
  else writeBase64(out, bytes, start, end)
}

export function writeHex(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.reserve((end - start) * 2 + 2)
  out.push(0x22)
  for (let at = start; at < end; at++) {
    out.bytes[out.used++] = HEX[bytes[at] >> 4]
    out.bytes[out.used++] = HEX[bytes[at] & 15]
  }
  out.push(0x22)
}

/** RFC 4648 section 4, with padding. */
export function writeBase64(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.reserve(Math.ceil((end - start) / 3) * 4 + 2)
  out.push(0x22)
  for (let at = start; at < end; at += 3) {
    const left = end - at
    const three = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0)
    out.push(BASE64[three >> 18])
    out.push(BASE64[(three >> 12) & 63])
    out.push(left > 1 ? BASE64[(three >> 6) & 63] : 0x3d)
    out.push(left > 2 ? BASE64[three & 63] : 0x3d)
  }
  out.push(0x22)
}

/** Copies up to the first byte that cannot be copied; returns where it stopped. */
function copyRun(out: Output, bytes: Uint8Array, at: number, end: number): number {
  out.reserve(end - at + 8)
  const target = out.bytes
  let used = out.used
  while (at < end) {
    const byte = bytes[at]
    if (CLASS[byte] !== 0) break
    target[used++] = byte
    at++
  }
  out.used = used
  return at
}

function copyLong(out: Output, bytes: Uint8Array, at: number, end: number): number {
  let to = at
  while (to < end && CLASS[bytes[to]] === 0) to++
  out.reserve(end - at + 8)
  if (to - at < LONG_RUN) {
    for (let from = at; from < to; from++) out.bytes[out.used++] = bytes[from]
    return to
  }
  out.bytes.set(bytes.subarray(at, to), out.used)
  out.used += to - at
  return to
}

function writeEscaped(out: Output, bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]
  const kind = CLASS[byte]
  out.reserve(end - at + 8)
  if (kind > 2) {
    out.bytes[out.used++] = 0x5c
    out.bytes[out.used++] = kind
    return at + 1
  }
  if (kind === 2) return writeSequence(out, bytes, at, end)
  out.bytes[out.used++] = 0x5c
  out.bytes[out.used++] = 0x75
  out.bytes[out.used++] = 0x30
  out.bytes[out.used++] = 0x30
  out.bytes[out.used++] = HEX[byte >> 4]
  out.bytes[out.used++] = HEX[byte & 15]
  return at + 1
}

function writeSequence(out: Output, bytes: Uint8Array, at: number, end: number): number {
  const length = sequenceLength(bytes, at, end)
  if (length < 0) {
    out.bytes[out.used++] = 0xef
    out.bytes[out.used++] = 0xbf
    out.bytes[out.used++] = 0xbd
    return at - length
  }
  for (let tail = 0; tail < length; tail++) out.bytes[out.used++] = bytes[at + tail]
  return at + length
}

function classes(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(1, 0, 0x20)
  table.fill(2, 0x80)
  for (const [byte, letter] of [
    [0x08, 'b'],
    [0x09, 't'],
    [0x0a, 'n'],
    [0x0c, 'f'],
    [0x0d, 'r'],
    [0x22, '"'],
    [0x5c, '\\'],
  ] as const) {
    table[byte] = letter.charCodeAt(0)
  }
  table[0x7f] = 0
  return table
}
