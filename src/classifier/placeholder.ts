// Values that stand where a secret would, but are none: nothing, `null`, and what a redactor left.

const WORDS = [
  'null',
  'none',
  'nil',
  'true',
  'false',
  'undefined',
  'redacted',
  'masked',
  'hidden',
  'n/a',
  'unset',
  'empty',
]
const STAR = 0x2a

/** True when the value of a field with a sensitive name is plainly no secret. */
export function isPlaceholder(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length === 0) return true
  const first = bytes[start]
  const last = bytes[end - 1]
  // What logveil itself and its like leave: [REDACTED:…], <hidden>, ***, ${VAR}, {{var}}.
  if (first === 0x5b && last === 0x5d && startsWith(bytes, start + 1, 'redacted')) return true
  if (first === 0x3c && last === 0x3e) return true
  if (last === 0x7d && (first === 0x7b || first === 0x24) && bytes[start + 1] === 0x7b) return true
  if (isRunOf(bytes, start, end)) return true
  if (length > 9) return false
  return WORDS.some((word) => word.length === length && startsWith(bytes, start, word))
}

/** `****`, `xxxx`, `----`, `0000`, and a single digit or dash. */
function isRunOf(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  const isFiller =
    first === STAR || first === 0x78 || first === 0x58 || first === 0x2d || first === 0x2e || first === 0x30
  if (end - start < 3 && first !== STAR) return end - start === 1 && first >= 0x2d && first <= 0x39
  if (!isFiller) return false
  for (let at = start + 1; at < end; at++) if (bytes[at] !== first) return false
  return true
}

/** `word` is lower case; the bytes may be of any case. */
function startsWith(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[start + i]
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte
    if (lower !== word.charCodeAt(i)) return false
  }
  return true
}
