// The innermost loop: one look-up a byte and table.
import { grownInts } from '../core/growable.ts'
import type { Automaton, Table } from './automaton.ts'

/** Where anchors ended in the last scan, in ascending order. */
export class Hits {
  count = 0
  /** Offset just behind the anchor. */
  at = new Int32Array(256)
  /** Who owns it: a place in the automaton's `owners`. */
  end = new Int32Array(256)

  add(at: number, end: number): void {
    if (this.count === this.at.length) {
      this.at = grownInts(this.at, this.count * 2)
      this.end = grownInts(this.end, this.count * 2)
    }
    this.at[this.count] = at
    this.end[this.count++] = end
  }
}

/** Scans some bytes faster: those that it has a copy of. False when these are others. */
export interface Scanner {
  scan(bytes: Uint8Array, start: number, end: number, hits: Hits): boolean
}

/** Finds the ends of anchors in [start, end). */
export function scan({ tables }: Automaton, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  hits.count = 0
  if (tables.length === 2) scanBoth(tables[0], tables[1], bytes, start, end, hits)
  else scanOne(tables[0], bytes, start, end, hits)
}

function scanOne(table: Table, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  const { columns, next, shift, accepting } = table
  let state = table.start
  for (let at = start; at < end; at++) {
    state = next[(state << shift) + columns[bytes[at]]]
    if (state >= accepting) hits.add(at + 1, endOf(table, state))
  }
}

/** Neither waits for the other: two tables take hardly longer than one. */
function scanBoth(one: Table, two: Table, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  const { columns: columnsOne, next: nextOne, shift: shiftOne, accepting: acceptingOne } = one
  const { columns: columnsTwo, next: nextTwo, shift: shiftTwo, accepting: acceptingTwo } = two
  let stateOne = one.start
  let stateTwo = two.start
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    stateOne = nextOne[(stateOne << shiftOne) + columnsOne[byte]]
    stateTwo = nextTwo[(stateTwo << shiftTwo) + columnsTwo[byte]]
    if (stateOne >= acceptingOne) hits.add(at + 1, endOf(one, stateOne))
    if (stateTwo >= acceptingTwo) hits.add(at + 1, endOf(two, stateTwo))
  }
}

function endOf({ accepting, step, firstEnd }: Table, state: number): number {
  return firstEnd + (state - accepting) / step
}
