// RFC 791 addresses in dotted decimal (RFC 6943 section 3.1.1, strict form: four parts, no leading zeros).
import { DIGIT, DOT, is } from './bytes.ts'

/** True when [start, end) is four numbers up to 255, no more. */
export function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  let parts = 0
  let digits = 0
  let value = 0
  for (let at = start; at <= end; at++) {
    if (at < end && is(bytes[at], DIGIT)) {
      if (digits > 0 && value === 0) return false
      value = value * 10 + bytes[at] - 0x30
      digits++
      if (digits > 3 || value > 255) return false
      continue
    }
    if (digits === 0 || (at < end && bytes[at] !== DOT)) return false
    parts++
    digits = 0
    value = 0
  }
  return parts === 4
}
