// Tells text from bytes that only happen to be valid UTF-8.
import { isUtf8 } from './transcode/utf8.ts'

/** True for UTF-8 without control characters other than tab and line ends. */
export function isPlainText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false
  }
  return isUtf8(bytes, start, end)
}
