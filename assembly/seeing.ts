// Says whether a text is to be looked at although no anchor is in it: it may be JSON, or hold base64 that decodes to
// text (src/wire/base64_runs.ts). Where this says no, there is none.
import { zeros } from './memory'

/** Shorter runs are not looked at, and one that stops to be text behind so many letters is taken as far as it goes. */
const RUN_BYTES_MIN: usize = 14
const PREFIX_BYTES_MIN: usize = 24
/** How far an attempt that fails may get before the letters that it read are not tried again. */
const RETRY_BYTES_MAX: usize = 16

const NONE: u8 = 64
/** Value of each letter of both base64 alphabets, or NONE. */
const values: usize = zeros(256)
memory.fill(values, NONE, 256)
for (let i: u32 = 0; i < 26; i++) {
  store<u8>(values + 0x41 + i, <u8>i)
  store<u8>(values + 0x61 + i, <u8>(26 + i))
}
for (let i: u32 = 0; i < 10; i++) store<u8>(values + 0x30 + i, <u8>(52 + i))
store<u8>(values + 0x2b, 62)
store<u8>(values + 0x2d, 62)
store<u8>(values + 0x2f, 63)
store<u8>(values + 0x5f, 63)
/** Of each byte with which a character begins 1, or 3 when more bytes of it follow. */
const textual: usize = zeros(256)
for (let byte: u32 = 0; byte < 256; byte++) {
  const follows = textAfter(0, byte)
  if (follows >= 0) store<u8>(textual + byte, follows === 0 ? 1 : 3)
}

export function mayBeJson(start: usize, end: usize): bool {
  let at = start
  while (at < end && load<u8>(at) <= 0x20) at++
  const first = load<u8>(at)
  if (first !== 0x7b && first !== 0x5b) return false
  let stop = end
  while (stop > at && load<u8>(stop - 1) <= 0x20) stop--
  return load<u8>(stop - 1) === first + 2
}

/** The text that was looked at last, and what was said of it. */
let lookedStart: usize = 0
let lookedEnd: usize = 0
let looked: bool = false

/** Other bytes may lie where the last text was. */
export function forgetLook(): void {
  lookedStart = 0
}

/** The same for a text of the batch: JavaScript asks again for one in which an anchor is. */
export function mayHaveBase64InBatch(start: usize, end: usize): bool {
  return start === lookedStart && end === lookedEnd ? looked : mayHaveBase64(start, end)
}

export function mayHaveBase64(start: usize, end: usize): bool {
  lookedStart = start
  lookedEnd = end
  looked = hasBase64(start, end)
  return looked
}

/**
 * Letters of both alphabets, told by two look-ups, of a byte's low four bits and of its high four: a bit for each row
 * of the code table in which they may stand, and one for the row that they name. The highest two are for `+-/` and `_`.
 * They lie in memory since the engine would make a constant anew wherever it is used.
 */
const letterBits: usize = memory.data<u8>([
  0x2a, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3c, 0x94, 0x14, 0x94, 0x14, 0xd4, 0, 0, 0x80, 0x2, 0x4,
  0x48, 0x10, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
])

const NEW_BITS: usize = 32 - RUN_BYTES_MIN + 1

/**
 * Runs are tried from their start, and behind each letter that may also divide words, as long as enough of them is
 * left. A bit a byte, the last 32 bytes below: a run may begin in them and go on in the next.
 */
function hasBase64(start: usize, end: usize): bool {
  if (end - start < RUN_BYTES_MIN) return false
  const byLow = v128.load(letterBits)
  const byHigh = v128.load(letterBits, 16)
  const low = v128.load(letterBits, 32)
  let letters: u64 = 0
  // Bytes behind which a try may begin.
  let open: u64 = 0xffffffff00000000
  let next = start
  let stop = start
  for (let at = start; at < end; at += 32) {
    const some = v128.load(at)
    const more = v128.load(at, 16)
    const kinds = v128.and(
      i8x16.swizzle(byLow, v128.and(some, low)),
      i8x16.swizzle(byHigh, v128.and(i16x8.shr_u(some, 4), low)),
    )
    const moreKinds = v128.and(
      i8x16.swizzle(byLow, v128.and(more, low)),
      i8x16.swizzle(byHigh, v128.and(i16x8.shr_u(more, 4), low)),
    )
    let others = <u64>(bits(i8x16.eq(kinds, i8x16.splat(0))) | (bits(i8x16.eq(moreKinds, i8x16.splat(0))) << 16))
    const dividers =
      bits(v128.or(kinds, i8x16.add(kinds, kinds))) | (bits(v128.or(moreKinds, i8x16.add(moreKinds, moreKinds))) << 16)
    const left = <i32>(end - at)
    if (left < 32) others |= (<u64>0xffffffff) << left
    letters = (letters >> 32) | ((others ^ 0xffffffff) << 32)
    open = (open >> 32) | ((others | dividers) << 32)
    let run = letters & (letters >> 1)
    run &= run >> 2
    run &= run >> 4
    run &= run >> 6
    // Those of which the last letter that they need is new.
    let tries = (run & (open << 1)) >> NEW_BITS
    for (; tries !== 0; tries &= tries - 1) {
      const place = at - 32 + NEW_BITS + <usize>ctz(tries)
      if (!mayBeText(place) || place < next) continue
      if (place >= stop) stop = runEnd(place + RUN_BYTES_MIN, end)
      const reached = decodedTo(place, stop)
      if (reached === 0) return true
      if (reached - place > RETRY_BYTES_MAX) next = reached
    }
  }
  return false
}

function bits(lanes: v128): u32 {
  return <u32>i8x16.bitmask(lanes)
}

function runEnd(from: usize, end: usize): usize {
  let stop = from
  while (stop < end && load<u8>(values + load<u8>(stop)) !== NONE) stop++
  return stop
}

/** False where the first three bytes of a run are no text, which is most places. */
function mayBeText(at: usize): bool {
  const bits = quantum(at, 4)
  const first: u32 = load<u8>(textual + (bits >> 16))
  const second: u32 = load<u8>(textual + ((bits >> 8) & 255))
  const third: u32 = load<u8>(textual + (bits & 255))
  return (first & ((first >> 1) | (second & ((second >> 1) | third)))) !== 0
}

/** 0 when enough of [start, stop) decodes to text; else where it stopped to. */
function decodedTo(start: usize, stop: usize): usize {
  let follows: i32 = 0
  let at = start
  let sound = start
  while (at < stop) {
    const count = min<usize>(4, stop - at)
    if (count === 1) break
    const bits = quantum(at, count)
    for (let i: usize = 0; i < count - 1 && follows >= 0; i++) {
      follows = textAfter(follows, (bits >> (16 - 8 * <u32>i)) & 255)
    }
    // Nothing is decoded of a run whose first two bytes are no text.
    if (follows < 0) break
    if (follows === 0) sound = at + count
    at += 4
  }
  return sound >= stop - 1 || sound - start >= PREFIX_BYTES_MIN ? 0 : min<usize>(at, stop)
}

function quantum(at: usize, count: usize): u32 {
  let bits = ((<u32>load<u8>(values + load<u8>(at))) << 18) | ((<u32>load<u8>(values + load<u8>(at + 1))) << 12)
  if (count > 2) bits |= (<u32>load<u8>(values + load<u8>(at + 2))) << 6
  if (count > 3) bits |= <u32>load<u8>(values + load<u8>(at + 3))
  return bits
}

/** How many bytes of a character are still to come behind `byte`, or -1 when it can not stand in text. */
function textAfter(follows: i32, byte: u32): i32 {
  if (follows > 0) return byte >= 0x80 && byte < 0xc0 ? follows - 1 : -1
  if ((byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13) return 0
  if (byte < 0xc2 || byte > 0xf4) return -1
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
}
