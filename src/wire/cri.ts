// The line format of Kubernetes container logs (CRI): `TIME stdout|stderr FLAG TEXT`, where the flag is F for a whole
// line or the last piece of one, and P for a piece that goes on in the next line of the same stream.

const DASH = 0x2d
const SPACE = 0x20
const COLON = 0x3a
const P = 0x50
const F = 0x46
/** `2026-11-21T08:00:00Z` is the shortest time, and nanoseconds with an offset the longest. */
const TIME_BYTES_MIN = 20
const TIME_BYTES_MAX = 40

/** Offset of the flag when [start, end) begins like a line of a container log, else -1. */
export function criFlag(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH || bytes[start + 10] !== 0x54) return -1
  const last = Math.min(end - 9, start + TIME_BYTES_MAX)
  let at = start + TIME_BYTES_MIN
  while (at <= last && bytes[at] !== SPACE) at++
  if (at > last || bytes[at + 1] !== 0x73 || bytes[at + 2] !== 0x74 || bytes[at + 3] !== 0x64) return -1
  const isOut = bytes[at + 4] === 0x6f && bytes[at + 5] === 0x75 && bytes[at + 6] === 0x74
  const isErr = bytes[at + 4] === 0x65 && bytes[at + 5] === 0x72 && bytes[at + 6] === 0x72
  if (!(isOut || isErr) || bytes[at + 7] !== SPACE) return -1
  const flag = at + 8
  if (bytes[flag] !== P && bytes[flag] !== F) return -1
  return flag + 1 === end || bytes[flag + 1] === SPACE || bytes[flag + 1] === COLON ? flag : -1
}

/** Where the text behind the flag at `flag` begins. Tags may follow the flag after a colon. */
export function criText(bytes: Uint8Array, flag: number, end: number): number {
  let at = flag + 1
  while (at < end && bytes[at] !== SPACE) at++
  return Math.min(at + 1, end)
}

/** The stream that the line with its flag at `flag` was written to. */
export function criStream(bytes: Uint8Array, flag: number): 'stdout' | 'stderr' {
  return bytes[flag - 2] === 0x74 ? 'stdout' : 'stderr'
}

export function isPieceFlag(byte: number): boolean {
  return byte === P
}
