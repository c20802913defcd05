// Bytes that claim no encoding, as a JSON string. Nothing of them is lost: what is no UTF-8 is written as Latin-1, in
// which each byte is the character of its number, and the caller says so beside it.
import { writeString } from './transcode/escape.ts'
import type { Output } from './transcode/output.ts'
import { isUtf8 } from './transcode/utf8.ts'

/** False when they were no UTF-8, and so were written as Latin-1. */
export function writeForeignText(out: Output, bytes: Uint8Array, start: number, end: number): boolean {
  const isText = isUtf8(bytes, start, end)
  if (isText) writeString(out, bytes, start, end)
  else writeLatin1(out, bytes, start, end)
  return isText
}

export function writeLatin1(out: Output, bytes: Uint8Array, start: number, end: number): void {
  const text = utf8OfLatin1(bytes, start, end)
  writeString(out, text, 0, text.length)
}

export function utf8OfLatin1(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
}
