// Kinds of bytes, and the edges of tokens. A byte outside the array is of no kind, so looking one too far is harmless.

export const DIGIT = 1
export const UPPER = 2
export const LOWER = 4
/** a-f and A-F. */
export const HEX_LETTER = 8
export const ALPHA = UPPER | LOWER
export const WORD = DIGIT | ALPHA
export const HEX = DIGIT | HEX_LETTER

const KINDS = new Uint8Array(256)
for (let byte = 0x30; byte <= 0x39; byte++) KINDS[byte] = DIGIT
for (let byte = 0x41; byte <= 0x5a; byte++) KINDS[byte] = UPPER
for (let byte = 0x61; byte <= 0x7a; byte++) KINDS[byte] = LOWER
for (const letter of 'abcdefABCDEF') KINDS[letter.charCodeAt(0)] |= HEX_LETTER

export const PERCENT = 0x25
export const PLUS = 0x2b
export const DASH = 0x2d
export const DOT = 0x2e
export const COLON = 0x3a
export const UNDERSCORE = 0x5f
export const SPACE = 0x20

/** True when the byte is of one of the kinds in `mask`. */
export function is(byte: number, mask: number): boolean {
  return (KINDS[byte] & mask) !== 0
}

/** 256 entries of 0 or 1 for the ASCII letters in `members`; `is` is for the kinds above, this is for odd sets. */
export function setOf(members: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const member of members) set[member.charCodeAt(0)] = 1
  return set
}

/** True when a percent escape (`%3D`) ends right before `at`: a token may begin there, though behind a letter. */
export function afterEscape(bytes: Uint8Array, from: number, at: number): boolean {
  return at - from >= 3 && bytes[at - 3] === PERCENT && is(bytes[at - 2], HEX) && is(bytes[at - 1], HEX)
}

/**
 * Where a number begins whose maximal run of digits begins at `at`: further on when the first digits belong to a
 * percent escape (`%204111` holds 4111, `%D4111` holds 111).
 */
export function behindEscape(bytes: Uint8Array, from: number, at: number): number {
  if (at - from >= 1 && bytes[at - 1] === PERCENT && is(bytes[at + 1], DIGIT)) return at + 2
  if (at - from >= 2 && bytes[at - 2] === PERCENT && is(bytes[at - 1], HEX)) return at + 1
  return at
}

/** Length of the separator of grouped numbers at `at`: 1 for space, dash and plus, 3 for `%20`, else 0. */
export function separatorAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === SPACE || byte === DASH || byte === PLUS) return 1
  return byte === PERCENT && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x30 ? 3 : 0
}

/** True when a number that ends at `end` is not a part of something longer: a word, a decimal, a dashed identifier. */
export function endsNumber(bytes: Uint8Array, end: number, to: number): boolean {
  if (end >= to) return true
  const next = bytes[end]
  if (next === DOT || next === DASH) return end + 1 >= to || !is(bytes[end + 1], WORD)
  return next !== UNDERSCORE && !is(next, WORD)
}

/** `endsNumber` in RE2 syntax. */
export const NUMBER_END = '(?:$|[^0-9A-Za-z_.-]|[.-](?:$|[^0-9A-Za-z]))'
