// The frames of a batch as a line-based sink stores them: each ends in a line feed. Msgpack frames stay as they are.
import type { Batch } from '../../core/batch.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const FEED = Uint8Array.of(LINE_FEED)

/** `oneLine`: a JSON document laid out over several lines is put on one; its line feeds stand between tokens. */
export function linesOf(batch: Batch, oneLine: boolean): Uint8Array[] {
  if (batch.format === 'msgpack') return [batch.bytes]
  const parts: Uint8Array[] = []
  let start = 0
  let copied = 0
  for (const end of batch.ends) {
    const ended = end > start && batch.bytes[end - 1] === LINE_FEED
    const broken = oneLine && batch.format === 'json' && hasBreak(batch.bytes, start, ended ? end - 1 : end)
    if (broken || !ended) {
      if (start > copied) parts.push(batch.bytes.subarray(copied, start))
      parts.push(broken ? onOneLine(batch.bytes, start, end) : batch.bytes.subarray(start, end))
      if (!ended) parts.push(FEED)
      copied = end
    }
    start = end
  }
  if (copied < start) parts.push(batch.bytes.subarray(copied, start))
  return parts
}

function hasBreak(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes.subarray(start, end).includes(LINE_FEED)
}

function onOneLine(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const line = bytes.slice(start, end)
  for (let at = 0; at < line.length - 1; at++) {
    if (line[at] === LINE_FEED || line[at] === CARRIAGE_RETURN) line[at] = 0x20
  }
  return line
}
