// ISO 13616: country, two check digits, and an account number whose length the country fixes; mod 97 leaves 1.
import { DIGIT, is, separatorAt, UPPER } from './bytes.ts'

/** Total lengths by country, from the SWIFT registry. */
export const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
}

const BY_PAIR = new Uint8Array(32 * 32)
for (const [country, length] of Object.entries(IBAN_LENGTHS)) {
  BY_PAIR[(country.charCodeAt(0) & 31) * 32 + (country.charCodeAt(1) & 31)] = length
}

/** Characters of an IBAN of the country that is named at `start`, in either case; 0 when no country is called so. */
export function ibanLength(bytes: Uint8Array, start: number): number {
  return BY_PAIR[(bytes[start] & 31) * 32 + (bytes[start + 1] & 31)]
}

/** [start, end) holds letters, digits and separators only. */
export function isIban(bytes: Uint8Array, start: number, end: number): boolean {
  let separator = 0
  for (let at = start; at < end; at++) {
    const length = separatorAt(bytes, at)
    if (length === 0) continue
    if (separator !== 0 && bytes[at] !== separator) return false
    separator = bytes[at]
    at += length - 1
  }
  const head = start + 4
  const remainder = remainderOf(bytes, start, head, remainderOf(bytes, head, end, 0))
  return remainder === 1
}

function remainderOf(bytes: Uint8Array, start: number, end: number, before: number): number {
  let remainder = before
  for (let at = start; at < end; at++) {
    const length = separatorAt(bytes, at)
    if (length > 0) at += length - 1
    else if (is(bytes[at], DIGIT)) remainder = (remainder * 10 + bytes[at] - 0x30) % 97
    else remainder = (remainder * 100 + bytes[at] - (is(bytes[at], UPPER) ? 55 : 87)) % 97
  }
  return remainder
}
