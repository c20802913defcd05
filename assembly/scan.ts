// The automata over the anchors of all rules (src/classifier/automaton.ts): where do anchors end in a text, and does
// any? Two tables, and two places of a long text, are read at once, as none waits for the other.
import { zeros } from './memory'
import { forgetLook } from './seeing'

/** Of each table: the column of each byte; the next states; how they are laid out. */
const columnsA: usize = zeros(256)
const columnsB: usize = zeros(256)
let nextA: usize = 0
let nextB: usize = 0
let shiftA: u32 = 0
let shiftB: u32 = 0
let startA: u32 = 0
let startB: u32 = 0
let acceptingA: u32 = 0
let acceptingB: u32 = 0
let stepA: u32 = 1
let stepB: u32 = 1
let firstEndA: u32 = 0
let firstEndB: u32 = 0
/** Bytes of the longest anchor. */
let longest: u32 = 0

export function columnsRoom(table: u32): usize {
  return table === 0 ? columnsA : columnsB
}

/** Room for the next states of a table: so many, of sixteen bits. */
export function tableRoom(table: u32, entries: u32): usize {
  // Rows begin where lines of the cache do.
  const room = (heap.alloc(((<usize>entries) << 1) + 80) + 63) & ~63
  if (table === 0) nextA = room
  else nextB = room
  return room
}

export function setTable(table: u32, shift: u32, start: u32, accepting: u32, step: u32, firstEnd: u32): void {
  if (table === 0) {
    shiftA = shift + 1
    startA = start
    acceptingA = accepting
    stepA = step
    firstEndA = firstEnd
  } else {
    shiftB = shift + 1
    startB = start
    acceptingB = accepting
    stepB = step
    firstEndB = firstEnd
  }
}

/** False when every text is to be looked at. */
let filters: bool = false

/** `bytes` are those of the longest anchor. */
export function setFilter(isOn: bool, bytes: u32): void {
  filters = isOn
  longest = bytes
}

export function isFiltering(): bool {
  return filters
}

function stepIn(next: usize, shift: u32, columns: usize, state: u32, byte: u32): u32 {
  return load<u16>(next + (state << shift) + ((<usize>load<u8>(columns + byte)) << 1))
}

/** True when an anchor ends in [start, end). */
export function hasAnchor(start: usize, end: usize): bool {
  // All of a long text is read, so that whoever looks at it next need not read it again.
  if (isLong(start, end)) return readText(start, end) > 0
  // Locals: what is global would be loaded anew at each byte.
  const tableA = nextA
  const tableB = nextB
  const bitsA = shiftA
  const bitsB = shiftB
  const classesA = columnsA
  const classesB = columnsB
  const fromA = acceptingA
  const fromB = acceptingB
  let a = startA
  let b = startB
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at)
    a = stepIn(tableA, bitsA, classesA, a, byte)
    b = stepIn(tableB, bitsB, classesB, b, byte)
    if (<i32>((a - fromA) & (b - fromB)) >= 0) return true
  }
  return false
}

/** Shorter texts are read in one go. */
const LANES_BYTES_MIN: usize = 64

function isLong(start: usize, end: usize): bool {
  return end - start >= LANES_BYTES_MIN && end - start >= <usize>longest * 2
}

/** Ends of anchors in the last text that was scanned, two words each: address behind it, place in the owners. */
let hitRoom: u32 = 1024
let hits: usize = heap.alloc((<usize>hitRoom) << 3)
let hitCount: u32 = 0
/** Those of the second lane wait here. */
let lateRoom: u32 = 1024
let late: usize = heap.alloc((<usize>lateRoom) << 3)
let lateCount: u32 = 0

export function hitRows(): usize {
  return hits
}

function addHit(at: usize, end: u32): void {
  if (hitCount === hitRoom) {
    hits = grown(hits, hitRoom)
    hitRoom *= 2
  }
  store<u32>(hits + ((<usize>hitCount) << 3), <u32>at)
  store<u32>(hits + ((<usize>hitCount) << 3) + 4, end)
  hitCount++
}

function addLate(at: usize, end: u32): void {
  if (lateCount === lateRoom) {
    late = grown(late, lateRoom)
    lateRoom *= 2
  }
  store<u32>(late + ((<usize>lateCount) << 3), <u32>at)
  store<u32>(late + ((<usize>lateCount) << 3) + 4, end)
  lateCount++
}

function grown(list: usize, room: u32): usize {
  const bigger = heap.alloc((<usize>room) << 4)
  memory.copy(bigger, list, (<usize>room) << 3)
  heap.free(list)
  return bigger
}

/** The text whose hits are noted; 0 when its bytes may be others now. */
let notedStart: usize = 0
let notedEnd: usize = 0

export function forgetText(): void {
  forgetLook()
  notedStart = 0
}

/** Notes every end of an anchor in the text [start, end) of the batch, in ascending order; their number. */
export function scanText(start: usize, end: usize): u32 {
  return start === notedStart && end === notedEnd ? hitCount : readText(start, end)
}

/** The same for a text that need not be of the batch: what is noted of its place may be of another one. */
export function scanAnew(start: usize, end: usize): u32 {
  if (!hasAnchor(start, end)) return 0
  return isLong(start, end) ? hitCount : readText(start, end)
}

function readText(start: usize, end: usize): u32 {
  notedStart = start
  notedEnd = end
  hitCount = 0
  if (isLong(start, end)) {
    scanLanes(start, end)
    return hitCount
  }
  // Locals: what is global would be loaded anew at each byte.
  const tableA = nextA
  const tableB = nextB
  const bitsA = shiftA
  const bitsB = shiftB
  const classesA = columnsA
  const classesB = columnsB
  const fromA = acceptingA
  const fromB = acceptingB
  let a = startA
  let b = startB
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at)
    a = stepIn(tableA, bitsA, classesA, a, byte)
    b = stepIn(tableB, bitsB, classesB, b, byte)
    if (a >= fromA) addHit(at + 1, firstEndA + (a - fromA) / stepA)
    if (b >= fromB) addHit(at + 1, firstEndB + (b - fromB) / stepB)
  }
  return hitCount
}

/**
 * Reads both halves of a text at once. The second begins so far before the middle that every anchor that ends behind it
 * is seen whole.
 */
function scanLanes(start: usize, end: usize): void {
  const half = (end - start + <usize>longest + 1) >> 1
  const middle = start + half
  const ahead = end - half - start
  // Locals: what is global would be loaded anew at each byte.
  const tableA = nextA
  const tableB = nextB
  const bitsA = shiftA
  const bitsB = shiftB
  const classesA = columnsA
  const classesB = columnsB
  const fromA = acceptingA
  const fromB = acceptingB
  let a = startA
  let b = startB
  let lateA: u32 = 0
  let lateB: u32 = 0
  lateCount = 0
  for (let at = start; at < middle; at++) {
    const byte: u32 = load<u8>(at)
    const lateByte: u32 = load<u8>(at + ahead)
    a = stepIn(tableA, bitsA, classesA, a, byte)
    b = stepIn(tableB, bitsB, classesB, b, byte)
    lateA = stepIn(tableA, bitsA, classesA, lateA, lateByte)
    lateB = stepIn(tableB, bitsB, classesB, lateB, lateByte)
    // Negative while no state is accepting.
    if (<i32>((a - fromA) & (b - fromB) & (lateA - fromA) & (lateB - fromB)) >= 0) {
      if (a >= fromA) addHit(at + 1, firstEndA + (a - fromA) / stepA)
      if (b >= fromB) addHit(at + 1, firstEndB + (b - fromB) / stepB)
      if (at + ahead >= middle) {
        if (lateA >= fromA) addLate(at + ahead + 1, firstEndA + (lateA - fromA) / stepA)
        if (lateB >= fromB) addLate(at + ahead + 1, firstEndB + (lateB - fromB) / stepB)
      }
    }
  }
  for (let i: u32 = 0; i < lateCount; i++) {
    addHit(load<u32>(late + ((<usize>i) << 3)), load<u32>(late + ((<usize>i) << 3) + 4))
  }
}
