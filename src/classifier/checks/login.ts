// Passwords where programs log in: what stands there instead of one, and what SASL makes of it.
import { decodeBase64 } from './base64.ts'
import { is, LOWER, UPPER } from './bytes.ts'
import { isNoSecret } from './credential.ts'

const WORD_BYTES_MAX = 12

/** True when it is a password: no variable, no placeholder, no option, no word in capitals, no path. */
export function isNoneOfTemplates(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  if (isNoSecret(bytes, start, end)) return false
  // `$PASSWORD:$X`, `-v`, `/run/secrets/x`, `@file`, `%PASSWORD%`, `=`, `|`.
  if ('$-/@%=|&>*.,])};+'.includes(String.fromCharCode(first))) return false
  return !isOneWord(bytes, start, end, UPPER)
}

/** Behind an option stands prose as often as a value (`the --token option`): one word in small letters is no secret. */
export function isOptionValue(bytes: Uint8Array, start: number, end: number): boolean {
  return isNoneOfTemplates(bytes, start, end) && !isOneWord(bytes, start, end, LOWER)
}

/** Only letters of one case, and few: `PASSWORD` stands for what it says. */
function isOneWord(bytes: Uint8Array, start: number, end: number, kind: number): boolean {
  if (end - start > WORD_BYTES_MAX) return false
  for (let at = start; at < end; at++) if (!is(bytes[at], kind)) return false
  return true
}

/** RFC 4616: identity, user and password with zero bytes between. */
export function isSaslPlain(bytes: Uint8Array, start: number, end: number): boolean {
  const decoded = decodeBase64(bytes, start, end)
  if (!decoded) return false
  let zeros = 0
  for (let at = 0; at < decoded.length; at++) if (decoded.bytes[at] === 0) zeros++
  return zeros === 2 && decoded.bytes[decoded.length - 1] !== 0
}
