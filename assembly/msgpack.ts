// Msgpack values in place: checks the lengths and reports the leaves in which something may be found.
//
// fixint 00-7f e0-ff, fixmap 80-8f, fixarray 90-9f, fixstr a0-bf, nil c0, (never used) c1, bool c2 c3, bin c4-c6,
// ext c7-c9, float ca cb, uint cc-cf, int d0-d3, fixext d4-d8, str d9-db, array dc dd, map de df.
import { lookAt } from './json'
import { UNKNOWN } from './judge'
import { addLeaf, BINARY_NUMBER, digitsMin, KEY, TEXT, textFlags } from './leaves'
import { DEPTH_MAX, MALFORMED, RECORD, TOO_DEEP, zeros } from './memory'
import { child, element, guessOf, isKeyClean, isName, longKey, setGuess, silenceOf } from './paths'
import { hasAnchor, isFiltering } from './scan'

const SCALAR: u32 = 0
const STRING: u32 = 1
const NUMERIC: u32 = 2
const ARRAY: u32 = 3
const MAP: u32 = 4
const UNUSED: u32 = 5

/** Shape of each first byte; str, bin and ext are strings: runs of bytes with a length. */
const shapes: usize = heap.alloc(256)
/** Bytes of the header (first byte and length field; ext: the type too). For numbers: of the whole encoding. */
const headers: usize = heap.alloc(256)
/** How wide the length field is: 1, 2 or 4 bytes; 0 when the first byte has it in its low bits; 8: fixext. */
const widths: usize = heap.alloc(256)

function describe(first: u32, last: u32, shape: u32, header: u32, width: u32): void {
  for (let byte = first; byte <= last; byte++) {
    store<u8>(shapes + byte, <u8>shape)
    store<u8>(headers + byte, <u8>header)
    store<u8>(widths + byte, <u8>width)
  }
}

describe(0x00, 0x7f, NUMERIC, 1, 0)
describe(0x80, 0x8f, MAP, 1, 0)
describe(0x90, 0x9f, ARRAY, 1, 0)
describe(0xa0, 0xbf, STRING, 1, 0)
describe(0xc0, 0xc3, SCALAR, 1, 0)
describe(0xc1, 0xc1, UNUSED, 1, 0)
describe(0xc4, 0xc4, STRING, 2, 1)
describe(0xc5, 0xc5, STRING, 3, 2)
describe(0xc6, 0xc6, STRING, 5, 4)
describe(0xc7, 0xc7, STRING, 3, 1)
describe(0xc8, 0xc8, STRING, 4, 2)
describe(0xc9, 0xc9, STRING, 6, 4)
describe(0xca, 0xca, NUMERIC, 5, 0)
describe(0xcb, 0xcb, NUMERIC, 9, 0)
describe(0xcc, 0xcc, NUMERIC, 2, 0)
describe(0xcd, 0xcd, NUMERIC, 3, 0)
describe(0xce, 0xce, NUMERIC, 5, 0)
describe(0xcf, 0xcf, NUMERIC, 9, 0)
describe(0xd0, 0xd0, NUMERIC, 2, 0)
describe(0xd1, 0xd1, NUMERIC, 3, 0)
describe(0xd2, 0xd2, NUMERIC, 5, 0)
describe(0xd3, 0xd3, NUMERIC, 9, 0)
describe(0xd4, 0xd8, STRING, 2, 8)
describe(0xd9, 0xd9, STRING, 2, 1)
describe(0xda, 0xda, STRING, 3, 2)
describe(0xdb, 0xdb, STRING, 5, 4)
describe(0xdc, 0xdc, ARRAY, 3, 2)
describe(0xdd, 0xdd, ARRAY, 5, 4)
describe(0xde, 0xde, MAP, 3, 2)
describe(0xdf, 0xdf, MAP, 5, 4)
describe(0xe0, 0xff, NUMERIC, 1, 0)

/** Content bytes of a string, items of an array, pairs of a map. The header lies within bounds. */
function lengthAt(at: usize, byte: u32): u32 {
  const width: u32 = load<u8>(widths + byte)
  if (width === 0) return byte & (byte < 0xa0 ? 0x0f : 0x1f)
  if (width === 1) return load<u8>(at + 1)
  if (width === 2) return bswap<u16>(load<u16>(at + 1))
  return width === 4 ? bswap<u32>(load<u32>(at + 1)) : 1 << (byte - 0xd4)
}

/** False when the number surely has fewer digits than are asked for, told from its encoding alone. */
function mayHaveDigits(at: usize, byte: u32): bool {
  if (digitsMin <= 5) return true
  if (byte <= 0x7f || byte >= 0xe0 || byte === 0xcc || byte === 0xcd || byte === 0xd0 || byte === 0xd1) return false
  if (byte !== 0xcb) return true
  // Below 2^19 there are six digits at most. A fraction identifies nothing; integers come as doubles too.
  const word = bswap<u64>(load<u64>(at + 1))
  const exponent = <u32>(word >> 52) & 0x7ff
  const value = reinterpret<f64>(word)
  return exponent >= 1023 + 19 && exponent < 0x7ff && Math.trunc(value) === value
}

/** Enough for the digits of any integer, and for what may be loaded behind them. */
const TEXT_BYTES: usize = 64
const digits: usize = zeros(TEXT_BYTES)

/** True when nothing can be found in the text of an integer. Of fractions JavaScript knows how they are written. */
function isQuietNumber(at: usize, byte: u32): bool {
  if (!isFiltering()) return false
  let value: i64 = 0
  if (byte <= 0x7f) value = byte
  else if (byte >= 0xe0) value = <i64>byte - 256
  else if (byte === 0xcc) value = load<u8>(at + 1)
  else if (byte === 0xcd) value = bswap<u16>(load<u16>(at + 1))
  else if (byte === 0xce) value = bswap<u32>(load<u32>(at + 1))
  else if (byte === 0xd0) value = load<i8>(at + 1)
  else if (byte === 0xd1) value = <i16>bswap<u16>(load<u16>(at + 1))
  else if (byte === 0xd2) value = <i32>bswap<u32>(load<u32>(at + 1))
  else if (byte === 0xcf || byte === 0xd3) value = <i64>bswap<u64>(load<u64>(at + 1))
  else if (byte === 0xcb) {
    const number = reinterpret<f64>(bswap<u64>(load<u64>(at + 1)))
    if (!(Math.abs(number) < 9007199254740992) || Math.trunc(number) !== number) return false
    value = <i64>number
  } else return false
  // What needs 64 bits without a sign is left to JavaScript.
  if (byte === 0xcf && value < 0) return false
  let left: u64 = value < 0 ? 0 - <u64>value : <u64>value
  const end = digits + 32
  let start = end
  do {
    store<u8>(--start, <u8>(0x30 + <u32>(left % 10)))
    left /= 10
  } while (left !== 0)
  if (value < 0) store<u8>(--start, 0x2d)
  return <u32>(end - start) < digitsMin || !hasAnchor(start, end)
}

/** Open boxes: address, path, path of the last member or -1, items left (keys and values count), 1 for maps. */
const BOX_BYTES: usize = 20
const stack: usize = heap.alloc(<usize>(DEPTH_MAX + 2) * BOX_BYTES)
const PATH: usize = 4
const LAST: usize = 8
const LEFT: usize = 12
const IS_MAP: usize = 16

/** An EventTime (fixext 8): seconds, nanoseconds. */
const EVENT_TIME: u32 = 0xd7
const PAIR: u8 = 0x92
const EMPTY_MAP: u8 = 0x80

/**
 * Where the record of the event at `at` begins: `[time, record]` or `[[time, {}], record]`; 0 when it is written in
 * another way, or marks a group.
 */
export function recordOf(event: usize, end: usize): usize {
  if (load<u8>(event) !== PAIR) return 0
  let at = event + 1
  const hasMap = load<u8>(at) === PAIR
  if (hasMap) at++
  const byte: u32 = load<u8>(at)
  if (byte === EVENT_TIME) {
    // Markers have the seconds -1 and -2.
    if (load<u8>(at + 2) === 0xff) return 0
    at += 10
  } else if (load<u8>(shapes + byte) === NUMERIC) at += load<u8>(headers + byte)
  else return 0
  if (hasMap && load<u8>(at++) !== EMPTY_MAP) return 0
  return at < end ? at : 0
}

let ended: usize = 0

/** Offset at which the walked value ends. */
export function walkedTo(base: usize): u32 {
  return <u32>(ended - base)
}

/** Appends the leaves of the value at `start`. */
export function walkMsgpack(base: usize, start: usize, end: usize, root: u32): i32 {
  let depth: i32 = 0
  let box = stack
  let at = start
  let path = root
  let member: usize = 0
  store<u32>(box, 0)
  store<u32>(box + LEFT, 1)
  store<u32>(box + IS_MAP, 0)
  while (true) {
    while (load<u32>(box + LEFT) === 0) {
      ended = at
      if (depth === 0) return RECORD
      depth--
      box -= BOX_BYTES
    }
    if (at >= end) return MALFORMED
    const left = load<u32>(box + LEFT)
    const isMap = load<u32>(box + IS_MAP) !== 0
    // Keys and values take turns, and a value comes last.
    const isKey = isMap && (left & 1) === 0
    if (depth > 0 && (isKey || !isMap)) {
      member = at
      path = load<u32>(box + PATH)
    }
    store<u32>(box + LEFT, left - 1)
    const byte: u32 = load<u8>(at)
    const shape: u32 = load<u8>(shapes + byte)
    const content = at + load<u8>(headers + byte)
    if (content > end) return MALFORMED
    if (shape === STRING) {
      const length: usize = lengthAt(at, byte)
      if (length > end - content) return MALFORMED
      const stop = content + length
      if (isKey) {
        path = keyPath(content, stop, box)
        if (!isKeyClean(path)) addLeaf(base, content, stop, path, KEY, 0, at, member, load<u32>(box))
      } else {
        const silence = silenceOf(path)
        const seen = silence === 1 ? lookAt(path, content, stop, false, true) : silence === 2 ? 0 : UNKNOWN
        if (seen !== 0) {
          addLeaf(base, content, stop, path, TEXT, textFlags(false, silence, seen), at, member, load<u32>(box))
        }
      }
      at = stop
      continue
    }
    if (isKey) path = longKey(path, at)
    if (shape === NUMERIC) {
      const silence = silenceOf(path)
      const isSilent = silence === 2 || (silence === 1 && (!mayHaveDigits(at, byte) || isQuietNumber(at, byte)))
      if (!isSilent) addLeaf(base, at, content, path, BINARY_NUMBER, silence << 1, at, member, load<u32>(box))
    } else if (shape >= ARRAY) {
      if (shape === UNUSED) return MALFORMED
      if (depth >= DEPTH_MAX) return TOO_DEEP
      const items = (<u64>lengthAt(at, byte)) << (shape === MAP ? 1 : 0)
      // Each item takes a byte at least: a count that the rest cannot hold is a lie.
      if (items > <u64>(end - content)) return MALFORMED
      depth++
      box += BOX_BYTES
      open(box, at, shape === MAP, path, <u32>items)
    }
    at = content
  }
}

function open(box: usize, at: usize, isMap: bool, path: u32, items: u32): void {
  store<u32>(box, <u32>at)
  store<u32>(box + PATH, isMap ? path : element(path))
  store<i32>(box + LAST, -1)
  store<u32>(box + LEFT, items)
  store<u32>(box + IS_MAP, isMap ? 1 : 0)
}

function keyPath(start: usize, stop: usize, box: usize): u32 {
  const above = load<u32>(box + PATH)
  const last = load<i32>(box + LAST)
  let path = guessOf(above, last)
  if (path === 0 || !isName(path, start, <u32>(stop - start))) {
    path = child(above, start, stop, false)
    setGuess(above, last, path)
  }
  store<i32>(box + LAST, path)
  return path
}
