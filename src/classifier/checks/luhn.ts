// ISO/IEC 7812-1 annex B: the check digit of payment cards.
import { DIGIT, is, PERCENT } from './bytes.ts'

/** True when the digits in [start, end) pass; separators are skipped, percent escapes whole. */
export function passesLuhn(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === PERCENT) at += 2
    else if (is(bytes[at], DIGIT)) digits++
  }
  let sum = 0
  let doubled = digits % 2 === 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === PERCENT) at += 2
    if (!is(byte, DIGIT)) continue
    const value = byte - 0x30
    sum += doubled ? (value > 4 ? value * 2 - 9 : value * 2) : value
    doubled = !doubled
  }
  return digits > 0 && sum % 10 === 0
}
