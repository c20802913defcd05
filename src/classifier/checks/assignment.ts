// The value of `password=…` and its like. How much it takes to be a secret depends on the name and on how it is
// written: after a colon without quotes, prose is as likely as a value (`unexpected token: identifier`).
import { ALPHA, DIGIT, is, PERCENT } from './bytes.ts'
import { isNoSecret, looksRandom } from './credential.ts'

const QUOTE = 0x22
const SECRET_BYTES_MIN = 6

/** `key` is where the name ended; `loose` is true for a colon and no quotes at all. */
interface Assigned {
  key: number
  loose: boolean
}

/** Walks back from the value over quotes, blanks and the separator, which the caller's pattern has matched. */
function assignedBefore(bytes: Uint8Array, start: number): Assigned {
  const open = behindBlanks(bytes, behindQuote(bytes, start))
  const byte = bytes[open - 1]
  const isEncoded = byte !== 0x3d && byte !== 0x3e && byte !== 0x3a
  let separator = open - (isEncoded ? 3 : 1)
  if (byte === 0x3e || (byte === 0x3d && bytes[open - 2] === 0x3a)) separator--
  const close = behindBlanks(bytes, separator)
  const key = behindQuote(bytes, close)
  return { key, loose: byte === 0x3a && close === key && open === behindBlanks(bytes, start) }
}

function behindBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at - 1] === 0x20 || bytes[at - 1] === 9) at--
  return at
}

/** Before a quote, with its backslashes, or before `%22`. */
function behindQuote(bytes: Uint8Array, at: number): number {
  if (bytes[at - 3] === PERCENT && bytes[at - 2] === 0x32 && bytes[at - 1] === 0x32) return at - 3
  if (bytes[at - 1] !== QUOTE && bytes[at - 1] !== 0x27) return at
  at--
  while (bytes[at - 1] === 0x5c) at--
  return at
}

/** True when [start, end), behind a name that ends like a secret's, is a secret: no second `=`, no quote (`%22`). */
export function isAssignedSecret(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x3d || behindQuote(bytes, start + 3) === start || isNoSecret(bytes, start, end)) return false
  const { key, loose } = assignedBefore(bytes, start)
  if (endsWith(bytes, key, 'pwd')) return !isDirectory(bytes, start)
  // `pass: 12` counts tests.
  if (endsWith(bytes, key, 'pass')) return end - start > 3 || !areDigits(bytes, start, end)
  if (!endsWith(bytes, key, 'token') && !endsWith(bytes, key, 'key') && !endsWith(bytes, key, 'secret')) return true
  if (isPageToken(bytes, key)) return false
  if (loose) return bytes[end - 1] !== 0x3a && looksRandom(bytes, start, end, SECRET_BYTES_MIN)
  return end - start >= SECRET_BYTES_MIN
}

/** `PWD=/root` is where a shell stands. */
function isDirectory(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0x2f || bytes[start] === 0x7e || (is(bytes[start], ALPHA) && bytes[start + 1] === 0x3a)
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!is(bytes[at], DIGIT)) return false
  return true
}

/** `nextPageToken` and `continuation_token` say where a list goes on. */
function isPageToken(bytes: Uint8Array, key: number): boolean {
  if (!endsWith(bytes, key, 'token')) return false
  const name = is(bytes[key - 6], ALPHA) ? key - 5 : key - 6
  return endsWith(bytes, name, 'next') || endsWith(bytes, name, 'page') || endsWith(bytes, name, 'continuation')
}

/** `word` is of lower-case letters. */
function endsWith(bytes: Uint8Array, end: number, word: string): boolean {
  const start = end - word.length
  for (let i = 0; i < word.length; i++) if ((bytes[start + i] | 0x20) !== word.charCodeAt(i)) return false
  return true
}
