// Owns the addresses that were found in the record at hand and are only counted: where they lie, and at which path.

const ROOM: u32 = 64
/** Row of an address, four words: start, end, path. */
const rows: usize = heap.alloc((<usize>ROOM) << 4)
let count: u32 = 0

export function foundCount(): u32 {
  return count
}

/** Addresses from number `first` on are none. */
export function dropFound(first: u32): void {
  count = first
}

/** False when there are too many. */
export function addFound(path: u32, start: usize, end: usize): bool {
  if (count === ROOM) return false
  const row = rowOf(count)
  store<u32>(row, <u32>start)
  store<u32>(row + 4, <u32>end)
  store<u32>(row + 8, path)
  count++
  return true
}

function rowOf(place: u32): usize {
  return rows + ((<usize>place) << 4)
}

export function foundStart(place: u32): usize {
  return load<u32>(rowOf(place))
}

export function foundEnd(place: u32): usize {
  return load<u32>(rowOf(place) + 4)
}

export function foundPath(place: u32): u32 {
  return load<u32>(rowOf(place) + 8)
}

/** The same bytes lie at `start`. */
export function moveFound(place: u32, start: usize): void {
  const row = rowOf(place)
  store<u32>(row + 4, <u32>start + load<u32>(row + 4) - load<u32>(row))
  store<u32>(row, <u32>start)
}
