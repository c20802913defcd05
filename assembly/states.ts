// The automata over the anchors of all rules (src/classifier/automaton.ts), both read as one: a state here is a pair of
// theirs, and a byte takes one look-up instead of two. Only pairs to which texts have led are made, so there are few of
// them. Where texts lead to too many, this says so: they are then read in both (assembly/scan.ts).
import { zeros } from './memory'

/** One of the two: column of each byte, next states, and how they are laid out. */
class Table {
  columns: usize = zeros(256)
  next: usize = 0
  shift: u32 = 0
  start: u32 = 0
  accepting: u32 = 0
  step: u32 = 1
  firstEnd: u32 = 0

  after(state: u32, byte: u32): u32 {
    return load<u16>(this.next + (((state << this.shift) + load<u8>(this.columns + byte)) << 1))
  }

  /** Place in the owners of what ends in a state, or -1. */
  endOf(state: u32): i32 {
    return state < this.accepting ? -1 : <i32>(this.firstEnd + (state - this.accepting) / this.step)
  }
}

export const tableA: Table = new Table()
export const tableB: Table = new Table()

function table(number: u32): Table {
  return number === 0 ? tableA : tableB
}

export function columnsRoom(number: u32): usize {
  return table(number).columns
}

/** Room for the next states of a table: so many, of sixteen bits. */
export function tableRoom(number: u32, entries: u32): usize {
  const room = heap.alloc((<usize>entries) << 1)
  table(number).next = room
  return room
}

export function setTable(number: u32, shift: u32, start: u32, accepting: u32, step: u32, firstEnd: u32): void {
  const it = table(number)
  it.shift = shift
  it.start = start
  it.accepting = accepting
  it.step = step
  it.firstEnd = firstEnd
}

/** A state is the place of its row, in units of so many bytes; those from here on are ends of anchors. */
const UNIT_BITS: u32 = 5
export const FIRST_END: u32 = 0x8000
/** In the place of a next state: nobody was led there yet. No row begins there: none is as short as a unit. */
export const UNKNOWN: u32 = 0xffff
const UNITS_MIN: u32 = 2
const ROW_BYTES_MAX: usize = 544
/** More states than this are not made. */
const STATES_MAX: u32 = 0x2000
const SLOTS: u32 = STATES_MAX * 2

/** Rows, each a pair and the next state for each column. They lie in two halves: ends of anchors are in the second. */
let rows: usize = 0
const PAIR_BYTES: usize = 4
/** Of each byte: its column, and the address of that in row 0, where a state is added to. */
const columns: usize = zeros(256)
const places: usize = memory.data(1024)
/** Units of a row. */
let units: u32 = UNITS_MIN

/** Where nothing is under way; and before the first byte of a text. */
export const NOTHING: u32 = 0
export let startState: u32 = 0

let quietTo: u32 = 0
let endsTo: u32 = FIRST_END
let stateCount: u32 = 0
/** States by their pairs; that of two zeros is NOTHING, and a zero is a free slot. */
const slots: usize = zeros((<usize>SLOTS) << 1)

/** So much is learned of one batch. What was never seen before costs more, and shall not cost much more. */
const LESSONS_MAX: u32 = 0x8000
let lessons: u32 = 0
/** Texts of this batch are to be read in both tables. */
export let isFull: bool = false

/** Columns of bytes that no table tells apart. */
export function jointRoom(): usize {
  return columns
}

/** Both tables are set, and columns of both, as many as `width`. */
export function joinTables(width: u32): void {
  // Behind the last row: whoever reads on from UNKNOWN stays there.
  if (rows === 0) rows = heap.alloc(((<usize>UNKNOWN) << UNIT_BITS) + ROW_BYTES_MAX)
  memory.fill(rows + ((<usize>UNKNOWN) << UNIT_BITS), 0xff, ROW_BYTES_MAX)
  for (let byte: usize = 0; byte < 256; byte++) {
    store<u32>(places + (byte << 2), <u32>(rows + PAIR_BYTES + ((<usize>load<u8>(columns + byte)) << 1)))
  }
  units = max(UNITS_MIN, (<u32>PAIR_BYTES + width * 2 + 31) >> UNIT_BITS)
  forgetStates()
}

function forgetStates(): void {
  isFull = false
  quietTo = 0
  endsTo = FIRST_END
  stateCount = 0
  memory.fill(slots, 0, (<usize>SLOTS) << 1)
  makeState(0, false)
  startState = stateOf(tableA.start | (tableB.start << 16))
}

/** Another batch begins. */
export function learnAgain(): void {
  if (isFull && lessons < LESSONS_MAX) forgetStates()
  else isFull = false
  lessons = 0
}

/** The state behind a byte. It may be UNKNOWN: `learned` tells it then. */
export function after(state: u32, byte: u32): u32 {
  return load<u16>(((<usize>state) << UNIT_BITS) + load<u32>((<usize>byte) << 2, places))
}

/** The same, found out: UNKNOWN when nothing more may be learned. */
export function learned(state: u32, byte: u32): u32 {
  if (lessons === LESSONS_MAX) isFull = true
  if (isFull) return UNKNOWN
  lessons++
  const row = rowOf(state)
  const next = stateOf(tableA.after(load<u16>(row), byte) | (tableB.after(load<u16>(row + 2), byte) << 16))
  store<u16>(((<usize>state) << UNIT_BITS) + load<u32>((<usize>byte) << 2, places), <u16>next)
  return next
}

function rowOf(state: u32): usize {
  return rows + ((<usize>state) << UNIT_BITS)
}

/** What ends in a state, as a place in the owners of the first table or of the second, or -1. */
export function endInA(state: u32): i32 {
  return tableA.endOf(load<u16>(rowOf(state)))
}

export function endInB(state: u32): i32 {
  return tableB.endOf(load<u16>(rowOf(state) + 2))
}

function stateOf(pair: u32): u32 {
  if (pair === 0) return NOTHING
  let slot = (pair * 0x9e3779b1) >> 18
  while (true) {
    const state: u32 = load<u16>(slots + ((<usize>slot) << 1))
    if (state === 0) break
    if (load<u32>(rowOf(state)) === pair) return state
    slot = (slot + 1) & (SLOTS - 1)
  }
  const made = makeState(pair, tableA.endOf(pair & 0xffff) >= 0 || tableB.endOf(pair >> 16) >= 0)
  if (made !== UNKNOWN) store<u16>(slots + ((<usize>slot) << 1), <u16>made)
  return made
}

function makeState(pair: u32, isEnd: bool): u32 {
  const state = isEnd ? endsTo : quietTo
  if (stateCount === STATES_MAX || state + units > (isEnd ? UNKNOWN : FIRST_END)) {
    isFull = true
    return UNKNOWN
  }
  if (isEnd) endsTo += units
  else quietTo += units
  stateCount++
  const row = rowOf(state)
  memory.fill(row, 0xff, (<usize>units) << UNIT_BITS)
  store<u32>(row, pair)
  return state
}
