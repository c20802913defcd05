// RFC 7617: the Basic scheme carries user-id, colon and password in base64.
import { decodeBase64 } from './base64.ts'
import { COLON } from './bytes.ts'

/** True when the text decodes to printable `user:password`. */
export function isBasicCredentials(bytes: Uint8Array, start: number, end: number): boolean {
  const decoded = decodeBase64(bytes, start, end)
  if (!decoded) return false
  let colon = -1
  for (let at = 0; at < decoded.length; at++) {
    const byte = decoded.bytes[at]
    // Letters beyond ASCII are for passwords only: words that happen to be base64 decode to such bytes.
    if (byte < 0x20 || byte === 0x7f || (byte > 0x7f && colon < 0)) return false
    if (byte === COLON && colon < 0) colon = at
  }
  return colon >= 0 && decoded.length > colon + 1
}
