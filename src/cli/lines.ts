// Cuts a stream into blocks of whole lines, with bounded memory. It never changes a byte and never waits for more when
// it holds a whole line: what follows a growing log gets each line as it is written.
import { BATCH_PAD_BYTES, type Format } from '../core/batch.ts'

const LINE_FEED = 10
const FIRST_BYTES = 2 * 1024 * 1024

/** A longer line is not inspected and not passed on: reading ends with LineTooLong. */
const LINE_BYTES_MAX = 64 * 1024 * 1024

/** Of `--format`; absent: told apart line by line. */
export type LineFormat = Extract<Format, 'json' | 'text'>

/** Its bytes are used again for the next block. */
export interface Block {
  readonly bytes: Uint8Array
  /** Exclusive end of each line, its line feed included. */
  readonly ends: Uint32Array
  /** Number of the first line, 1-based. */
  readonly firstLine: number
}

export class LineTooLong extends Error {
  readonly line: number

  constructor(line: number) {
    super(`line ${line} is longer than ${LINE_BYTES_MAX / 1024 / 1024} MiB`)
    this.line = line
  }
}

/** Blocks of at least one line; the last line may lack its line feed. */
export async function* blocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Block> {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let used = 0
  let firstLine = 1
  for await (const chunk of chunks) {
    const cut = chunk.lastIndexOf(LINE_FEED) + 1
    if (used + (cut === 0 ? chunk.length : chunk.indexOf(LINE_FEED)) > LINE_BYTES_MAX) throw new LineTooLong(firstLine)
    if (used + chunk.length + BATCH_PAD_BYTES > buffer.length) {
      const bigger = Buffer.allocUnsafeSlow((used + chunk.length) * 2 + BATCH_PAD_BYTES)
      buffer.copy(bigger, 0, 0, used)
      buffer = bigger
    }
    chunk.copy(buffer, used)
    if (cut === 0) {
      used += chunk.length
      continue
    }
    const bytes = buffer.subarray(0, used + cut)
    const ends = lineEnds(bytes)
    yield { bytes, ends, firstLine }
    firstLine += ends.length
    buffer.copyWithin(0, used + cut, used + chunk.length)
    used = chunk.length - cut
  }
  if (used === 0) return
  buffer.fill(LINE_FEED, used, used + BATCH_PAD_BYTES)
  yield { bytes: buffer.subarray(0, used), ends: Uint32Array.of(used), firstLine }
}

/** Lines that are all there already. */
export function blockOf(text: string): Block {
  const length = Buffer.byteLength(text)
  const buffer = Buffer.alloc(length + BATCH_PAD_BYTES, LINE_FEED)
  buffer.write(text)
  const bytes = buffer.subarray(0, length)
  return { bytes, ends: lineEnds(bytes), firstLine: 1 }
}

function lineEnds(bytes: Buffer): Uint32Array {
  let ends = new Uint32Array(4096)
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (count === ends.length) {
      const more = new Uint32Array(count * 2)
      more.set(ends)
      ends = more
    }
    ends[count++] = at + 1
  }
  return ends.subarray(0, count)
}
