// Hex text to bytes: the ids of traces and spans, of either case.
import { hexValue } from './json_skip.ts'

/** Undefined when the text is no hex. */
export function hexBytes(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  if ((end - start) % 2 !== 0) return undefined
  const out = new Uint8Array((end - start) / 2)
  for (let at = start; at < end; at += 2) {
    const high = hexValue(bytes[at])
    const low = hexValue(bytes[at + 1])
    if (high < 0 || low < 0) return undefined
    out[(at - start) / 2] = (high << 4) | low
  }
  return out
}
