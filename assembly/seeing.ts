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

export function mayBeOpened(start: usize, end: usize): bool {
  return mayBeJson(start, end) || mayHaveBase64(start, end)
}

function mayBeJson(start: usize, end: usize): bool {
  let at = start
  while (at < end && load<u8>(at) <= 0x20) at++
  const first = load<u8>(at)
  if (first !== 0x7b && first !== 0x5b) return false
  let stop = end
  while (stop > at && load<u8>(stop - 1) <= 0x20) stop--
  return load<u8>(stop - 1) === first + 2
}

export function mayHaveBase64(start: usize, end: usize): bool {
  let at = start
  while (at + RUN_BYTES_MIN <= end) {
    // From the end of where a run would be: in ordinary text a blank comes soon, and most bytes are never read.
    let last = at + RUN_BYTES_MIN - 1
    while (last >= at && load<u8>(values + load<u8>(last)) !== NONE) last--
    if (last >= at) {
      at = last + 1
      continue
    }
    let stop = at + RUN_BYTES_MIN
    while (stop < end && load<u8>(values + load<u8>(stop)) !== NONE) stop++
    if (decodesWithin(at, stop)) return true
    at = stop + 1
  }
  return false
}

/** Tries the run [start, stop) from its start and behind each letter that may also divide words. */
function decodesWithin(start: usize, stop: usize): bool {
  let at = start
  while (stop - at >= RUN_BYTES_MIN) {
    const reached = decodedTo(at, stop)
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
