// Puts what a plain POST holds into frames: documents, one array of them, or lines. Says nothing of what is in them: a
// line that is no JSON fails closed in a worker, and its neighbours do not suffer for it.
import type { Framed } from '../../net/intake/intake.ts'
import { skipJson, skipSpace } from '../../wire/transcode/json_skip.ts'
import { Output } from '../../wire/transcode/output.ts'

const LF = 0x0a

/** Null: nothing in it is what its content type says. */
export function frameRecords(mediaType: string, bytes: Uint8Array): Framed | null {
  if (/ndjson|jsonl|json-?lines|json-seq/.test(mediaType)) return frameLines('json', bytes)
  if (/[/+]json$/.test(mediaType)) return frameDocuments(bytes, false)
  if (mediaType.startsWith('text/')) return frameLines('text', bytes)
  // Nobody said what it is: JSON if all of it is, else lines.
  const first = bytes[skipSpace(bytes, 0, bytes.length)]
  const asJson = first === 0x7b || first === 0x5b ? frameDocuments(bytes, true) : null
  return asJson ?? frameLines('text', bytes)
}

/** A frame is a line that is not blank. */
function frameLines(format: 'json' | 'text', bytes: Uint8Array): Framed {
  const out = new Output(bytes.length + 1)
  for (let at = 0; at < bytes.length; ) {
    const stop = lineEnd(bytes, at)
    if (!isBlank(bytes, at, stop)) endLine(out, bytes, at, stop)
    at = stop + 1
  }
  return { format, ...out.finish() }
}

/** `isStrict`: null when anything in it is no JSON, not only when everything is. */
function frameDocuments(bytes: Uint8Array, isStrict: boolean): Framed | null {
  const out = new Output(bytes.length + 1)
  const end = bytes.length
  let good = 0
  for (let at = skipSpace(bytes, 0, end); at < end; at = skipSpace(bytes, at, end)) {
    const stop = bytes[at] === 0x5b ? frameItems(out, bytes, at) : skipJson(bytes, at, end)
    if (stop >= 0) {
      if (bytes[at] !== 0x5b) frameDocument(out, bytes, at, stop)
      at = stop
      good++
    } else if (isStrict || bytes[at] === 0x5b) return null
    else {
      const line = lineEnd(bytes, at)
      endLine(out, bytes, at, line)
      at = line
    }
  }
  return good === 0 && end > 0 ? null : { format: 'json', ...out.finish() }
}

/** The items of the array at `at`, each a frame. Returns where it ends, or -1 when it is broken. */
function frameItems(out: Output, bytes: Uint8Array, at: number): number {
  const end = bytes.length
  at = skipSpace(bytes, at + 1, end)
  if (bytes[at] === 0x5d) return at + 1
  for (;;) {
    const stop = skipJson(bytes, at, end)
    if (stop < 0) return -1
    frameDocument(out, bytes, at, stop)
    at = skipSpace(bytes, stop, end)
    if (bytes[at] === 0x5d) return at + 1
    if (bytes[at] !== 0x2c) return -1
    at = skipSpace(bytes, at + 1, end)
  }
}

/** Line feeds in a document stand between its tokens, where a space says the same: a record is one line. */
export function frameDocument(out: Output, bytes: Uint8Array, start: number, end: number): void {
  appendOnOneLine(out, bytes.subarray(start, end))
  out.push(LF)
  out.endFrame()
}

export function appendOnOneLine(out: Output, part: Uint8Array): void {
  const from = out.used
  out.append(part)
  const written = out.bytes.subarray(from, out.used)
  for (let at = written.indexOf(LF); at >= 0; at = written.indexOf(LF, at + 1)) written[at] = 0x20
}

function endLine(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.append(bytes.subarray(start, end))
  out.push(LF)
  out.endFrame()
}

/** Where its line feed is, or would be. */
export function lineEnd(bytes: Uint8Array, at: number): number {
  const stop = bytes.indexOf(LF, at)
  return stop < 0 ? bytes.length : stop
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  return skipSpace(bytes, start, end) === end
}
