// Anchors: short sequences of byte classes, one of which occurs in every match of a detector. This file reads them as
// their authors write them; derive.ts finds them in a pattern. It never looks at record bytes.

/** The bytes that may stand at one position: 256 entries of 0 or 1. */
export type ByteClass = Uint8Array

export interface Anchor {
  readonly classes: readonly ByteClass[]
}

export class AnchorError extends Error {}

export function classOf(test: (byte: number) => boolean): ByteClass {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0))
}

const encoder = new TextEncoder()
const single: (ByteClass | undefined)[] = []

/** The class of one byte: the same object each time, since anchors are made of thousands. */
export function exactly(byte: number): ByteClass {
  single[byte] ??= classOf((other) => other === byte)
  return single[byte]
}

const DIGITS = classOf((byte) => byte >= 0x30 && byte <= 0x39)
const WORD = classOf(
  (b) => (b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x5a) || b === 0x5f || (b >= 0x61 && b <= 0x7a),
)
const SPACE = classOf((byte) => byte === 0x20 || (byte >= 9 && byte <= 13))
export const ANY = classOf(() => true)
/** `^` at the front of an anchor: no ASCII letter or digit. The start of a leaf counts as a line feed. */
const EDGE = classOf((b) => !((b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x5a) || (b >= 0x61 && b <= 0x7a)))

function negated(set: ByteClass): ByteClass {
  return set.map((bit) => 1 - bit)
}

const inBothCases = new WeakMap<ByteClass, ByteClass>()

/** The same object for the same class, too. */
export function withBothCases(set: ByteClass): ByteClass {
  let both = inBothCases.get(set)
  if (both === undefined) {
    both = bothCasesOf(set)
    inBothCases.set(set, both)
  }
  return both
}

function bothCasesOf(set: ByteClass): ByteClass {
  const both = set.slice()
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    if (set[upper] === 1 || set[upper + 32] === 1) both[upper] = both[upper + 32] = 1
  }
  return both
}

/** What a backslash and this letter mean, or undefined when it is the letter itself. */
export function escapeClass(letter: string): ByteClass | undefined {
  switch (letter) {
    case 'd':
      return DIGITS
    case 'D':
      return negated(DIGITS)
    case 'w':
      return WORD
    case 'W':
      return negated(WORD)
    case 's':
      return SPACE
    case 'S':
      return negated(SPACE)
    case 'n':
      return classOf((byte) => byte === 10)
    case 'r':
      return classOf((byte) => byte === 13)
    case 't':
      return classOf((byte) => byte === 9)
    default:
      return undefined
  }
}

/** Reads a `[…]` whose first character behind the bracket is at `at`. Non-ASCII members make it match any high byte. */
export function readBracket(text: string, at: number): { set: ByteClass; next: number } {
  const set = new Uint8Array(256)
  let i = at
  const negate = text[i] === '^'
  if (negate) i++
  for (let first = true; ; first = false) {
    if (i >= text.length) throw new AnchorError(`no ] closes the [ in ${text}`)
    if (text[i] === ']' && !first) break
    if (text.startsWith('[:', i)) throw new AnchorError(`POSIX classes are not known here: ${text}`)
    const low = readMember(text, i)
    i = low.next
    if (low.set) {
      low.set.forEach((bit, byte) => {
        if (bit === 1) set[byte] = 1
      })
      continue
    }
    let high = low.code
    if (text[i] === '-' && text[i + 1] !== ']' && i + 1 < text.length) {
      const end = readMember(text, i + 1)
      high = end.code
      i = end.next
    }
    if (high > 127) set.fill(1, 128)
    for (let code = low.code; code <= Math.min(high, 127); code++) set[code] = 1
  }
  return { set: negate ? negated(set) : set, next: i + 1 }
}

function readMember(text: string, at: number): { set?: ByteClass; code: number; next: number } {
  if (text[at] !== '\\')
    return { code: text.codePointAt(at) ?? 0, next: at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) }
  const letter = text[at + 1]
  if (letter === 'x') return { code: Number.parseInt(text.slice(at + 2, at + 4), 16), next: at + 4 }
  const set = escapeClass(letter)
  return set ? { set, code: 0, next: at + 2 } : { code: letter.charCodeAt(0), next: at + 2 }
}

/** Reads an anchor: literals, `[classes]`, `\d`, `{n}`, a leading `^`, a leading `(?i)`. Throws AnchorError. */
export function parseAnchor(source: string): Anchor {
  const ignoreCase = source.startsWith('(?i)')
  const text = ignoreCase ? source.slice(4) : source
  const classes: ByteClass[] = []
  let at = 0
  if (text[0] === '^') {
    classes.push(EDGE)
    at = 1
  }
  while (at < text.length) {
    const letter = text[at]
    if (letter === '{') {
      const close = text.indexOf('}', at)
      const times = Number(text.slice(at + 1, close))
      if (close < 0 || !Number.isInteger(times) || times < 1 || classes.length === 0) {
        throw new AnchorError(`{n} is not usable in ${source}`)
      }
      for (let i = 1; i < times; i++) classes.push(classes[classes.length - 1])
      at = close + 1
    } else if (letter === '[') {
      const { set, next } = readBracket(text, at + 1)
      classes.push(set)
      at = next
    } else if (letter === '\\') {
      const escaped = text[at + 1]
      classes.push(escapeClass(escaped) ?? literal(escaped))
      at += 2
    } else {
      for (const byte of encoder.encode(letter)) classes.push(exactly(byte))
      at++
    }
  }
  if (classes.length === 0) throw new AnchorError('an anchor is empty')
  return { classes: ignoreCase ? classes.map(withBothCases) : classes }
}

/** How rarely a run occurs in ordinary text, in bits. Small classes tell more than large ones. */
export function bits(run: readonly ByteClass[]): number {
  let sum = 0
  for (const set of run) {
    let members = 0
    for (let byte = 0; byte < 128; byte++) members += set[byte]
    sum += members === 0 ? 0 : Math.max(0, Math.log2(96 / Math.min(96, members)))
  }
  return sum
}

/** Bits that are enough for an anchor: about three letters in a row. */
const BITS_ENOUGH = 18
/** A class of so many members tells little and makes many states. */
const WIDE_MEMBERS = 16

/** The anchor without the wide classes at its end, as long as what stays is telling enough. */
export function trimmed({ classes }: Anchor): Anchor {
  let length = classes.length
  while (
    length > 1 &&
    members(classes[length - 1]) > WIDE_MEMBERS &&
    bits(classes.slice(0, length - 1)) >= BITS_ENOUGH
  ) {
    length--
  }
  return { classes: classes.slice(0, length) }
}

function members(set: ByteClass): number {
  return set.reduce((count, bit) => count + bit, 0)
}

function literal(letter: string): ByteClass {
  return exactly(letter.charCodeAt(0))
}
