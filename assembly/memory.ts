// Owns the memory that JavaScript fills: the batch, and a text that is not of the batch. Also what all walkers share.

/** What a walk answers (src/core/wire.ts). */
export const RECORD: i32 = 1
export const MALFORMED: i32 = -1
export const TOO_DEEP: i32 = -2

/** Boxes that may be open at once (LIMITS.depth_max). */
export const DEPTH_MAX: i32 = 64

/** Bytes kept free behind a region, so that sixteen bytes can be loaded at any of its places. */
const PAD: usize = 64

class Region {
  at: usize = 0
  room: usize = 0
}

const batch = new Region()
const text = new Region()

/** Room for a batch of `size` bytes. What stood there before is gone. */
export function batchRoom(size: u32): usize {
  return roomIn(batch, size)
}

/** Room for a text of `size` bytes that is none of the batch. */
export function textRoom(size: u32): usize {
  return roomIn(text, size)
}

const ends = new Region()

/** Room for the ends of so many frames. */
export function endsRoom(frames: u32): usize {
  return roomIn(ends, (<usize>frames) << 2)
}

function roomIn(region: Region, size: usize): usize {
  if (region.at === 0 || size > region.room) {
    if (region.at !== 0) heap.free(region.at)
    region.room = size + (size >> 2)
    region.at = heap.alloc(region.room + PAD)
  }
  memory.fill(region.at + size, 0, PAD)
  return region.at
}

/** A table of zeros. */
export function zeros(size: usize): usize {
  const at = heap.alloc(size)
  memory.fill(at, 0, size)
  return at
}

/** True when [a, a + length) and [b, b + length) hold the same bytes. Loads up to fifteen bytes behind them. */
export function same(a: usize, b: usize, length: u32): bool {
  let left: i32 = length
  while (left >= 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) !== 0xffff) return false
    a += 16
    b += 16
    left -= 16
  }
  const wanted = (1 << left) - 1
  return (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & wanted) === wanted
}
