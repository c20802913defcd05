// Keyed fingerprints: the same value gives the same token, and nobody without the key can enumerate what it was.
import { createHmac } from 'node:crypto'

/** Hex digits: enough that no other value has the same by chance. */
const EXCEPTION_DIGITS = 32

const SEPARATORS = new Set([0x20, 0x2d, 0x2e, 0x28, 0x29, 0x2b])

/** The value without what writers vary: separators in numbers, letter case in addresses. */
function normalised(text: Uint8Array): Uint8Array {
  let hasAt = false
  for (const byte of text) if (byte === 0x40) hasAt = true
  if (hasAt) return text.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))
  const isNumber = text.every((byte) => (byte >= 0x30 && byte <= 0x39) || SEPARATORS.has(byte))
  return isNumber ? text.filter((byte) => !SEPARATORS.has(byte)) : text
}

export class Fingerprints {
  /** Names the key in tokens, so that they can be told apart after a change of keys. */
  readonly keyId: string
  private readonly key: string

  constructor(keyId: string, key: string) {
    this.keyId = keyId
    this.key = key
  }

  /** The value as `allow.hash` lists it: with the id of the key that made it. */
  exception(text: Uint8Array): string {
    return `${this.keyId}:${this.of(text, EXCEPTION_DIGITS)}`
  }

  /** HMAC-SHA-256 of the normalised value, `digits` hex digits of it. */
  of(text: Uint8Array, digits: number): string {
    return createHmac('sha256', this.key).update(normalised(text)).digest('hex').slice(0, digits)
  }
}
