// Kinds of bytes, and the edges of numbers, as in src/classifier/checks/bytes.ts.
import { zeros } from './memory'

export const DIGIT: u32 = 1
export const ALPHA: u32 = 2
export const HEX: u32 = 4
export const WORD: u32 = DIGIT | ALPHA
/** `_`, `-`, `.`: with letters and digits, what names are made of. */
export const JOINT: u32 = 8
export const BLANK: u32 = 16
/** Plus and percent: directly before a number these, joints and words say that it is a part of something longer. */
export const SIGN: u32 = 32

const kinds: usize = zeros(256)
for (let i: u32 = 0; i < 26; i++) {
  store<u8>(kinds + 0x41 + i, <u8>(ALPHA | (i < 6 ? HEX : 0)))
  store<u8>(kinds + 0x61 + i, <u8>(ALPHA | (i < 6 ? HEX : 0)))
}
for (let i: u32 = 0; i < 10; i++) store<u8>(kinds + 0x30 + i, <u8>(DIGIT | HEX))

export const DASH: u32 = 0x2d
export const DOT: u32 = 0x2e
export const COLON: u32 = 0x3a
export const PERCENT: u32 = 0x25
export const PLUS: u32 = 0x2b
export const UNDERSCORE: u32 = 0x5f
export const BACKSLASH: u32 = 0x5c

store<u8>(kinds + UNDERSCORE, <u8>JOINT)
store<u8>(kinds + DASH, <u8>JOINT)
store<u8>(kinds + DOT, <u8>JOINT)
store<u8>(kinds + PLUS, <u8>SIGN)
store<u8>(kinds + PERCENT, <u8>SIGN)
store<u8>(kinds + 0x20, <u8>BLANK)
store<u8>(kinds + 0x09, <u8>BLANK)

/** True when the byte at `at` is of one of the kinds in `some`. */
export function is(at: usize, some: u32): bool {
  return (load<u8>(kinds + load<u8>(at)) & some) !== 0
}

export function areDigits(start: usize, count: usize): bool {
  for (let at = start; at < start + count; at++) if (!is(at, DIGIT)) return false
  return true
}

/** True when a number that ends at `end` is not a part of something longer: a word, a decimal, a dashed identifier. */
export function endsNumber(end: usize, to: usize): bool {
  if (end >= to) return true
  const next: u32 = load<u8>(end)
  if (next === DOT || next === DASH) return end + 1 >= to || !is(end + 1, WORD)
  return next !== UNDERSCORE && !is(end, WORD)
}
