// GitHub's and npm's token format: behind the prefix thirty random characters, then their CRC-32 in six base-62 digits.
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
import { crc32 } from './crc32.ts'

const CHECK_DIGITS = 6
const RANDOM = 30

const DIGITS = new TextEncoder().encode('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')

/** True when the last 36 characters before `end` are 30 and their checksum. */
export function hasBase62Checksum(bytes: Uint8Array, start: number, end: number): boolean {
  const checkStart = end - CHECK_DIGITS
  const randomStart = checkStart - RANDOM
  if (randomStart < start) return false
  let rest = crc32(bytes, randomStart, checkStart)
  for (let at = end - 1; at >= checkStart; at--) {
    if (bytes[at] !== DIGITS[rest % 62]) return false
    rest = Math.floor(rest / 62)
  }
  return true
}
