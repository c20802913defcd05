// What stands where a secret would and is none: placeholders, references to variables, code, and words of prose.
import { isPlaceholder } from '../placeholder.ts'
import { ALPHA, DIGIT, is, LOWER, UNDERSCORE, UPPER, WORD } from './bytes.ts'

/** Things that documents, types and error messages say where a value would stand. */
const WORDS = new Set(
  (
    'string str text number int integer bool boolean bytes object any optional required invalid incorrect wrong ' +
    'missing expired changed reset updated failed denied rejected accepted unknown must should cannot is was not ' +
    'has have for the a an no yes on off set ok error default configured provided password passwd secret token key ' +
    'nan void self this new env filtered removed omitted sensitive protected private internal your'
  ).split(' '),
)
const WORD_BYTES_MAX = 10

/** True when the value is plainly no secret, whatever its name. */
export function isNoSecret(bytes: Uint8Array, start: number, end: number): boolean {
  if (isPlaceholder(bytes, start, end)) return true
  return (
    isReference(bytes, start, end) ||
    isCall(bytes, start, end) ||
    isWord(bytes, start, end) ||
    isMasked(bytes, start, end)
  )
}

/** `${VAR}`, `$VAR`, `%s`, `{name}`, `<name>`, `#{name}`, `[REDACTED:ssn`: the bracket may close behind `end`. */
function isReference(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  const second = bytes[start + 1]
  if (first === 0x25) return end - start === 2 && is(second, LOWER)
  if (first === 0x7b || first === 0x3c || first === 0x5b) return isTemplate(bytes, start, end)
  if (first === 0x23) return second === 0x7b
  if (first !== 0x24) return false
  if (second === 0x7b || second === 0x28) return true
  for (let at = start + 1; at < end; at++) {
    if (!is(bytes[at], UPPER | DIGIT) && bytes[at] !== UNDERSCORE) return false
  }
  return end - start > 1
}

/** Behind the bracket a name of three letters or more, then the end of it: no password looks so by chance. */
function isTemplate(bytes: Uint8Array, start: number, end: number): boolean {
  let name = start + 1
  while (name < end && (bytes[name] === bytes[start] || bytes[name] === 0x20)) name++
  let at = name
  while (at < end && (is(bytes[at], ALPHA) || bytes[at] === UNDERSCORE || bytes[at] === 0x2e || bytes[at] === 0x2d))
    at++
  return at - name >= 3 && (at >= end || [0x20, 0x3a, 0x3e, 0x5d, 0x7d].includes(bytes[at]))
}

/** `getPassword(`, `os.environ[`: a name and a bracket at the end, where the value was cut. */
function isCall(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1]
  if (last !== 0x28 && last !== 0x5b) return false
  for (let at = start; at < end - 1; at++) {
    if (!is(bytes[at], WORD) && bytes[at] !== UNDERSCORE && bytes[at] !== 0x2e) return false
  }
  return end - start > 1
}

function isWord(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > WORD_BYTES_MAX) return false
  let word = ''
  for (let at = start; at < end; at++) {
    if (bytes[at] > 0x7f) return false
    word += String.fromCharCode(bytes[at] | 0x20)
  }
  return WORDS.has(word)
}

/** Four stars or eight `x` anywhere: somebody masked it before us, or shows where it goes. */
function isMasked(bytes: Uint8Array, start: number, end: number): boolean {
  if (isFilled(bytes, start, end)) return true
  let stars = 0
  for (let at = start; at < end && stars < 4; at++) stars = bytes[at] === 0x2a ? stars + 1 : 0
  return stars === 4
}

/**
 * True when the value looks like it was made by a machine: a digit among at least `length` bytes, or capitals behind
 * small letters, or long.
 */
export function looksRandom(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  if (end - start < length) return false
  let kinds = 0
  let others = 0
  for (let at = start; at < end; at++) {
    if (is(bytes[at], DIGIT)) kinds |= DIGIT
    else if (is(bytes[at], LOWER)) kinds |= LOWER
    else if (is(bytes[at], UPPER)) kinds |= at > start ? UPPER : 0
    else others++
  }
  if ((kinds & DIGIT) !== 0) return others < end - start - 1
  return ((kinds & UPPER) !== 0 && (kinds & LOWER) !== 0 && end - start >= 16) || end - start >= 24
}

/** A token behind `Bearer`. */
export function isBearerToken(bytes: Uint8Array, start: number, end: number): boolean {
  return looksRandom(bytes, start, end, 8) && !isNoSecret(bytes, start, end)
}

/** The header's value; nothing when it was redacted already. */
export function isCookieHeader(bytes: Uint8Array, start: number, end: number): boolean {
  let value = start
  while (value < end && bytes[value] !== 0x3d) value++
  let stop = value + 1
  while (stop < end && bytes[stop] !== 0x3b) stop++
  return stop < end || !isNoSecret(bytes, value + 1, end)
}

/** The password of a URL. `8080,other@` and the like are a port, and an address behind it. */
export function isUrlPassword(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = start
  while (digits < end && is(bytes[digits], DIGIT)) digits++
  const isPort = digits > start && digits < end && [0x2c, 0x3b, 0x3f, 0x23].includes(bytes[digits])
  return !isPort && !isNoSecret(bytes, start, end)
}

/** 40 base64 characters in both cases: a secret access key of AWS, and no SHA-1. */
export function isAwsSecret(bytes: Uint8Array, start: number, end: number): boolean {
  return (kindsOf(bytes, start, end) & (UPPER | LOWER)) === (UPPER | LOWER)
}

/**
 * False for placeholders in documents: `glpat-your-token-here` has no digits and is in one case, `ghp_XXXXXXXXXXXX` is
 * filled up with one letter.
 */
export function isNoTemplate(bytes: Uint8Array, start: number, end: number): boolean {
  const kinds = kindsOf(bytes, start, end)
  if ((kinds & DIGIT) === 0 && (kinds & (UPPER | LOWER)) !== (UPPER | LOWER)) return false
  return isUnfilled(bytes, start, end)
}

/** False when the token is filled up with one letter, as documents do. */
export function isUnfilled(bytes: Uint8Array, start: number, end: number): boolean {
  return !isFilled(bytes, start, end)
}

const FILLED_BYTES_MIN = 8

/** True when eight `x` or more stand in a row. */
function isFilled(bytes: Uint8Array, start: number, end: number): boolean {
  let run = 0
  for (let at = start; at < end && run < FILLED_BYTES_MIN; at++) run = (bytes[at] | 0x20) === 0x78 ? run + 1 : 0
  return run === FILLED_BYTES_MIN
}

function kindsOf(bytes: Uint8Array, start: number, end: number): number {
  let kinds = 0
  for (let at = start; at < end; at++) {
    if (is(bytes[at], UPPER)) kinds |= UPPER
    else if (is(bytes[at], LOWER)) kinds |= LOWER
    else if (is(bytes[at], DIGIT)) kinds |= DIGIT
  }
  return kinds
}

/** A token of letters and digits, with some of both: `s.AcceptanceTimeoutSeconds` is code. */
export function hasDigitAndLetter(bytes: Uint8Array, start: number, end: number): boolean {
  const kinds = kindsOf(bytes, start, end)
  return (kinds & DIGIT) !== 0 && (kinds & (UPPER | LOWER)) !== 0 && isUnfilled(bytes, start, end)
}

/** A token in which capitals, small letters and digits are mixed: no hex, no word, no number. */
export function isMixed(bytes: Uint8Array, start: number, end: number): boolean {
  return kindsOf(bytes, start, end) === (UPPER | LOWER | DIGIT) && isUnfilled(bytes, start, end)
}
