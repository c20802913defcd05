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

interface Param {
  readonly name: string
  readonly values: [start: number, end: number][]
}

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
  const params = new Map<string, Param>()
  while (at < end && bytes[at] === SP) {
    const from = at + 1
    const to = nameEnd(bytes, from, end)
    if (to === from || to + 1 >= end || bytes[to] !== 0x3d || bytes[to + 1] !== QUOTE) return -1
    const stop = valueEnd(bytes, to + 2, end)
    if (stop < 0) return -1
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()
    const param = params.get(name)
    if (param === undefined) params.set(name, { name, values: [[to + 2, stop]] })
    else param.values.push([to + 2, stop])
    at = stop + 1
  }
  if (at >= end || bytes[at] !== CLOSE) return -1
  writeParams(out, bytes, [...params.values()])
  return at + 1
}

function writeParams(out: Output, bytes: Uint8Array, params: readonly Param[]): void {
  out.push(0x3a)
  out.push(0x7b)
  for (const [nth, { name, values }] of params.entries()) {
    if (nth > 0) out.push(0x2c)
    out.append(Buffer.from(JSON.stringify(name)))
    out.push(0x3a)
    if (values.length > 1) out.push(OPEN)
    for (const [at, [from, to]] of values.entries()) {
      if (at > 0) out.push(0x2c)
      writeValue(out, bytes, from, to)
    }
    if (values.length > 1) out.push(CLOSE)
  }
  out.push(0x7d)
}

/** Only the three escapes are escapes; any other backslash is itself. */
function writeValue(out: Output, bytes: Uint8Array, start: number, end: number): void {
  if (bytes.subarray(start, end).indexOf(BACKSLASH) < 0) {
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
