// Tokens whose body is a row of letters with counts (`[0-9a-f]{32}-us[0-9]{1,2}`): this file makes a finder of such a
// body, so that RE2 is not asked. What has groups, alternatives or long runs in the middle is left to RE2.
import type { Check, SpanFinder } from '../core/detector.ts'
import { type ByteClass, escapeClass, exactly, readBracket } from './anchor.ts'
import { afterEscape, is, setOf, WORD } from './checks/bytes.ts'

/** `min` to `max` letters of a set. */
interface Part {
  readonly set: ByteClass
  readonly min: number
  readonly max: number
}

/** Longer runs may only stand first: behind other parts, hostile text would have them read again and again. */
const RUN_BYTES_MAX = 256
/** Of a run that has an end the last letters may be taken back, so many at most, to see whether the rest fits then. */
const TAKEN_BACK_MAX = 64

/** The parts of a body in RE2 syntax; undefined when it is not such a row. */
function partsOf(body: string): readonly Part[] | undefined {
  const parts: Part[] = []
  for (let at = 0; at < body.length; ) {
    const one = setAt(body, at)
    if (one === undefined) return undefined
    const { min, max, next } = countAt(body, one.next)
    const isLong = max > RUN_BYTES_MAX
    if (next < 0 || (isLong ? parts.length > 0 : max - min > TAKEN_BACK_MAX)) return undefined
    parts.push({ set: one.set, min, max })
    at = next
  }
  return parts.length === 0 ? undefined : parts
}

/** Only ASCII: RE2 counts characters, and this file bytes. */
function setAt(body: string, at: number): { set: ByteClass; next: number } | undefined {
  const letter = body[at]
  if ('.()|^$*+?{'.includes(letter)) return undefined
  let one = { set: exactly(letter.charCodeAt(0)), next: at + 1 }
  if (letter === '[') one = readBracket(body, at + 1)
  if (letter === '\\') {
    const escaped = body[at + 1]
    one = { set: escapeClass(escaped) ?? exactly(escaped.charCodeAt(0)), next: at + 2 }
  }
  return one.set.subarray(128).includes(1) ? undefined : one
}

/** The quantifier at `at`; `next` is negative when it is not known here. */
function countAt(body: string, at: number): { min: number; max: number; next: number } {
  const letter = body[at]
  const isLazy = body[at + 1] === '?'
  if (letter === '?') return { min: 0, max: 1, next: isLazy ? -1 : at + 1 }
  if (letter === '*') return { min: 0, max: Number.POSITIVE_INFINITY, next: isLazy ? -1 : at + 1 }
  if (letter === '+') return { min: 1, max: Number.POSITIVE_INFINITY, next: isLazy ? -1 : at + 1 }
  if (letter !== '{') return { min: 1, max: 1, next: at }
  const close = body.indexOf('}', at)
  const [least, most = least] = body.slice(at + 1, close).split(',')
  const max = most === '' ? Number.POSITIVE_INFINITY : Number(most)
  return { min: Number(least), max, next: body[close + 1] === '?' ? -1 : close + 1 }
}

/** What may stand around a token. */
interface Around {
  /** Bytes that may not stand before it, unless they end an escape. */
  readonly front: Uint8Array
  /** Bytes that may not stand behind it, beyond letters and digits. */
  readonly glue: string
}

interface Row {
  /** Literals, one of which begins every token. */
  readonly prefixes: readonly string[]
  /** Bytes from the front of a token to where an anchor ends in it: one of these. */
  readonly anchored: readonly number[]
  /** What follows a prefix, in RE2 syntax. */
  readonly body: string
  readonly around: Around
  readonly check: Check
}

/**
 * Finds such tokens as RE2 does: of prefixes the first that fits, and of runs as much as fits. Undefined when the body
 * is not a row, or when hostile text could have a long run read again from each prefix within it.
 */
export function findTokens({ prefixes, anchored, body, around, check }: Row): SpanFinder | undefined {
  const parts = partsOf(body)
  if (parts === undefined) return undefined
  const starts = prefixes.map((prefix) => Buffer.from(prefix))
  const [first] = parts
  const isLong = first.max > RUN_BYTES_MAX
  const mayLieWithin = starts.some((start) => isOf(first.set, start.subarray(0, Math.min(...anchored))))
  if (isLong && mayLieWithin && !starts.every((start) => isOf(first.set, start))) return undefined
  const { front, glue } = around
  const endOf = ending(parts, setOf(glue))

  return (bytes, from, to, at, span) => {
    let known = -1
    for (const length of anchored) {
      const start = at - length
      if (start < from || !beginsAt(bytes, from, start, front)) continue
      for (const prefix of starts) {
        if (!isAt(prefix, bytes, start, to)) continue
        const end = endOf(bytes, start + prefix.length, to)
        if (end < 0) {
          // From any other prefix in this run, it is the same run that does not do.
          if (isLong && mayLieWithin) known = ~runEnd(first, bytes, start + prefix.length, to)
          continue
        }
        if (!check(bytes, start, end)) return ~end
        span.start = start
        return end
      }
    }
    return known
  }
}

/** Where the parts end that begin at `at`, or -1. */
function ending(parts: readonly Part[], glue: Uint8Array): (bytes: Uint8Array, at: number, to: number) => number {
  const endFrom = (part: number, bytes: Uint8Array, at: number, to: number): number => {
    if (part === parts.length) return at >= to || (!is(bytes[at], WORD) && glue[bytes[at]] === 0) ? at : -1
    const least = at + parts[part].min
    for (let end = runEnd(parts[part], bytes, at, to); end >= least; end--) {
      const found = endFrom(part + 1, bytes, end, to)
      if (found >= 0) return found
    }
    return -1
  }
  return (bytes, at, to) => endFrom(0, bytes, at, to)
}

function isOf(set: ByteClass, bytes: Uint8Array): boolean {
  return bytes.every((byte) => set[byte] === 1)
}

function runEnd({ set, max }: Part, bytes: Uint8Array, at: number, to: number): number {
  const last = Math.min(to, at + max)
  let end = at
  while (end < last && set[bytes[end]] === 1) end++
  return end
}

/** True when a token may begin at `start`: at the front, behind an escape, or behind a byte that is not in `front`. */
export function beginsAt(bytes: Uint8Array, from: number, start: number, front: Uint8Array): boolean {
  if (start === from || front[bytes[start - 1]] === 0 || afterEscape(bytes, from, start)) return true
  return start - from >= 2 && bytes[start - 2] === 0x5c && ESCAPED[bytes[start - 1]] === 1
}

/** `\n`, `\r`, `\t` as they are written. */
const ESCAPED = setOf('nrt')

function isAt(prefix: Uint8Array, bytes: Uint8Array, start: number, to: number): boolean {
  if (start + prefix.length > to) return false
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false
  return true
}
