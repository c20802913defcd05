// Where do anchors end in a text, and does any? All of a text is read, so that whoever looks at it next need not read
// it again. Four places of a longer text are read at once, as none waits for the others.
import { forgetLook } from './seeing'
import {
  after,
  endInA,
  endInB,
  FIRST_END,
  isFull,
  learnAgain,
  learned,
  NOTHING,
  startState,
  tableA,
  tableB,
  UNKNOWN,
} from './states'

/** False when every text is to be looked at. */
let filters: bool = false

export function setFilter(isOn: bool): void {
  filters = isOn
}

export function isFiltering(): bool {
  return filters
}

/** True when an anchor ends in [start, end). */
export function hasAnchor(start: usize, end: usize): bool {
  return readText(start, end) > 0
}

/** Two words each: an address behind an anchor, and whose it is. */
class Ends {
  count: u32 = 0
  rows: usize = 0
  private room: u32 = 0

  add(at: usize, whose: u32): void {
    if (this.count === this.room) this.grow()
    const row = this.rows + ((<usize>this.count) << 3)
    store<u32>(row, <u32>at)
    store<u32>(row + 4, whose)
    this.count++
  }

  private grow(): void {
    const bigger = heap.alloc(((<usize>this.room) << 4) + 8192)
    memory.copy(bigger, this.rows, (<usize>this.room) << 3)
    if (this.rows !== 0) heap.free(this.rows)
    this.rows = bigger
    this.room = this.room * 2 + 1024
  }
}

/** Those of the last text that was scanned, with places in the owners, in ascending order. */
const hits: Ends = new Ends()
/** Those that the lanes met, with states: they wait here until it is known which of them count. */
const met: Ends = new Ends()

export function hitRows(): usize {
  return hits.rows
}

/** The text whose hits are noted; 0 when its bytes may be others now. */
let notedStart: usize = 0
let notedEnd: usize = 0

/** Another batch begins. */
export function forgetText(): void {
  forgetLook()
  learnAgain()
  notedStart = 0
}

/** Notes every end of an anchor in the text [start, end) of the batch, in ascending order; their number. */
export function scanText(start: usize, end: usize): u32 {
  return start === notedStart && end === notedEnd ? hits.count : readText(start, end)
}

/** The same for a text that need not be of the batch: what is noted of its place may be of another one. */
export function scanAnew(start: usize, end: usize): u32 {
  return readText(start, end)
}

function readText(start: usize, end: usize): u32 {
  notedStart = start
  notedEnd = end
  hits.count = 0
  if (isFull || !(end - start < LANES_BYTES_MIN ? readLane(start, end) : readLanes(start, end))) readBoth(start, end)
  return hits.count
}

function addEnds(at: usize, state: u32): void {
  const a = endInA(state)
  const b = endInB(state)
  if (a >= 0) hits.add(at, a)
  if (b >= 0) hits.add(at, b)
}

/** In both tables, when there are too many states of both. */
function readBoth(start: usize, end: usize): void {
  hits.count = 0
  let a = tableA.start
  let b = tableB.start
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at)
    a = tableA.after(a, byte)
    b = tableB.after(b, byte)
    if (a >= tableA.accepting) hits.add(at + 1, tableA.endOf(a))
    if (b >= tableB.accepting) hits.add(at + 1, tableB.endOf(b))
  }
}

/** False when there is something that may not be learned. */
function readLane(start: usize, end: usize): bool {
  let state = startState
  for (let at = start; at < end; at++) {
    let next = after(state, load<u8>(at))
    if (next >= FIRST_END) {
      if (next === UNKNOWN) next = learned(state, load<u8>(at))
      if (next === UNKNOWN) return false
      if (next >= FIRST_END) addEnds(at + 1, next)
    }
    state = next
  }
  return true
}

/** Shorter texts are read in one go. */
const LANES_BYTES_MIN: usize = 32
/** Behind so many bytes it makes mostly no difference what was under way before them. */
const WARM_BYTES: usize = 6

/**
 * Reads the quarters of a text at once, all but the first as if nothing were under way some bytes before them. Each is
 * joined to the one before it then. False when there is something that may not be learned.
 */
function readLanes(start: usize, end: usize): bool {
  const quarter = (end - start) >> 2
  const half = quarter << 1
  const most = quarter + half
  const stop = start + quarter
  let firstB = NOTHING
  let firstC = NOTHING
  let firstD = NOTHING
  for (let at = start - WARM_BYTES; at < start; at++) {
    firstB = after(firstB, load<u8>(at + quarter))
    firstC = after(firstC, load<u8>(at + half))
    firstD = after(firstD, load<u8>(at + most))
  }
  if (firstB === UNKNOWN) firstB = readAgain(NOTHING, stop - WARM_BYTES, stop)
  if (firstC === UNKNOWN) firstC = readAgain(NOTHING, start + half - WARM_BYTES, start + half)
  if (firstD === UNKNOWN) firstD = readAgain(NOTHING, start + most - WARM_BYTES, start + most)
  if (isFull) return false
  met.count = 0
  let a = startState
  let b = firstB
  let c = firstC
  let d = firstD
  let at = start
  while (true) {
    const from = at
    const fromA = a
    const fromB = b
    const fromC = c
    const fromD = d
    // Nothing else in this loop: it is to have all registers.
    for (; at < stop; at++) {
      a = after(a, load<u8>(at))
      b = after(b, load<u8>(at + quarter))
      c = after(c, load<u8>(at + half))
      d = after(d, load<u8>(at + most))
      if ((a | b | c | d) >= FIRST_END) break
    }
    if (at === stop) break
    at++
    if (a === UNKNOWN || b === UNKNOWN || c === UNKNOWN || d === UNKNOWN) {
      a = readAgain(fromA, from, at)
      b = readAgain(fromB, from + quarter, at + quarter)
      c = readAgain(fromC, from + half, at + half)
      d = readAgain(fromD, from + most, at + most)
      if (isFull) return false
    }
    if (a >= FIRST_END) met.add(at, a)
    if (b >= FIRST_END) met.add(at + quarter, b)
    if (c >= FIRST_END) met.add(at + half, c)
    if (d >= FIRST_END) met.add(at + most, d)
  }
  for (at += most; at < end; at++) {
    d = behind(d, at)
    if (d >= FIRST_END && d !== UNKNOWN) met.add(at + 1, d)
  }
  if (isFull) return false
  if (met.count === 0 && a === firstB && b === firstC && c === firstD) return true
  takeMet(start, stop)
  a = joined(a, firstB, b, stop, start + half)
  a = joined(a, firstC, c, start + half, start + most)
  joined(a, firstD, d, start + most, end)
  return !isFull
}

/** The state behind `state` and the byte at `at`; UNKNOWN when it may not be learned. */
function behind(state: u32, at: usize): u32 {
  if (isFull) return UNKNOWN
  const byte: u32 = load<u8>(at)
  const next = after(state, byte)
  return next === UNKNOWN ? learned(state, byte) : next
}

function readAgain(state: u32, start: usize, end: usize): u32 {
  for (let at = start; at < end; at++) state = behind(state, at)
  return state
}

/**
 * A lane read [start, end) from the state `other` on, and ended in `last`, but `state` is what it should have begun in:
 * reads on with that until it makes no difference any more. The state at `end`.
 */
function joined(state: u32, other: u32, last: u32, start: usize, end: usize): u32 {
  let at = start
  while (at < end && state !== other) {
    state = behind(state, at)
    if (isFull) return UNKNOWN
    other = after(other, load<u8>(at))
    at++
    if (state >= FIRST_END) addEnds(at, state)
  }
  if (state !== other) return state
  takeMet(at, end)
  return last
}

/** What was met behind `start`, up to `end`, counts. */
function takeMet(start: usize, end: usize): void {
  for (let i: u32 = 0; i < met.count; i++) {
    const row = met.rows + ((<usize>i) << 3)
    const at: usize = load<u32>(row)
    if (at > start && at <= end) addEnds(at, load<u32>(row + 4))
  }
}
