// GitHub's and npm's token format: behind the prefix thirty random characters, then their CRC-32 in six base-62 digits.
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/

const CHECK_DIGITS = 6
const RANDOM = 30

const CRC = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  CRC[byte] = value >>> 0
}

const DIGITS = new TextEncoder().encode('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')

/** True when the last 36 characters before `end` are 30 and their checksum. */
export function hasBase62Checksum(bytes: Uint8Array, start: number, end: number): boolean {
  const checkStart = end - CHECK_DIGITS
  const randomStart = checkStart - RANDOM
  if (randomStart < start) return false
  let crc = 0xffffffff
  for (let at = randomStart; at < checkStart; at++) crc = (crc >>> 8) ^ CRC[(crc ^ bytes[at]) & 255]
  let rest = (crc ^ 0xffffffff) >>> 0
  for (let at = end - 1; at >= checkStart; at--) {
    if (bytes[at] !== DIGITS[rest % 62]) return false
    rest = Math.floor(rest / 62)
  }
  return true
}
