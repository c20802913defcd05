// Addresses of cryptocurrencies: Base58Check of Bitcoin and its kin, Bech32, the capitals of Ethereum, and Monero's.
// Sources: Bitcoin wiki, Base58Check; BIP-173 and BIP-350; EIP-55; Monero, cryptonote base58.
import { createHash } from 'node:crypto'
import { is, LOWER, UPPER } from './bytes.ts'
import { keccak256 } from './keccak.ts'

const VALUES = new Int8Array(256).fill(-1)
;[...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'].forEach((letter, i) => {
  VALUES[letter.charCodeAt(0)] = i
})

const decoded = new Uint8Array(80)

/** Decodes into the end of the `size` bytes from `to` on; false when it does not fit or is no Base58. */
function decode58(bytes: Uint8Array, start: number, end: number, to: number, size: number): boolean {
  decoded.fill(0, to, to + size)
  for (let at = start; at < end; at++) {
    let carry = VALUES[bytes[at]]
    if (carry < 0) return false
    for (let i = to + size - 1; i >= to; i--) {
      carry += decoded[i] * 58
      decoded[i] = carry & 255
      carry >>= 8
    }
    if (carry !== 0) return false
  }
  return true
}

/** Versions: Bitcoin 0 and 5, Litecoin 48 and 50. The last four bytes begin the double SHA-256 of the others. */
export function isBase58Check(bytes: Uint8Array, start: number, end: number): boolean {
  if (!decode58(bytes, start, end, 0, 25) || ![0, 5, 48, 50].includes(decoded[0])) return false
  const once = createHash('sha256').update(decoded.subarray(0, 21)).digest()
  const twice = createHash('sha256').update(once).digest()
  return twice.subarray(0, 4).every((byte, i) => byte === decoded[21 + i])
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const FIVE_BITS = new Int8Array(256).fill(-1)
;[...BECH32].forEach((letter, i) => {
  FIVE_BITS[letter.charCodeAt(0)] = FIVE_BITS[letter.toUpperCase().charCodeAt(0)] = i
})
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function polymod(sum: number, value: number): number {
  let next = ((sum & 0x1ffffff) << 5) ^ value
  for (let i = 0; i < 5; i++) if (((sum >> (25 + i)) & 1) === 1) next ^= GENERATOR[i]
  return next
}

/** Human-readable part, 1, data and six characters of checksum, in one case. Both constants: Bech32 and Bech32m. */
export function isBech32(bytes: Uint8Array, start: number, end: number): boolean {
  let divider = start
  while (divider < end && bytes[divider] !== 0x31) divider++
  let kinds = 0
  let sum = 1
  for (let at = start; at < divider; at++) sum = polymod(sum, (bytes[at] | 0x20) >> 5)
  sum = polymod(sum, 0)
  for (let at = start; at < divider; at++) sum = polymod(sum, (bytes[at] | 0x20) & 31)
  for (let at = start; at < end; at++) {
    kinds |= is(bytes[at], LOWER) ? LOWER : is(bytes[at], UPPER) ? UPPER : 0
    if (at <= divider) continue
    if (FIVE_BITS[bytes[at]] < 0) return false
    sum = polymod(sum, FIVE_BITS[bytes[at]])
  }
  return kinds !== (LOWER | UPPER) && (sum === 1 || sum === 0x2bc830a3)
}

const lower = new Uint8Array(40)

/** `0x` and forty hex digits. A letter is a capital where the hash of the small ones has a high half-byte. */
export function isMixedCaseAddress(bytes: Uint8Array, start: number): boolean {
  let kinds = 0
  for (let i = 0; i < 40; i++) {
    const byte = bytes[start + 2 + i]
    kinds |= is(byte, LOWER) ? LOWER : is(byte, UPPER) ? UPPER : 0
    lower[i] = is(byte, UPPER) ? byte | 0x20 : byte
  }
  if (kinds !== (LOWER | UPPER)) return false
  const hash = keccak256(lower, 0, 40)
  for (let i = 0; i < 40; i++) {
    const half = i % 2 === 0 ? hash[i >> 1] >> 4 : hash[i >> 1] & 15
    if (is(lower[i], LOWER) && is(bytes[start + 2 + i], UPPER) !== half >= 8) return false
  }
  return true
}

/** Blocks of eleven characters hold eight bytes, the last seven hold five; the last four bytes hash the rest. */
export function isMonero(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 95) return false
  for (let block = 0; block < 8; block++) {
    if (!decode58(bytes, start + block * 11, start + block * 11 + 11, block * 8, 8)) return false
  }
  if (!decode58(bytes, start + 88, end, 64, 5) || (decoded[0] !== 18 && decoded[0] !== 42)) return false
  const hash = keccak256(decoded, 0, 65)
  return hash.subarray(0, 4).every((byte, i) => byte === decoded[65 + i])
}
