// Values behind names in text: `cvv=123` in a query or in logfmt, `"ssn": "…"` in a piece of JSON, `X-Api-Key: …`,
// `<pin>1234</pin>`, `ssn = '…'` in SQL. The names are those of the rules by field name, and mean what they mean as
// keys. It redacts nothing; the matcher asks it where an anchor of a name was.
import { type Anchor, classOf } from './anchor.ts'
import { ALPHA, DASH, DIGIT, DOT, is, SPACE, setOf, UNDERSCORE, WORD } from './checks/bytes.ts'
import { isNoSecret, looksRandom } from './checks/credential.ts'
import { spellings } from './context.ts'
import { type FieldName, type NameEnds, rulesOf, wordsOf } from './fields.ts'

/** Longer words are no name. */
const NAME_BYTES_MAX = 64
const BLANKS_MAX = 4
/** Names of records that are remembered. At the limit all are forgotten. */
const NAMES_MAX = 4096

const EQUALS = 0x3d
const COLON = 0x3a
const BACKSLASH = 0x5c
const DOUBLE = 0x22
const SINGLE = 0x27
const OPEN_TAG = 0x3c
const CLOSE_TAG = 0x3e

/** What may follow a name: a separator, the quote that closes it, a blank, or the number at its end. */
const FOLLOWS = classOf((byte) => '=:"\'\\> \t0123456789'.includes(String.fromCharCode(byte)))
/** What a value without quotes ends at. */
const PLAIN_END = setOf(' \t\n\f\r"\'&,;\\<>|)]}`')
/** Headers whose value is all that follows. */
const WHOLE_LINE = new Set(['authorization', 'proxyauthorization', 'authheader', 'cookie', 'setcookie'])
const HEADER_SECRET_BYTES_MIN = 8

/** Anchors of the names, in every spelling; each ends one byte behind the name. */
export function nameAnchors(names: readonly string[]): Anchor[] {
  const words = new Set(names.map((name) => wordsOf(name).join(' ')))
  return [...words].flatMap((word) => spellings(word).map(({ classes }) => ({ classes: [...classes, FOLLOWS] })))
}

interface Name {
  readonly rules: readonly number[]
  readonly words: readonly string[]
}

const NO_RULES: readonly number[] = []

export class NamedValues {
  /** The value that was found, and the rules that want it. */
  start = 0
  end = 0
  rules = NO_RULES
  private readonly fields: NameEnds<FieldName>
  private readonly ranks: Int32Array
  private readonly names = new Map<string, Name>()

  constructor(fields: NameEnds<FieldName>, ranks: Int32Array) {
    this.fields = fields
    this.ranks = ranks
  }

  /** Looks at the name whose anchor ends at `at`; false when it is none, or no value stands behind it. */
  find(bytes: Uint8Array, from: number, to: number, at: number): boolean {
    let end = at - 1
    while (end < to && end - at < NAME_BYTES_MAX && isNameByte(bytes[end])) end++
    let separator = behindQuote(bytes, end, to)
    const isQuoted = separator > end
    separator = behindBlanks(bytes, separator, to)
    const behind = behindSeparator(bytes, separator, to)
    const isTag = behind < 0 && separator === end && bytes[end] === CLOSE_TAG
    if (behind < 0 && !isTag) return false
    const start = nameStart(bytes, from, end)
    if (isTag && !opensTag(bytes, from, start)) return false
    let name = this.named(bytes, start, end)
    let isProse = false
    if (name.rules.length === 0 && start - from > 1 && bytes[start - 1] === SPACE) {
      // `Card number: …`
      name = this.named(bytes, nameStart(bytes, from, start - 1), end)
      isProse = true
    }
    if (name.rules.length === 0) return false
    this.rules = name.rules
    if (isTag) return this.inTag(bytes, end + 1, to)
    const isLoose = bytes[separator] === COLON && !isQuoted
    isProse ||= name.words.length < 2
    return this.behind(name.words, bytes, behindBlanks(bytes, behind, to), to, isLoose, isProse)
  }

  private inTag(bytes: Uint8Array, start: number, to: number): boolean {
    let end = start
    while (end < to && bytes[end] !== OPEN_TAG) end++
    return this.take(bytes, start, end)
  }

  /** `isLoose`: the name stands in no quotes before a colon. `isProse`: the name may be words of a sentence. */
  private behind(
    words: readonly string[],
    bytes: Uint8Array,
    at: number,
    to: number,
    isLoose: boolean,
    isProse: boolean,
  ): boolean {
    const open = behindQuote(bytes, at, to)
    if (open > at) return this.take(bytes, open, quotedEnd(bytes, open, to, bytes[open - 1], open - at > 1))
    if (isLoose && WHOLE_LINE.has(words.join(''))) {
      const end = lineEnd(bytes, at, to)
      const secret = headerSecret(bytes, at, end)
      return secret >= 0 && this.take(bytes, secret, end)
    }
    let end = at
    while (end < to && PLAIN_END[bytes[end]] === 0) end++
    // `card_number:` is a name, and `token:` may be a word.
    if (isLoose && isProse && !isNumber(bytes, at, end)) return false
    // `PWD=/root` is where a shell stands, and `==` compares.
    const first = bytes[at]
    if (first === EQUALS || ((first === 0x2f || first === 0x7e) && words.at(-1) === 'pwd')) return false
    return this.take(bytes, at, end)
  }

  private take(bytes: Uint8Array, start: number, end: number): boolean {
    this.start = start
    this.end = end
    return end > start && !isNoSecret(bytes, start, end)
  }

  private named(bytes: Uint8Array, start: number, end: number): Name {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    let name = this.names.get(key)
    if (name === undefined) {
      if (this.names.size >= NAMES_MAX) this.names.clear()
      const words = wordsOf(key)
      name = { words, rules: rulesOf(this.fields, words, this.ranks) }
      this.names.set(key, name)
    }
    return name
  }
}

function isNameByte(byte: number): boolean {
  return is(byte, WORD) || byte === UNDERSCORE || byte === DASH || byte === DOT
}

function nameStart(bytes: Uint8Array, from: number, end: number): number {
  let start = end
  while (start > from && end - start < NAME_BYTES_MAX && isNameByte(bytes[start - 1])) start--
  return start
}

/** `<name` and `<prefix:name`. */
function opensTag(bytes: Uint8Array, from: number, start: number): boolean {
  if (start > from && bytes[start - 1] === OPEN_TAG) return true
  let at = start - 1
  if (bytes[at] !== COLON) return false
  while (at > from && is(bytes[at - 1], ALPHA | DIGIT)) at--
  return at > from && bytes[at - 1] === OPEN_TAG
}

/** Behind the quote at `at`, with the backslashes before it; `at` when there is none. */
function behindQuote(bytes: Uint8Array, at: number, to: number): number {
  let quote = at
  while (quote < to && bytes[quote] === BACKSLASH) quote++
  return quote < to && (bytes[quote] === DOUBLE || bytes[quote] === SINGLE) ? quote + 1 : at
}

function behindBlanks(bytes: Uint8Array, at: number, to: number): number {
  let next = at
  while (next < to && next - at < BLANKS_MAX && (bytes[next] === 0x20 || bytes[next] === 9)) next++
  return next
}

/** Behind `=`, `:`, `:=` or `=>`, or -1. */
function behindSeparator(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to || (bytes[at] !== EQUALS && bytes[at] !== COLON)) return -1
  const pair = bytes[at] === EQUALS ? CLOSE_TAG : EQUALS
  return at + 1 < to && bytes[at + 1] === pair ? at + 2 : at + 1
}

/** Where a value in quotes ends; one that is never closed: all the line. */
function quotedEnd(bytes: Uint8Array, start: number, to: number, quote: number, isEscaped: boolean): number {
  let at = start
  for (; at < to && bytes[at] !== quote && bytes[at] !== 10; at++) {
    if (bytes[at] !== BACKSLASH) continue
    const slashes = at
    while (at < to && bytes[at] === BACKSLASH) at++
    // In text that is escaped itself, the quote behind a backslash is the one that closes.
    if (isEscaped && bytes[at] === quote) return slashes
  }
  return Math.min(at, to)
}

function lineEnd(bytes: Uint8Array, start: number, to: number): number {
  let end = start
  while (end < to && bytes[end] !== 10 && bytes[end] !== 13 && bytes[end] !== DOUBLE) end++
  return end
}

/** Where the secret begins in a header's value: pairs with `=`, or one token behind the name of a scheme; or -1. */
function headerSecret(bytes: Uint8Array, start: number, end: number): number {
  let token = start
  for (let at = start; at < end; at++) {
    if (bytes[at] !== SPACE && bytes[at] !== EQUALS) continue
    if (bytes[at] === EQUALS && at + 2 < end && token === start) return start
    if (bytes[at] !== SPACE) continue
    if (token > start) return -1
    token = at + 1
  }
  return looksRandom(bytes, token, end, HEADER_SECRET_BYTES_MIN) ? token : -1
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!is(bytes[at], DIGIT) && bytes[at] !== DASH) return false
  return end > start
}
