// The forms of private keys that have more than one line: how each begins, what may stand between its lines of base64,
// and how it ends.

export interface KeyKind {
  readonly begin: Buffer
  readonly end: Buffer
  /** Stands in the line that begins it and in the one that ends it. */
  readonly name: Buffer
  /** Members that stand before the base64. */
  readonly headers: readonly string[]
  /** Where the line that ends it ends, when its mark is at `mark`. */
  readonly stop: (text: Buffer, mark: number) => number
}

const DASHES = Buffer.from('-----')

/** RFC 7468; RFC 1421 and RFC 4880 for the headers. */
const pem: KeyKind = {
  begin: Buffer.from('-----BEGIN '),
  end: Buffer.from('-----END '),
  name: Buffer.from('PRIVATE KEY'),
  headers: ['Proc-Type:', 'DEK-Info:', 'Version:', 'Comment:', 'Hash:', 'Charset:', 'MessageID:', 'Content-Domain:'],
  stop(text, mark) {
    const close = text.indexOf(DASHES, mark + DASHES.length)
    return close < 0 ? text.length : close + DASHES.length
  },
}

/** PuTTY documentation, appendix C. */
const putty: KeyKind = {
  begin: Buffer.from('PuTTY-User-Key-File-'),
  end: Buffer.from('Private-MAC: '),
  name: Buffer.from(''),
  headers: ['Encryption:', 'Comment:', 'Public-Lines:', 'Private-Lines:', 'Key-Derivation:', 'Argon2-'],
  stop(text, mark) {
    let at = mark + putty.end.length
    while (at < text.length && isHexDigit(text[at])) at++
    return at
  },
}

/** By the detector that finds where they begin. */
export const KEY_KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ['pem_private_key', pem],
  ['putty_private_key', putty],
])

/** Where the mark of the line that ends a key is in `text`, or -1. */
export function endMark(kind: KeyKind, text: Buffer): number {
  let mark = text.indexOf(kind.end)
  while (mark >= 0 && !text.subarray(mark, kind.stop(text, mark)).includes(kind.name)) {
    mark = text.indexOf(kind.end, mark + kind.end.length)
  }
  return mark
}

/** Where a key begins in `text` that does not end there, or -1. */
export function beginOfOpen(kind: KeyKind, text: Buffer): number {
  const begin = text.lastIndexOf(kind.begin)
  if (begin < 0) return -1
  const rest = text.subarray(begin)
  return rest.includes(kind.name) && endMark(kind, rest) < 0 ? begin : -1
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}
