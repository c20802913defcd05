// Does a value of a record stand in it twice? (src/worker/echoes.ts)
import { same } from './memory'

/** True when the bytes [start, end) stand in [from, to) at another place too. */
export function occursAgain(from: usize, to: usize, start: usize, end: usize): bool {
  return otherPlace(from, to, start, end) !== 0
}

/** The first other place in [from, to) at which the bytes [start, end) stand, or 0. */
export function otherPlace(from: usize, to: usize, start: usize, end: usize): usize {
  const length = end - start
  if (length === 0 || to - from < length) return 0
  const firsts = i8x16.splat(load<i8>(start))
  const lasts = i8x16.splat(load<i8>(end - 1))
  // One past the last place where they may begin.
  const stop = to - length + 1
  for (let at = from; at < stop; at += 16) {
    let found = <u32>(
      i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), firsts), i8x16.eq(v128.load(at + length - 1), lasts)))
    )
    if (stop - at < 16) found &= (1 << (<u32>(stop - at))) - 1
    while (found !== 0) {
      const place = at + ctz(found)
      if (place !== start && same(place, start, <u32>length)) return place
      found &= found - 1
    }
  }
  return 0
}
