// Bytes that claim no encoding, as a JSON string. Nothing of them is lost: what is no UTF-8 is written as Latin-1, in
// which each byte is the character of its number, and the caller says so beside it.
import { writeString } from './transcode/escape.ts'
import type { Output } from './transcode/output.ts'
import { isUtf8 } from './transcode/utf8.ts'

/** False when they were no UTF-8, and so were written as Latin-1. */
export function writeForeignText(out: Output, bytes: Uint8Array, start: number, end: number): boolean {
  if (isUtf8(bytes, start, end)) {
    writeString(out, bytes, start, end)
    return true
  }
  const utf8 = Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
  writeString(out, utf8, 0, utf8.length)
  return false
}
