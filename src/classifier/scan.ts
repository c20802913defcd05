// The innermost loop: one table look-up a byte.
import { grownInts } from '../core/growable.ts'
import type { Automaton } from './automaton.ts'

/** Where anchors ended in the last scan. */
export class Hits {
  count = 0
  /** Offset just behind the anchor. */
  at = new Int32Array(256)
  /** The automaton's state there: it knows the owners. */
  state = new Int32Array(256)

  grow(): void {
    this.at = grownInts(this.at, this.at.length * 2)
    this.state = grownInts(this.state, this.state.length * 2)
  }
}

/** Finds the ends of anchors in [start, end). */
export function scan(automaton: Automaton, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  const { columns, table, shift, accepting } = automaton
  let state = automaton.start
  let count = 0
  for (let at = start; at < end; at++) {
    state = table[(state << shift) + columns[bytes[at]]]
    if (state >= accepting) {
      if (count === hits.at.length) hits.grow()
      hits.at[count] = at + 1
      hits.state[count++] = state
    }
  }
  hits.count = count
}
