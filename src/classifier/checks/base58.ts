// Base58Check: Bitcoin's private keys (WIF) and extended keys (BIP 32) end in four bytes of a double SHA-256.
import { createHash } from 'node:crypto'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < 58; i++) VALUES[ALPHABET.charCodeAt(i)] = i

const CHECK_BYTES = 4
/** Extended keys have 82 bytes. */
const DECODED_BYTES_MAX = 96

/** True when [start, end) is base58 whose last four bytes are the check of the others. */
export function hasBase58Checksum(bytes: Uint8Array, start: number, end: number): boolean {
  const decoded = decode(bytes, start, end)
  if (decoded === undefined || decoded.length <= CHECK_BYTES) return false
  const payload = decoded.subarray(0, decoded.length - CHECK_BYTES)
  const hash = sha256(sha256(payload))
  for (let i = 0; i < CHECK_BYTES; i++) if (hash[i] !== decoded[payload.length + i]) return false
  return true
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

function decode(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const result = new Uint8Array(DECODED_BYTES_MAX)
  let first = DECODED_BYTES_MAX
  for (let at = start; at < end; at++) {
    let carry = bytes[at] < 128 ? VALUES[bytes[at]] : -1
    if (carry < 0) return undefined
    for (let i = DECODED_BYTES_MAX - 1; i >= first || carry > 0; i--) {
      if (i < 0) return undefined
      carry += result[i] * 58
      result[i] = carry & 255
      carry >>= 8
      first = Math.min(first, i)
    }
  }
  for (let at = start; at < end && bytes[at] === 0x31; at++) first--
  return first < 0 ? undefined : result.subarray(first)
}
