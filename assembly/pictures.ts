// Judges candidates that are pictures, numbers of fixed places (src/classifier/shape.ts): does one of those whose
// anchor ends here fit, from its first place to its last? What a checksum says of it is for JavaScript.
import { endsNumber, is, JOINT, SIGN, WORD } from './bytes'
import { zeros } from './memory'

/**
 * Words: for each place in the owners of the automaton where its list begins, and behind the last one where that one
 * ends; the lists, of where pictures begin; the pictures: where in it its anchor ends, how many places it has, and of
 * each place the set of bytes that may stand there.
 */
let words: usize = 0
/** Of each byte: a bit for each set that it is of. */
const sets: usize = zeros(256 << 3)

export function picturesRoom(count: u32): usize {
  if (words !== 0) heap.free(words)
  words = heap.alloc((<usize>count) << 2)
  return words
}

export function setsRoom(): usize {
  return sets
}

function wordAt(place: u32): usize {
  return words + ((<usize>place) << 2)
}

/** False when none fits of the pictures whose anchor ends at `at`: those of this place in the owners. */
export function mayBePicture(place: u32, from: usize, to: usize, at: usize): bool {
  const last = wordAt(load<u32>(wordAt(place + 1)))
  for (let one = wordAt(load<u32>(wordAt(place))); one < last; one += 4) {
    const picture = wordAt(load<u32>(one))
    const start = at - load<u32>(picture)
    const places = load<u32>(picture + 4)
    if (start < from || start + places > to || !fits(picture + 8, places, start)) continue
    if (start > from && is(start - 1, WORD | JOINT | SIGN)) continue
    if (endsNumber(start + places, to)) return true
  }
  return false
}

/** From the back: the anchor has seen to the front. */
function fits(first: usize, places: u32, start: usize): bool {
  for (let i: i32 = <i32>places - 1; i >= 0; i--) {
    const some = load<u64>(sets + ((<usize>load<u8>(start + i)) << 3))
    if (((some >> <u64>load<u32>(first + ((<usize>i) << 2))) & 1) === 0) return false
  }
  return true
}
