// Where a member of a JSON object or array lies with the comma that belongs to it, so that it can be taken out and
// what stays is valid JSON. The text was walked before: it is well-formed.

export interface MemberRange {
  start: number
  end: number
  /** True when every member before it is gone too, so that it takes the comma behind it along. */
  isLead: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c

/**
 * `box` and `member` are offsets of the opening bracket and of the member (its key, or its value in an array).
 * `leadEnd` is the end of the last lead range taken out in this record, or -1.
 */
export function memberRange(bytes: Uint8Array, box: number, member: number, leadEnd: number): MemberRange {
  let end = member
  if (bytes[box] === 0x7b) {
    end = skipSpace(bytes, skipString(bytes, member))
    end = skipSpace(bytes, end + 1)
  }
  end = skipValue(bytes, end)
  let before = member - 1
  while (isSpace(bytes[before])) before--
  if (before === box || member === leadEnd) {
    const next = skipSpace(bytes, end)
    return { start: member, end: bytes[next] === COMMA ? skipSpace(bytes, next + 1) : end, isLead: true }
  }
  return { start: before, end, isLead: false }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 9 && byte <= 13)
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

/** `from` is the opening quote; the result is behind the closing one. */
function skipString(bytes: Uint8Array, from: number): number {
  let at = from + 1
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

function skipValue(bytes: Uint8Array, from: number): number {
  let depth = 0
  let at = from
  do {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = skipString(bytes, at)
      continue
    }
    if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === 0x7d || byte === 0x5d) depth--
    else if (depth === 0) return skipScalar(bytes, at)
    at++
  } while (depth > 0)
  return at
}

function skipScalar(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && !isSpace(bytes[at]) && bytes[at] !== COMMA && bytes[at] !== 0x7d && bytes[at] !== 0x5d)
    at++
  return at
}
