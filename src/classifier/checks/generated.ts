// Does a value look as if a machine had drawn it at random? Words, names of classes, paths, numbers and UUIDs do not.
import { DASH, DIGIT, DOT, HEX, is, LOWER, UNDERSCORE, UPPER, WORD } from './bytes.ts'
import { isNoSecret, looksRandom } from './credential.ts'

const SLASH = 0x2f
/** Schemes that have detectors of their own. */
const SCHEMES = ['bearer', 'basic', 'aws4-hmac-sha256', 'splunk', 'ssws'].map((name) => new TextEncoder().encode(name))
const ELEMENT_BYTES_MIN = 4
const SESSION_BYTES_MIN = 16
const GENERATED_BYTES_MIN = 16

/** Behind `Authorization:` without a scheme of a detector of its own. */
export function isHeaderSecret(bytes: Uint8Array, start: number, end: number): boolean {
  let stop = start
  while (stop < end && bytes[stop] !== 0x20 && bytes[stop] !== 0x2c) stop++
  if (SCHEMES.some((scheme) => isWord(bytes, start, stop, scheme))) return false
  if (isNoSecret(bytes, start, stop)) return false
  return looksRandom(bytes, start, stop, 8) || (stop < end && bytes.subarray(start, end).includes(0x3d))
}

/** `word` is in small letters. */
function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false
  for (let i = 0; i < word.length; i++) if ((bytes[start + i] | 0x20) !== (word[i] | 0x20)) return false
  return true
}

/** Between tags of XML: no blank, no placeholder, not too short. */
export function isElementSecret(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= ELEMENT_BYTES_MIN && !isNoSecret(bytes, start, end)
}

/** Long, with digits and letters; a decimal number is a counter or a time. */
export function isSessionId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < SESSION_BYTES_MIN || isNoSecret(bytes, start, end)) return false
  // `0x14ede63a5a70002` is a number that a program counts up.
  if (bytes[start] === 0x30 && (bytes[start + 1] | 0x20) === 0x78) return false
  const { digits, letters } = census(bytes, start, end)
  return digits >= 2 && letters >= 2
}

/**
 * True for a run of letters and digits that is no UUID, has no word of code or prose in it, and varies: digits and
 * letters mixed, in both cases unless it is hex, with changes between kinds as frequent as chance makes them.
 */
export function isGeneratedSecret(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < GENERATED_BYTES_MIN || isNoSecret(bytes, start, end) || isUuid(bytes, start, end)) return false
  const { digits, letters, uppers, lowers, others, hexes, distinct, changes } = census(bytes, start, end)
  if (letters < 2 || distinct < 8) return false
  // Names and paths have few digits and many signs between their words.
  if (others * 8 > length) return false
  if (hexes === length) return digits >= 2 && length >= 24 && (uppers === 0 || lowers === 0)
  if (uppers === 0 || lowers === 0) return length >= 20 && digits * 8 >= length && changes * 4 >= length
  // camelCase changes at every third letter or less often, chance at six of ten.
  return (digits > 0 && changes * 12 >= length * 5) || (digits >= 3 && changes * 3 >= length)
}

interface Census {
  digits: number
  letters: number
  uppers: number
  lowers: number
  others: number
  hexes: number
  distinct: number
  /** How often a byte is of another kind than the one before it. */
  changes: number
}

function census(bytes: Uint8Array, start: number, end: number): Census {
  const counts: Census = { digits: 0, letters: 0, uppers: 0, lowers: 0, others: 0, hexes: 0, distinct: 0, changes: 0 }
  const seen = new Uint8Array(256)
  let before = -1
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    const kind = is(byte, DIGIT) ? DIGIT : is(byte, UPPER) ? UPPER : is(byte, LOWER) ? LOWER : 0
    if (kind === DIGIT) counts.digits++
    else if (kind === UPPER) counts.uppers++
    else if (kind === LOWER) counts.lowers++
    else if (byte === DOT || byte === DASH || byte === UNDERSCORE || byte === SLASH) counts.others++
    if (is(byte, HEX)) counts.hexes++
    if (kind !== before) counts.changes++
    before = kind
    counts.distinct += 1 - seen[byte]
    seen[byte] = 1
  }
  counts.letters = counts.uppers + counts.lowers
  return counts
}

/** 8-4-4-4-12: an identifier, unless something else says that it is a key. */
function isUuid(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 36) return false
  for (let at = 0; at < 36; at++) {
    const isDash = at === 8 || at === 13 || at === 18 || at === 23
    if (isDash ? bytes[start + at] !== DASH : !is(bytes[start + at], WORD)) return false
  }
  return true
}

/** Base64 of tables is full of `A`, the digit zero: true when no more of them are there than chance would make. */
export function isNoTable(bytes: Uint8Array, start: number, end: number): boolean {
  let zeros = 0
  for (let at = start; at < end; at++) if (bytes[at] === 0x41) zeros++
  return zeros * 8 <= end - start + 24
}
