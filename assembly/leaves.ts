// Owns the list of leaves that JavaScript is to look at, and knows the values in which nothing can be found.
import { same, zeros } from './memory'
import { cleanAt, setClean } from './paths'

/** What a leaf is (src/core/leaves.ts). */
export const KEY: u32 = 0
export const TEXT: u32 = 1
export const NUMBER: u32 = 2
export const BINARY_NUMBER: u32 = 3

/** Row of a leaf, eight words: start, end, path, kind, flags, head, member, box. */
let room: u32 = 1024
let rows: usize = heap.alloc((<usize>room) << 5)
let count: u32 = 0

/** The last bits of flags: escaped, two of silence. Above them stands how many addresses in it are only counted. */
export const SILENCE_SHIFT: u32 = 1
export const COUNTED_SHIFT: u32 = 3

/** `counted` is negative when the text may hold other things, too. */
export function textFlags(isEscaped: bool, silence: u32, counted: i32): u32 {
  return (isEscaped ? 1 : 0) | (silence << SILENCE_SHIFT) | ((<u32>max(counted, 0)) << COUNTED_SHIFT)
}

/** Numbers of fewer digits are not reported where nothing but text rules can find something. */
export let digitsMin: u32 = 1

export function setDigitsMin(digits: u32): void {
  digitsMin = digits
}

export function resetLeaves(): void {
  count = 0
}

export function leafCount(): u32 {
  return count
}

/** Leaves from number `first` on are none. */
export function dropLeaves(first: u32): void {
  count = first
}

/** True when all leaves from number `first` on are texts in which addresses are counted, and nothing else is. */
export function haveCounted(first: u32): bool {
  for (let i = first; i < count; i++) {
    const row = rows + ((<usize>i) << 5)
    if (load<u32>(row + 12) !== TEXT || load<u32>(row + 16) >> COUNTED_SHIFT === 0) return false
  }
  return true
}

/** Address of the first row. */
export function leafRows(): usize {
  return rows
}

/** Offsets are written as distances from `base`; `member` and `box` are addresses, or 0 for none. */
export function addLeaf(
  base: usize,
  start: usize,
  end: usize,
  path: u32,
  kind: u32,
  flags: u32,
  head: usize,
  member: usize,
  box: usize,
): void {
  if (count === room) grow()
  const row = rows + ((<usize>count) << 5)
  count++
  store<u32>(row, <u32>(start - base))
  store<u32>(row + 4, <u32>(end - base))
  store<u32>(row + 8, path)
  store<u32>(row + 12, kind)
  store<u32>(row + 16, flags)
  store<u32>(row + 20, <u32>(head - base))
  store<i32>(row + 24, member === 0 ? -1 : <i32>(member - base))
  store<i32>(row + 28, box === 0 ? -1 : <i32>(box - base))
}

function grow(): void {
  const bigger = heap.alloc((<usize>room) << 6)
  memory.copy(bigger, rows, (<usize>room) << 5)
  heap.free(rows)
  rows = bigger
  room <<= 1
}

/** Values of the batch in which nothing can be found, one a slot: path, address, length. */
const SLOTS: u32 = 4096
const repeats: usize = zeros((<usize>SLOTS) << 4)

export function forgetRepeats(): void {
  memory.fill(repeats, 0, (<usize>SLOTS) << 4)
}

/** Told by path, length, and the first and last eight bytes. */
function slotOf(path: u32, start: usize, length: u32): usize {
  let told = load<u64>(start)
  if (length < 8) told &= ((<u64>1) << (length << 3)) - 1
  else told ^= rotl<u64>(load<u64>(start + length - 8), 29)
  told = (told ^ (((<u64>path) << 32) | length)) * 0x9e3779b97f4a7
  return repeats + ((<usize>(told >> 52) & (SLOTS - 1)) << 4)
}

/** Remembers that nothing can be found in the text [start, end) of the batch. */
export function wasClean(path: u32, start: usize, end: usize): void {
  const slot = slotOf(path, start, <u32>(end - start))
  store<u32>(slot, path)
  store<u32>(slot + 4, <u32>start)
  store<u32>(slot + 8, <u32>(end - start))
  setClean(path, start, <u32>(end - start))
}

/** True when the text is one of these. */
export function isRepeated(path: u32, start: usize, length: u32): bool {
  if (cleanAt(path, start, start + length) === length) return true
  const slot = slotOf(path, start, length)
  if (load<u32>(slot) !== path || load<u32>(slot + 8) !== length) return false
  if (!same(load<u32>(slot + 4), start, length)) return false
  setClean(path, start, length)
  return true
}
