// RFC 7519, RFC 7515: the first part of a JSON Web Token is a JSON object in base64url that names its algorithm.
import { DECODED_BYTES_MAX, decodeBase64 } from './base64.ts'
import { DOT } from './bytes.ts'

const ALG = new TextEncoder().encode('"alg"')

/** [start, end) is the whole token. */
export function isJwt(bytes: Uint8Array, start: number, end: number): boolean {
  let dot = start
  while (dot < end && bytes[dot] !== DOT) dot++
  const header = decodeBase64(bytes, start, dot)
  if (!header || header.length < 9 || header.length === DECODED_BYTES_MAX) return false
  if (header.bytes[0] !== 0x7b || header.bytes[header.length - 1] !== 0x7d) return false
  let namesAlgorithm = false
  for (let at = 0; at < header.length; at++) {
    const byte = header.bytes[at]
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) return false
    if (byte === ALG[0] && ALG.every((letter, i) => header.bytes[at + i] === letter)) namesAlgorithm = true
  }
  return namesAlgorithm
}
