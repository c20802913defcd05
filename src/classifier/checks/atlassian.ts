// Atlassian's tokens end in `=` and eight hex digits: the CRC-32 of all before them, the sign included.
import { HEX, is } from './bytes.ts'
import { crc32 } from './crc32.ts'
import { isNoTemplate } from './credential.ts'

const CHECK_DIGITS = 8
const EQUALS = 0x3d

/** True when the checksum fits; tokens without one (`ATBB…`) have none to fit. */
export function isAtlassianToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isNoTemplate(bytes, start, end)) return false
  const check = end - CHECK_DIGITS
  if (check - start < CHECK_DIGITS || bytes[check - 1] !== EQUALS) return true
  let value = 0
  for (let at = check; at < end; at++) {
    if (!is(bytes[at], HEX)) return true
    value = value * 16 + Number.parseInt(String.fromCharCode(bytes[at]), 16)
  }
  return value === crc32(bytes, start, check)
}
