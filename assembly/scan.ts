// Says whether something may be found in a text: an anchor of the automaton (src/classifier/automaton.ts) ends in it,
// or it may be opened (seeing.ts).
import { mayGoOn } from './cut'
import { mayBeOpened } from './seeing'

let table: usize = 0
const columns: usize = heap.alloc(256)
let shift: u32 = 0
let accepting: u32 = 0
let first: u32 = 0

export function columnsRoom(): usize {
  return columns
}

/** Room for a table of so many entries of sixteen bits. */
export function tableRoom(entries: u32, rowBits: u32, acceptingFrom: u32, firstState: u32): usize {
  if (table !== 0) heap.free(table)
  table = heap.alloc(((<usize>entries) << 1) + 16)
  shift = rowBits
  accepting = acceptingFrom
  first = firstState
  return table
}

/** False when every text is to be looked at. */
let filters: bool = false

export function setFilter(isOn: bool): void {
  filters = isOn && table !== 0
}

export function isFiltering(): bool {
  return filters
}

export function mayHold(start: usize, end: usize): bool {
  return mayGoOn(start, end) || mayBeOpened(start, end) || hasAnchor(start, end)
}

/** True when an anchor ends in [start, end). */
export function hasAnchor(start: usize, end: usize): bool {
  const rows = table
  const bits = shift
  const from = accepting
  let state = first
  for (let at = start; at < end; at++) {
    state = load<u16>(rows + (((state << bits) + <u32>load<u8>(columns + load<u8>(at))) << 1))
    if (state >= from) return true
  }
  return false
}
