// What a line of a private key looks like, told from its bytes alone: the base64 between the lines that begin
// and end it, with or without what a logger writes in front of each line. It keeps no state.
import { endMark, type KeyKind } from './key_kinds.ts'

/** What a line is to an open block. */
export const Line = {
  /** None of it. */
  none: 0,
  /** It may be of it: a short line of base64, a header such as DEK-Info. */
  weak: 1,
  /** It surely is. */
  strong: 2,
  /** It ends the block. */
  end: 3,
} as const

/** Ranges of one line. */
export class Ranges {
  count = 0
  start = new Int32Array(64)
  end = new Int32Array(64)

  /** More ranges than there is room for become one with the last. */
  add(start: number, end: number): void {
    if (this.count === this.start.length) {
      this.end[this.count - 1] = end
      return
    }
    this.start[this.count] = start
    this.end[this.count++] = end
  }
}

/** Runs of so many characters are no words. */
const RUN_BYTES_MIN = 24

const BACKSLASH = 0x5c
const LF = 10
const CR = 13

/** 1: base64. 2: what may stand between its lines in one text, `\n` written out included. */
const BODY = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=') BODY[letter.charCodeAt(0)] = 1
for (const byte of [BACKSLASH, LF, CR]) BODY[byte] = 2

/** Words in front of `at`, as loggers write them before each line. */
export function wordsBefore(bytes: Uint8Array, start: number, at: number): number {
  let words = 0
  for (let next = start; next < at; next++)
    if (bytes[next] > 0x20 && (next === start || bytes[next - 1] <= 0x20)) words++
  return words
}

/**
 * Puts what belongs to the block into `ranges`. `words` is how many words the logger writes in front of a line;
 * `isGoingOn` says that [start, end) is the next piece of the line in which the block was open.
 */
export function readLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: KeyKind,
  words: number,
  isGoingOn: boolean,
  ranges: Ranges,
): number {
  ranges.count = 0
  const text = textOf(bytes, start, end)
  const mark = endMark(kind, text)
  if (mark >= 0) {
    ranges.add(start + bodyBefore(text, mark), start + kind.stop(text, mark))
    return Line.end
  }
  if (isGoingOn) {
    let at = 0
    while (at < text.length && BODY[text[at]] !== 0) at++
    if (at > 0) ranges.add(start, start + at)
    return at === text.length ? Line.strong : Line.end
  }
  return addRuns(text, start, ranges) ? Line.strong : shortLine(text, start, kind.headers, words, ranges)
}

function textOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}

function bodyBefore(text: Uint8Array, mark: number): number {
  let at = mark
  while (at > 0 && BODY[text[at - 1]] !== 0) at--
  return at
}

/** Every long run of base64, over the line feeds in it. */
function addRuns(text: Uint8Array, start: number, ranges: Ranges): boolean {
  let from = 0
  while (from < text.length) {
    if (BODY[text[from]] !== 1) {
      from++
      continue
    }
    let to = from + 1
    while (to < text.length && BODY[text[to]] !== 0) to++
    if (to - from >= RUN_BYTES_MIN) {
      let last = to
      while (BODY[text[last - 1]] === 2) last--
      ranges.add(start + from, start + last)
    }
    from = to + 1
  }
  return ranges.count > 0
}

/** The last line of a body is short, and headers stand before it. */
function shortLine(text: Buffer, start: number, headers: readonly string[], words: number, ranges: Ranges): number {
  let end = text.length
  while (end > 0 && text[end - 1] <= 0x20) end--
  let from = end
  while (from > 0 && text[from - 1] > 0x20) from--
  let first = 0
  while (first < end && text[first] <= 0x20) first++
  if (first === end) return Line.none
  if (isBody(text, from, end) && (from === first || wordsBefore(text, 0, from) === words)) {
    ranges.add(start + from, start + end)
    return Line.weak
  }
  for (const header of headers) {
    const at = text.indexOf(header)
    if (at < 0 || wordsBefore(text, 0, at) !== words) continue
    ranges.add(start + at, start + end)
    return Line.weak
  }
  return Line.none
}

function isBody(text: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (BODY[text[at]] === 0) return false
  return true
}
