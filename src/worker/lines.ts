// What a line is that may be JSON or text: it is judged by how it begins. One that is then no JSON is text after all.
import type { Format } from '../core/batch.ts'

export interface LineFormat {
  readonly format: Extract<Format, 'json' | 'text'>
  /** Where the line begins, without a byte order mark. */
  readonly start: number
}

export function lineFormat(bytes: Uint8Array, start: number, end: number): LineFormat {
  const from = start + bomLength(bytes, start, end)
  return { format: beginsLikeJson(bytes, from, end) ? 'json' : 'text', start: from }
}

/** Windows tools put one at the front of a file. */
function bomLength(bytes: Uint8Array, start: number, end: number): number {
  return end - start > 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? 3 : 0
}

function beginsLikeJson(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 9)) at++
  return bytes[at] === 0x7b || bytes[at] === 0x5b
}
