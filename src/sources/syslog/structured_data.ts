// The structured data of RFC 5424, section 6.3, as a JSON object of objects. A name that stands in an element more than
// once, which is allowed, has a list of its values.
//
//   SD      ::= "-" | ( "[" id ( SP name "=" QUOTE value QUOTE )* "]" )+      value: \" \\ \] are escapes
import { writeString } from '../../wire/transcode/escape.ts'
import type { Output } from '../../wire/transcode/output.ts'

const BACKSLASH = 0x5c
const QUOTE = 0x22
const CLOSE = 0x5d
const OPEN = 0x5b
const SP = 0x20
/** More parameters than that are told apart by a table. */
const COMPARED_MAX = 16

/** Where the parameters of one element lie: name and value of each, four offsets. */
const params: number[] = []

/** Where the structured data at `at` ends, written; -1 when it is broken: then what was written is of no use. */
export function writeStructuredData(out: Output, bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== OPEN) return -1
  out.push(0x7b)
  let first = true
  while (at < end && bytes[at] === OPEN) {
    if (!first) out.push(0x2c)
    first = false
    at = writeElement(out, bytes, at + 1, end)
    if (at < 0) return -1
  }
  out.push(0x7d)
  return at
}

function writeElement(out: Output, bytes: Uint8Array, start: number, end: number): number {
  let at = nameEnd(bytes, start, end)
  if (at === start) return -1
  writeString(out, bytes, start, at)
  params.length = 0
  while (at < end && bytes[at] === SP) {
    const from = at + 1
    const to = nameEnd(bytes, from, end)
    if (to === from || to + 1 >= end || bytes[to] !== 0x3d || bytes[to + 1] !== QUOTE) return -1
    const stop = valueEnd(bytes, to + 2, end)
    if (stop < 0) return -1
    params.push(from, to, to + 2, stop)
    at = stop + 1
  }
  if (at >= end || bytes[at] !== CLOSE) return -1
  out.push(0x3a)
  out.push(0x7b)
  if (isRepeated(bytes)) writeLists(out, bytes)
  else {
    for (let n = 0; n < params.length; n += 4) {
      if (n > 0) out.push(0x2c)
      writeString(out, bytes, params[n], params[n + 1])
      out.push(0x3a)
      writeValue(out, bytes, params[n + 2], params[n + 3])
    }
  }
  out.push(0x7d)
  return at + 1
}

/** True when two of them may have one name. */
function isRepeated(bytes: Uint8Array): boolean {
  if (params.length > 4 * COMPARED_MAX) return true
  for (let n = 4; n < params.length; n += 4) {
    for (let before = 0; before < n; before += 4) if (isSameName(bytes, before, n)) return true
  }
  return false
}

function isSameName(bytes: Uint8Array, one: number, other: number): boolean {
  const size = params[one + 1] - params[one]
  if (params[other + 1] - params[other] !== size) return false
  for (let n = 0; n < size; n++) if (bytes[params[one] + n] !== bytes[params[other] + n]) return false
  return true
}

function writeLists(out: Output, bytes: Uint8Array): void {
  const byName = new Map<string, number[]>()
  for (let n = 0; n < params.length; n += 4) {
    const name = Buffer.from(bytes.subarray(params[n], params[n + 1])).toString()
    const places = byName.get(name)
    if (places === undefined) byName.set(name, [n])
    else places.push(n)
  }
  let first = true
  for (const [name, places] of byName) {
    out.append(Buffer.from(`${first ? '' : ','}${JSON.stringify(name)}:`))
    first = false
    if (places.length > 1) out.push(OPEN)
    for (const [at, n] of places.entries()) {
      if (at > 0) out.push(0x2c)
      writeValue(out, bytes, params[n + 2], params[n + 3])
    }
    if (places.length > 1) out.push(CLOSE)
  }
}

/** Only the three escapes are escapes; any other backslash is itself. */
function writeValue(out: Output, bytes: Uint8Array, start: number, end: number): void {
  let plain = start
  while (plain < end && bytes[plain] !== BACKSLASH) plain++
  if (plain === end) {
    writeString(out, bytes, start, end)
    return
  }
  const text: number[] = []
  for (let at = start; at < end; at++) {
    const next = bytes[at + 1]
    const escapes = bytes[at] === BACKSLASH && at + 1 < end && (next === QUOTE || next === BACKSLASH || next === CLOSE)
    text.push(bytes[escapes ? ++at : at])
  }
  writeString(out, Uint8Array.from(text), 0, text.length)
}

function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] > SP && bytes[at] !== 0x3d && bytes[at] !== CLOSE && bytes[at] !== QUOTE) at++
  return at
}

/** Where its closing quote is, or -1. */
function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  for (; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === QUOTE) return at
  }
  return -1
}
