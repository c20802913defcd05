// Puts edits into OTLP's JSON. A record that goes takes a comma along, so that its list stays one.
import { DROPPED, Edits } from '../core/edits.ts'
import type { Spliced } from '../core/wire.ts'
import { ascending, spliceBytes } from './splice.ts'

const COMMA = 0x2c
const COLON = 0x3a
const EMPTY = Uint8Array.of(0x7b, 0x7d)

export function spliceOtlpJson(bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced {
  return spliceBytes(bytes, ends, withCommas(bytes, ascending(edits)))
}

function withCommas(bytes: Uint8Array, edits: Edits): Edits {
  const out = new Edits()
  for (let at = 0; at < edits.count; at++) {
    if (edits.head[at] !== DROPPED) {
      out.add(edits.start[at], edits.end[at], -1, edits.bytes.subarray(edits.from[at], edits.to[at]))
      continue
    }
    // Neighbours that go too are one range with it.
    const first = edits.start[at]
    let next = behind(bytes, edits.end[at])
    while (at + 1 < edits.count && edits.head[at + 1] === DROPPED && bytes[next] === COMMA) {
      if (behind(bytes, next + 1) !== edits.start[at + 1]) break
      next = behind(bytes, edits.end[++at])
    }
    const before = ahead(bytes, first)
    // A resource or scope is the value of a member: an empty one is as good as none.
    if (bytes[before] === COLON) out.add(first, edits.end[at], -1, EMPTY)
    else if (bytes[next] === COMMA) out.add(first, behind(bytes, next + 1), -1, bytes.subarray(0, 0))
    else out.add(bytes[before] === COMMA ? before : first, edits.end[at], -1, bytes.subarray(0, 0))
  }
  return out
}

/** The next byte at or behind `from` that is no space. */
function behind(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && isSpace(bytes[at])) at++
  return at
}

function ahead(bytes: Uint8Array, from: number): number {
  let at = from - 1
  while (at >= 0 && isSpace(bytes[at])) at--
  return at
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
