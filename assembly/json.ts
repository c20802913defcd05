// JSON in place (RFC 8259): checks the grammar and reports the leaves in which something may be found. Bytes inside
// strings are not judged: raw control characters and invalid UTF-8 pass.
import { decode, decodedEnd, decodedStart } from './escapes'
import { dropFound, foundCount, foundEnd, foundStart, moveFound } from './found'
import { judge, UNKNOWN } from './judge'
import {
  addLeaf,
  digitsMin,
  dropLeaves,
  haveCounted,
  isRepeated,
  KEY,
  leafCount,
  NUMBER,
  TEXT,
  textFlags,
  wasClean,
} from './leaves'
import { DEPTH_MAX, MALFORMED, RECORD, TOO_DEEP, zeros } from './memory'
import { otherPlace } from './occurrences'
import { child, cleanAt, element, guessOf, isKeyClean, plainNameAt, setGuess, silenceOf } from './paths'
import { hasAnchor, isFiltering } from './scan'
import { mayBeJson } from './seeing'

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c
const COMMA: u32 = 0x2c
const COLON: u32 = 0x3a
const MINUS: u32 = 0x2d
const OPEN_OBJECT: u32 = 0x7b
const CLOSE_OBJECT: u32 = 0x7d
const OPEN_ARRAY: u32 = 0x5b
const CLOSE_ARRAY: u32 = 0x5d

/** Open boxes: address, path of the members' map (or of the elements), path of the last member or -1, closing byte. */
let stack: usize = zeros((DEPTH_MAX + 1) << 4)
/** Those of JSON inside a string. */
const innerStack: usize = zeros((DEPTH_MAX + 1) << 4)
const PATH: usize = 4
const LAST: usize = 8
const CLOSE: usize = 12

/** 1 for bytes that may stand in a number behind its first one. */
const inNumber: usize = zeros(256)
memory.fill(inNumber + 0x30, 1, 10)
store<u8>(inNumber + 0x2b, 1)
store<u8>(inNumber + 0x2d, 1)
store<u8>(inNumber + 0x2e, 1)
store<u8>(inNumber + 0x45, 1)
store<u8>(inNumber + 0x65, 1)

/** The walk at hand: where its offsets begin, where its text ends, and whether that is of the batch. */
let base: usize = 0
let limit: usize = 0
let isOfBatch: bool = false
/** Path and start of the member whose value is next. */
let path: u32 = 0
let member: usize = 0
/** The last string had a backslash. */
let sawEscape: bool = false

/** Appends the leaves of the text [start, end). */
export function walkJson(from: usize, start: usize, end: usize, root: u32, ofBatch: bool): i32 {
  base = from
  limit = end
  isOfBatch = ofBatch
  path = root
  member = 0
  let depth: i32 = 0
  let box = stack
  let at = start
  while (true) {
    at = skipSpace(at)
    if (at >= end) return MALFORMED
    const byte: u32 = load<u8>(at)
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth >= DEPTH_MAX) return TOO_DEEP
      depth++
      box += 16
      open(box, at, byte === OPEN_ARRAY)
      at = skipSpace(at + 1)
      if (at >= end || load<u8>(at) !== <u8>load<u32>(box + CLOSE)) {
        at = nextMember(at, box)
        if (at === 0) return MALFORMED
        continue
      }
      depth--
      box -= 16
      at++
    } else {
      at = scalar(at, byte, load<u32>(box))
      if (at === 0) return MALFORMED
    }
    // A value has ended: close the boxes that end with it, then stand at the next member.
    while (true) {
      at = skipSpace(at)
      if (depth === 0) return at >= end ? RECORD : MALFORMED
      if (at >= end) return MALFORMED
      const next: u32 = load<u8>(at)
      if (next === COMMA) {
        at = nextMember(skipSpace(at + 1), box)
        if (at === 0) return MALFORMED
        break
      }
      if (next !== load<u32>(box + CLOSE)) return MALFORMED
      depth--
      box -= 16
      at++
    }
  }
}

/**
 * What can be found in the text [start, end) at a path of which the policy says nothing special: 0 for nothing,
 * UNKNOWN, or how many addresses that are only counted. JSON's escapes in it are decoded when it `isEscaped`.
 */
export function lookAt(path: u32, start: usize, end: usize, isEscaped: bool, isOfBatch: bool): i32 {
  const length = <u32>(end - start)
  if (length === 0) return 0
  if (!isFiltering()) return UNKNOWN
  if (isOfBatch && isRepeated(path, start, length)) return 0
  // What is being walked may lie where it would be decoded to.
  if (isEscaped && isInside) return UNKNOWN
  if (isEscaped) decode(start, end)
  const from = isEscaped ? decodedStart() : start
  const to = isEscaped ? decodedEnd() : end
  const before = foundCount()
  const seen = mayBeJson(from, to) ? lookAtJson(from, to, path) : judge(path, from, to)
  if (seen === 0 && isOfBatch) wasClean(path, start, end)
  return seen > 0 && isEscaped && !standAsFound(before, start, end) ? UNKNOWN : seen
}

/** False when what was found from number `first` on does not stand in [start, end) as it was decoded. */
function standAsFound(first: u32, start: usize, end: usize): bool {
  for (let i = first; i < foundCount(); i++) {
    const place = otherPlace(start, end, foundStart(i), foundEnd(i))
    if (place === 0) {
      dropFound(first)
      return false
    }
    moveFound(i, place)
  }
  return true
}

/** What is being walked stands inside a string. */
let isInside: bool = false

/** The same for [start, end), which stands in a string at `root` and may be JSON. */
function lookAtJson(start: usize, end: usize, root: u32): i32 {
  if (isInside) return UNKNOWN
  const around = stack
  const ofBatch = isOfBatch
  const from = base
  const stop = limit
  const outer = path
  const begun = member
  const sawOne = sawEscape
  const before = leafCount()
  const foundBefore = foundCount()
  isInside = true
  stack = innerStack
  const step = walkJson(start, start, end, root, false)
  const isKnown = step === RECORD && haveCounted(before)
  dropLeaves(before)
  if (!isKnown) dropFound(foundBefore)
  isInside = false
  stack = around
  isOfBatch = ofBatch
  base = from
  limit = stop
  path = outer
  member = begun
  sawEscape = sawOne
  return isKnown ? foundCount() - foundBefore : UNKNOWN
}

function open(box: usize, at: usize, isArray: bool): void {
  store<u32>(box, <u32>at)
  store<u32>(box + PATH, isArray ? element(path) : path)
  store<i32>(box + LAST, -1)
  store<u32>(box + CLOSE, isArray ? CLOSE_ARRAY : CLOSE_OBJECT)
}

function skipSpace(from: usize): usize {
  let at = from
  while (at < limit) {
    const byte: u32 = load<u8>(at)
    if (byte > 0x20 || (byte !== 0x20 && byte - 9 > 4)) break
    at++
  }
  return at
}

/** Where the string, number or literal at `at` ends, or 0 when it is none. */
function scalar(at: usize, byte: u32, box: usize): usize {
  if (byte === QUOTE) return text(at, box)
  if (byte - 0x30 < 10 || byte === MINUS) return number(at, box)
  const word = load<u32>(at)
  let end: usize = 0
  if (byte === 0x74) end = word === 0x65757274 ? at + 4 : 0
  else if (byte === 0x66) end = word === 0x736c6166 && load<u8>(at + 4) === 0x65 ? at + 5 : 0
  else end = word === 0x6c6c756e ? at + 4 : 0
  return end <= limit ? end : 0
}

function text(at: usize, box: usize): usize {
  const start = at + 1
  const silence = silenceOf(path)
  if (isOfBatch && silence === 1) {
    const length = cleanAt(path, start, limit)
    if (length > 0 && start + length < limit && load<u8>(start + length) === QUOTE) return start + length + 1
  }
  const stop = stringEnd(start)
  if (stop === 0) return 0
  if (silence === 2) return stop + 1
  const seen = silence === 1 ? lookAt(path, start, stop, sawEscape, isOfBatch) : UNKNOWN
  if (seen !== 0) addLeaf(base, start, stop, path, TEXT, textFlags(sawEscape, silence, seen), at, member, box)
  return stop + 1
}

function number(at: usize, box: usize): usize {
  let stop = at + 1
  while (stop < limit && load<u8>(inNumber + load<u8>(stop)) !== 0) stop++
  if (stop === at + 1 && load<u8>(at) === MINUS) return 0
  const silence = silenceOf(path)
  if (silence === 2) return stop
  if (silence === 1 && (<u32>(stop - at) < digitsMin || (isFiltering() && !hasAnchor(at, stop)))) return stop
  addLeaf(base, at, stop, path, NUMBER, silence << 1, at, member, box)
  return stop
}

/** Address of the closing quote of the string whose content begins at `from`, or 0. */
function stringEnd(from: usize): usize {
  const quotes = i8x16.splat(<i8>QUOTE)
  const backslashes = i8x16.splat(<i8>BACKSLASH)
  const end = limit
  sawEscape = false
  let at = from
  while (at < end) {
    const some = v128.load(at)
    const found = i8x16.bitmask(v128.or(i8x16.eq(some, quotes), i8x16.eq(some, backslashes)))
    if (found === 0) {
      at += 16
      continue
    }
    at += ctz(found)
    if (at >= end) return 0
    if (load<u8>(at) === QUOTE) return at
    sawEscape = true
    at += 2
  }
  return 0
}

/** Stands at the member at `at`: in a map reads its key, and returns where the value begins; 0 when there is none. */
function nextMember(at: usize, box: usize): usize {
  member = at
  if (load<u32>(box + CLOSE) === CLOSE_ARRAY) {
    path = load<u32>(box + PATH)
    return at
  }
  if (at >= limit || load<u8>(at) !== QUOTE) return 0
  const stop = key(at + 1, box)
  if (stop === 0) return 0
  const colon = skipSpace(stop + 1)
  return colon < limit && load<u8>(colon) === COLON ? colon + 1 : 0
}

/** Reads the key that begins at `start`, sets the path, and returns the address of its closing quote, or 0. */
function key(start: usize, box: usize): usize {
  const above = load<u32>(box + PATH)
  const last = load<i32>(box + LAST)
  const guess = guessOf(above, last)
  const length = plainNameAt(guess, start, limit)
  let stop = start + length
  let isEscaped = false
  if (length >= 0) path = guess
  else {
    stop = stringEnd(start)
    if (stop === 0) return 0
    isEscaped = sawEscape
    path = child(above, start, stop, isEscaped)
    setGuess(above, last, path)
  }
  store<i32>(box + LAST, path)
  if (!isKeyClean(path)) {
    addLeaf(base, start, stop, path, KEY, isEscaped ? 1 : 0, start - 1, start - 1, load<u32>(box))
  }
  return stop
}
