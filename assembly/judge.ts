// Judges candidates, the places where anchors end: most of the frequent ones cannot be what they look like, and of an
// IPv4 address that is only counted JavaScript need not hear. Where this says that a text has none, the finders of
// src/classifier find none; they decide about all that is left. Percent escapes need not be thought of: each is an
// anchor of its own (src/classifier/encodings.ts), and a text with one is for JavaScript.
import {
  ALPHA,
  areDigits,
  BACKSLASH,
  BLANK,
  COLON,
  DASH,
  DIGIT,
  DOT,
  endsNumber,
  HEX,
  is,
  JOINT,
  PERCENT,
  PLUS,
  UNDERSCORE,
  WORD,
} from './bytes'
import { mayGoOn } from './cut'
import { addFound, dropFound, foundCount } from './found'
import { mayBePicture } from './pictures'
import { hitRows, scanAnew } from './scan'
import { mayHaveBase64 } from './seeing'

/** What a candidate may be, one bit each (src/classifier/judges.ts); any other bit is for JavaScript. */
const IPV4: u32 = 1
const IPV6: u32 = 2
const EMAIL: u32 = 4
const PHONE: u32 = 8
const ASSIGNMENT: u32 = 16
const PICTURE: u32 = 32
const URL: u32 = 64
const CARD: u32 = 128
const JUDGED: u32 = IPV4 | IPV6 | EMAIL | PHONE | ASSIGNMENT | PICTURE | URL | CARD

/** JavaScript has to look. */
export const UNKNOWN: i32 = -1

/** Of texts with more candidates nothing is said, so that none takes long. */
const CANDIDATES_MAX: u32 = 256
/** How far a judge reads before it leaves the candidate to JavaScript. */
const REACH_MAX: usize = 300

/** The bits of each place in the owners of the automaton. */
let bits: usize = 0
let counts: bool = false

/** Room for the bits of so many places. */
export function judgedRoom(places: u32): usize {
  if (bits !== 0) heap.free(bits)
  bits = heap.alloc((<usize>places) << 1)
  return bits
}

/** With `isOn`, IPv4 addresses are counted and not shown. */
export function setCounting(isOn: bool): void {
  counts = isOn
}

/**
 * Looks for what may be in a text at `path` that is no JSON: 0 when nothing is, UNKNOWN when JavaScript has to look, or
 * how many addresses are in it that are only counted, and nothing else.
 */
export function judge(path: u32, start: usize, end: usize): i32 {
  if (mayGoOn(start, end) || mayHaveBase64(start, end)) return UNKNOWN
  const candidates = scanAnew(start, end)
  if (candidates > CANDIDATES_MAX) return UNKNOWN
  const rows = hitRows()
  const before = foundCount()
  let behind = start
  for (let i: u32 = 0; i < candidates; i++) {
    const at: usize = load<u32>(rows + ((<usize>i) << 3))
    const place = load<u32>(rows + ((<usize>i) << 3) + 4)
    const kind: u32 = load<u16>(bits + ((<usize>place) << 1))
    if ((kind & IPV4) !== 0 && at > behind) {
      const last = ipv4End(start, end, at)
      if (last !== 0 && began >= behind) {
        if (!counts || !addFound(path, began, last)) return unknown(before)
        behind = last
      }
    }
    if (kind !== IPV4 && mayBe(kind, place, start, end, at)) return unknown(before)
  }
  return foundCount() - before
}

function unknown(before: u32): i32 {
  dropFound(before)
  return UNKNOWN
}

function mayBe(kind: u32, place: u32, start: usize, end: usize, at: usize): bool {
  if ((kind & ~JUDGED) !== 0) return true
  if ((kind & PICTURE) !== 0 && mayBePicture(place, start, end, at)) return true
  if ((kind & IPV6) !== 0 && mayBeIpv6(start, end, at)) return true
  if ((kind & EMAIL) !== 0 && mayBeEmail(end, at)) return true
  if ((kind & PHONE) !== 0 && mayBePhone(start, end, at)) return true
  if ((kind & URL) !== 0 && mayHaveUser(end, at)) return true
  if ((kind & CARD) !== 0 && mayBeCard(start, end, at)) return true
  return (kind & ASSIGNMENT) !== 0 && mayBeAssignment(end, at)
}

/** Where the address begins whose end was told last. */
let began: usize = 0

/** End of the IPv4 address whose anchor ends at `at` (src/classifier/detectors/network.ts), or 0. */
function ipv4End(from: usize, to: usize, at: usize): usize {
  let start = at - 2
  while (start > from && is(start - 1, DIGIT)) start--
  if (start < from + 2 || load<u8>(start - 1) !== DOT) return 0
  start--
  const dot = start
  while (start > from && dot - start < 4 && is(start - 1, DIGIT)) start--
  if (start === dot || (start > from && !mayPrecedeIpv4(from, start))) return 0
  let end = start
  for (let part = 0; part < 4; part++) {
    const first = end
    let value: u32 = 0
    while (end < to && is(end, DIGIT) && end - first < 4) value = value * 10 + load<u8>(end++) - 0x30
    const digits = end - first
    if (digits === 0 || digits > 3 || value > 255 || (digits > 1 && load<u8>(first) === 0x30)) return 0
    if (part === 3) break
    if (end >= to || load<u8>(end) !== DOT) return 0
    end++
  }
  if (!endsIpv4(end, to) || isVersion(from, start, end)) return 0
  began = start
  return end
}

function mayPrecedeIpv4(from: usize, start: usize): bool {
  const before: u32 = load<u8>(start - 1)
  if (is(start - 1, WORD) || before === DOT || before === UNDERSCORE || before === PERCENT) return false
  if (before !== DASH || start < from + 2) return true
  return !is(start - 2, ALPHA) && load<u8>(start - 2) !== UNDERSCORE
}

/** A dash and a digit may follow: a range. */
function endsIpv4(end: usize, to: usize): bool {
  if (end < to && load<u8>(end) === DASH) return end + 1 >= to || !is(end + 1, ALPHA)
  return endsNumber(end, to)
}

function isVersion(from: usize, start: usize, end: usize): bool {
  const before: u32 = start > from ? load<u8>(start - 1) : 0
  if (start >= from + 2 && before === 0x2f && is(start - 2, ALPHA)) {
    return load<u8>(start) !== 0x30 && endsInZeros(start, end)
  }
  let name = start
  while (name > from && start - name < 3 && mayAssign(load<u8>(name - 1))) name--
  if (name === start || name === from) return false
  const last: u32 = load<u8>(name - 1) | 0x20
  if (last === 0x6e) return isWord(from, name, 7, VERS, SION)
  if (last === 0x65) return isWord(from, name, 7, RELE, EASE)
  return last === 0x64 && isWord(from, name, 5, BUIL, UILD)
}

function mayAssign(byte: u32): bool {
  return byte === 0x20 || byte === COLON || byte === 0x3d || byte === 0x22 || byte === 0x27
}

/** The first and the last four letters of the words, the first one lowest. */
const VERS: u32 = 0x73726576
const SION: u32 = 0x6e6f6973
const RELE: u32 = 0x656c6572
const EASE: u32 = 0x65736165
const BUIL: u32 = 0x6c697562
const UILD: u32 = 0x646c6975

/** True when a word of so many letters, in either case, ends at `end`. */
function isWord(from: usize, end: usize, letters: usize, first: u32, last: u32): bool {
  if (end < from + letters) return false
  return (load<u32>(end - letters) | 0x20202020) === first && (load<u32>(end - 4) | 0x20202020) === last
}

function endsInZeros(start: usize, end: usize): bool {
  let dot = start
  while (load<u8>(dot) !== DOT) dot++
  return end - dot === 6 && load<u8>(dot + 1) === 0x30 && load<u8>(dot + 3) === 0x30 && load<u8>(dot + 5) === 0x30
}

/**
 * An IPv6 address has `::` and a digit, or as many groups as it must, in one row of colons and hex digits. Behind a
 * word, which may end in hex digits, the row begins with the next group.
 */
function mayBeIpv6(from: usize, to: usize, at: usize): bool {
  let start = at
  while (start > from && isOfIpv6(start - 1)) {
    if (at - start > REACH_MAX) return true
    start--
  }
  if (start > from && mayEndWord(start - 1)) {
    while (start < to && is(start, HEX)) start++
    if (start === to || load<u8>(start) !== COLON) return false
    start++
  }
  let groups = 1
  let isCompressed = false
  let hasDigit = false
  let end = start
  for (; end < to && isOfIpv6(end); end++) {
    if (end - start > REACH_MAX) return true
    if (load<u8>(end) !== COLON) hasDigit = hasDigit || is(end, DIGIT)
    else if (end + 1 < to && isOfIpv6(end + 1)) groups++
    if (end > start && load<u8>(end) === COLON && load<u8>(end - 1) === COLON) isCompressed = true
  }
  if (isCompressed) return hasDigit
  return groups === 8 || (groups === 7 && end < to && load<u8>(end) === DOT)
}

function mayEndWord(at: usize): bool {
  return is(at, WORD) || load<u8>(at) === UNDERSCORE || load<u8>(at) === DOT || load<u8>(at) === PERCENT
}

function isOfIpv6(at: usize): bool {
  return is(at, HEX) || load<u8>(at) === COLON
}

/** The domain of an address has a dot and two letters in it; the anchor ends behind its first letter. */
function mayBeEmail(to: usize, at: usize): bool {
  const limit = at + REACH_MAX
  for (let place = at; is(place, WORD | JOINT) && place + 2 < to; place++) {
    if (load<u8>(place) === DOT && is(place + 1, ALPHA) && is(place + 2, ALPHA)) return true
    if (place > limit) return true
  }
  return false
}

/** Behind `555-555-` four digits must follow: else it is some other row of numbers. */
function mayBePhone(from: usize, to: usize, at: usize): bool {
  if (at < from + 8 || !isGap(at - 1) || !isGap(at - 5)) return true
  if (!areDigits(at - 8, 3) || !areDigits(at - 4, 3)) return true
  return at + 4 <= to && areDigits(at, 4)
}

function isGap(at: usize): bool {
  const byte: u32 = load<u8>(at)
  return byte === 0x20 || byte === DASH || byte === DOT
}

/** `://user:password@host`: the sign comes before the host ends. */
function mayHaveUser(to: usize, at: usize): bool {
  for (let place = at; place < to && !endsAuthority(load<u8>(place)); place++) {
    if (load<u8>(place) === 0x40 || place - at > REACH_MAX) return true
  }
  return false
}

function endsAuthority(byte: u32): bool {
  return byte === 0x20 || byte - 9 < 5 || byte === 0x2f || byte === 0x22 || byte === 0x27 || isBracket(byte)
}

function isBracket(byte: u32): bool {
  return byte === 0x3c || byte === 0x3e || byte === BACKSLASH
}

/**
 * Behind a group of four digits stands one of four, or behind a 3 one of six, and then another one; the anchor ends two
 * digits behind it.
 */
function mayBeCard(from: usize, to: usize, at: usize): bool {
  if (at < from + 7 || !areDigits(at - 2, 2) || is(at - 3, DIGIT)) return true
  let end = at
  while (end < to && end - at < 5 && is(end, DIGIT)) end++
  const digits = end - at + 2
  if (digits !== 4 && (digits !== 6 || load<u8>(at - 7) !== 0x33)) return false
  return end < to && (isGap(end) || load<u8>(end) === PLUS)
}

/** Behind a name stands `=`, `:` or `>`, perhaps behind a quote and blanks. */
function mayBeAssignment(to: usize, at: usize): bool {
  const limit = at + REACH_MAX
  let place = at - 1
  while (place < to && is(place, WORD | JOINT)) place++
  while (place < to && load<u8>(place) === BACKSLASH) place++
  if (place < to && (load<u8>(place) === 0x22 || load<u8>(place) === 0x27)) place++
  while (place < to && is(place, BLANK)) place++
  if (place > limit) return true
  if (place >= to) return false
  const next: u32 = load<u8>(place)
  return next === 0x3d || next === COLON || next === 0x3e
}
