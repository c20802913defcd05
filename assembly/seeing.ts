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
/** 1 for letters with which text may begin: its first six bits are those of the first byte. */
const mayBegin: usize = zeros(256)
store<u8>(values + 0x2b, 62)
store<u8>(values + 0x2d, 62)
store<u8>(values + 0x2f, 63)
store<u8>(values + 0x5f, 63)
for (let i: u32 = 0; i < 256; i++) {
  const first = (<u32>load<u8>(values + i)) << 2
  for (let rest: u32 = 0; rest < 4 && first < 256; rest++) {
    if (textAfter(0, first + rest) >= 0) store<u8>(mayBegin + i, 1)
  }
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

function hasBase64(start: usize, end: usize): bool {
  let at = start
  while (true) {
    at = runFrom(at, end)
    if (at === end) return false
    let stop = at + RUN_BYTES_MIN
    while (stop < end && load<u8>(values + load<u8>(stop)) !== NONE) stop++
    if (decodesWithin(at, stop)) return true
    at = stop
  }
}

/**
 * Letters of both alphabets, told by two look-ups, of a byte's low four bits and of its high four: a bit for each row
 * of the code table in which they may stand, and one for the row that they name.
 */
const BY_LOW: v128 = i8x16(
  0x2a,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3e,
  0x3c,
  0x15,
  0x14,
  0x15,
  0x14,
  0x1d,
)
const BY_HIGH: v128 = i8x16(0, 0, 0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0, 0, 0, 0, 0, 0, 0, 0)

/** Where the next run of letters begins that is long enough, or `end`. */
function runFrom(start: usize, end: usize): usize {
  const low = i8x16.splat(0x0f)
  // One bit a byte, the last sixteen bytes below: a run may begin in one block and go on in the next.
  let letters: u32 = 0
  for (let at = start; at < end; at += 16) {
    const some = v128.load(at)
    const kinds = v128.and(i8x16.swizzle(BY_LOW, v128.and(some, low)), i8x16.swizzle(BY_HIGH, i8x16.shr_u(some, 4)))
    let found = <u32>i8x16.bitmask(i8x16.ne(kinds, i8x16.splat(0)))
    if (end - at < 16) found &= (1 << (<u32>(end - at))) - 1
    letters = (letters >> 16) | (found << 16)
    let run = letters & (letters >> 1)
    run &= run >> 2
    run &= run >> 4
    run &= run >> 6
    if (run !== 0) return at - 16 + ctz(run)
  }
  return end
}

/** Tries the run [start, stop) from its start and behind each letter that may also divide words. */
function decodesWithin(start: usize, stop: usize): bool {
  let at = start
  while (stop - at >= RUN_BYTES_MIN) {
    const reached = load<u8>(mayBegin + load<u8>(at)) === 0 ? at : decodedTo(at, stop)
    if (reached === 0) return true
    at = reached - at > RETRY_BYTES_MAX ? reached : at + 1
    while (at < stop && !divides(load<u8>(at - 1))) at++
  }
  return false
}

function divides(byte: u32): bool {
  return byte === 0x2f || byte === 0x2d || byte === 0x5f || byte === 0x2b
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
