// Automata over the anchors of all rules: they read each byte once and say where an anchor ends, and whose it is. Each
// is a subset construction over fixed-length sequences of byte classes (Aho-Corasick when all of them are literals).
import { grownInts } from '../core/growable.ts'
import type { Anchor, ByteClass } from './anchor.ts'

/** One table. Bytes that its anchors do not tell apart share a column. */
export interface Table {
  /** Column of each byte. */
  readonly columns: Uint8Array
  /**
   * Next states: `next[(state << shift) + columns[byte]]`. A state is the place of its row in units of `1 << shift`
   * entries, so that sixteen bits are enough: the table is read at every byte, and half of it stays in the fast cache.
   */
  readonly next: Uint16Array
  readonly shift: number
  /** State before the first byte of a leaf: as behind a line feed. */
  readonly start: number
  /** States from this one on are the ends of anchors. */
  readonly accepting: number
  /** From one state to the next. */
  readonly step: number
  /** Place in `owners` of the first accepting state; the others follow. */
  readonly firstEnd: number
}

export interface Automaton {
  /**
   * One table for anchors that are nearly literals, and one for pictures such as `[A-Z]\d\d-`: what is under way in one
   * of these may stand beside anything that is under way in the other, and in one table that multiplies.
   */
  readonly tables: readonly Table[]
  /** Owners of the anchors that end in a state. */
  readonly owners: readonly Int32Array[]
  /** Bytes of the longest anchor. */
  readonly longest: number
}

export class AutomatonTooLarge extends Error {}

/** More states than this cost more cache than they save: the rules that caused it should have better anchors. */
const STATES_MAX = 60_000

/** A picture has so many places, at least, where more than two bytes may stand. */
const PICTURE_PLACES_MIN = 3

/** `owners[i]` owns `anchors[i]`. Throws AutomatonTooLarge. */
export function buildAutomaton(anchors: readonly Anchor[], owners: readonly number[]): Automaton {
  const ends: Int32Array[] = []
  const wide = new Set([...new Set(anchors.flatMap(({ classes }) => classes))].filter(isWide))
  const isPicture = anchors.map(({ classes }) => classes.filter((set) => wide.has(set)).length >= PICTURE_PLACES_MIN)
  const tables: Table[] = []
  for (const pictures of [false, true]) {
    const some = anchors.flatMap((_, i) => (isPicture[i] === pictures ? [i] : []))
    if (some.length === 0 && (pictures || anchors.length > 0)) continue
    tables.push(
      buildTable(
        some.map((i) => anchors[i]),
        some.map((i) => owners[i]),
        ends,
      ),
    )
  }
  return { tables, owners: ends, longest: Math.max(0, ...anchors.map(({ classes }) => classes.length)) }
}

function isWide(set: ByteClass): boolean {
  let members = 0
  for (let byte = 0; byte < 256; byte++) members += set[byte]
  return members > 2
}

interface State {
  readonly number: number
  /** Positions reached in anchors, as indices into the flattened anchors. */
  readonly positions: readonly number[]
  readonly owners: readonly number[]
  /** One with the same hash. */
  readonly other: State | undefined
}

/** Anchors one behind the other: a position is a place in one of them. */
interface Flat {
  /** Columns that a position takes. */
  readonly columns: readonly (readonly number[])[]
  /** 1 where a position takes a column: `takes[position * width + column]`. */
  readonly takes: Uint8Array
  readonly width: number
  /** Owner of the anchor that ends at a position, or -1. */
  readonly ends: readonly number[]
  /** The first position of each anchor. */
  readonly firsts: readonly number[]
}

function buildTable(anchors: readonly Anchor[], owners: readonly number[], ends: Int32Array[]): Table {
  const { columns, samples } = partition(anchors)
  const width = samples.length
  const flat = flatten(anchors, owners, samples)
  const states = new Map<number, State>()
  const reached: number[] = []
  const order: State[] = []

  /** The state that `reached` and `owned` tell of. */
  function stateOf(owned: readonly number[]): State {
    const hash = hashOf(reached, hashOf(owned, 0x811c9dc5))
    const first = states.get(hash)
    for (let known = first; known !== undefined; known = known.other) {
      if (isSame(known.positions, reached) && isSame(known.owners, owned)) return known
    }
    if (order.length >= STATES_MAX) throw new AutomatonTooLarge(`more than ${STATES_MAX} states`)
    const state: State = { number: order.length, positions: reached.slice(), owners: owned, other: first }
    states.set(hash, state)
    order.push(state)
    return state
  }

  const nowhere = stateOf([])
  // Where each column leads when no anchor is under way: most steps of most states end there.
  const fresh = samples.map((_, column) => stateOf(advance(flat, flat.firsts, column, nowhere, reached)))
  const usual = Int32Array.from(fresh, ({ number }) => number)
  let next = new Int32Array(1024 * width)
  const seen = new Int32Array(width).fill(-1)
  for (let i = 0; i < order.length; i++) {
    if ((i + 1) * width > next.length) next = grownInts(next, (i + 1) * width)
    next.set(usual, i * width)
    const { positions } = order[i]
    for (const position of positions) {
      for (const column of flat.columns[position]) {
        if (seen[column] === i) continue
        seen[column] = i
        next[i * width + column] = stateOf(advance(flat, positions, column, fresh[column], reached)).number
      }
    }
  }
  return lay(order, next, columns, width, ends)
}

function hashOf(numbers: readonly number[], seed: number): number {
  let hash = seed
  for (let i = 0; i < numbers.length; i++) hash = Math.imul(hash ^ numbers[i], 0x01000193)
  return Math.imul(hash ^ numbers.length ^ (hash >>> 15), 0x85ebca6b)
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false
  return true
}

function flatten(anchors: readonly Anchor[], owners: readonly number[], samples: readonly number[]): Flat {
  const width = samples.length
  const known = new Map<ByteClass, number[]>()
  const columnsOf = (set: ByteClass) => {
    let columns = known.get(set)
    if (columns === undefined) {
      columns = samples.flatMap((byte, column) => (set[byte] === 1 ? [column] : []))
      known.set(set, columns)
    }
    return columns
  }
  const columns = anchors.flatMap(({ classes }) => classes.map(columnsOf))
  const takes = new Uint8Array(columns.length * width)
  columns.forEach((taken, position) => {
    for (const column of taken) takes[position * width + column] = 1
  })
  const ends: number[] = []
  const firsts: number[] = []
  anchors.forEach(({ classes }, index) => {
    firsts.push(ends.length)
    classes.forEach((_, i) => {
      ends.push(i === classes.length - 1 ? owners[index] : -1)
    })
  })
  return { columns, takes, width, ends, firsts }
}

/**
 * From positions that may take the column's bytes: puts the positions behind them and those of `base` into `reached`,
 * and returns the owners of what ends, and `base`'s. Most of what it finds is known, so it makes no list of its own.
 */
function advance(
  flat: Flat,
  from: readonly number[],
  column: number,
  base: State,
  reached: number[],
): readonly number[] {
  reached.length = 0
  let owners = base.owners
  // Both lists ascend, and positions of one anchor differ, so that they merge into one that ascends.
  let other = 0
  for (const at of from) {
    if (flat.takes[at * flat.width + column] === 0) continue
    const owner = flat.ends[at]
    if (owner >= 0) {
      if (!owners.includes(owner)) owners = [...owners, owner].sort((a, b) => a - b)
      continue
    }
    while (other < base.positions.length && base.positions[other] < at + 1) reached.push(base.positions[other++])
    reached.push(at + 1)
  }
  while (other < base.positions.length) reached.push(base.positions[other++])
  return owners
}

/** All bytes, those first that logs are mostly made of: what a row says of them lies together. */
const FREQUENT = Buffer.from(' etaoinsrldcmu0123456789.-/:=_hpgfbvykwxqzj"(),[]ESTAINODCRLPMUFGBHVWKYXQZJ', 'latin1')
const BY_FREQUENCY: readonly number[] = [...new Set([...FREQUENT, ...Array(256).keys()])]

/** Columns of bytes that no anchor tells apart, and a byte of each. */
function partition(anchors: readonly Anchor[]): { columns: Uint8Array; samples: number[] } {
  const sets = new Map<string, ByteClass>()
  for (const set of new Set(anchors.flatMap(({ classes }) => classes))) {
    sets.set(Buffer.from(set.buffer, set.byteOffset, set.length).toString('latin1'), set)
  }
  const columns = new Uint8Array(256)
  const samples: number[] = []
  const known = new Map<string, number>()
  for (const byte of BY_FREQUENCY) {
    let signature = ''
    for (const set of sets.values()) signature += set[byte]
    let column = known.get(signature)
    if (column === undefined) {
      column = samples.length
      known.set(signature, column)
      samples.push(byte)
    }
    columns[byte] = column
  }
  return { columns, samples }
}

/** Lays the states out, the accepting ones last. `leads` is the state behind each state and column. */
function lay(
  order: readonly State[],
  leads: Int32Array,
  columns: Uint8Array,
  width: number,
  ends: Int32Array[],
): Table {
  let shift = 3
  while (Math.ceil(width / 2 ** shift) * order.length > 0xffff) shift++
  const step = Math.ceil(width / 2 ** shift)
  const quiet = order.filter(({ owners }) => owners.length === 0)
  const accepting = order.filter(({ owners }) => owners.length > 0)
  const row = new Int32Array(order.length)
  for (const [i, { number }] of [...quiet, ...accepting].entries()) row[number] = i * step
  const next = new Uint16Array((order.length * step) << shift)
  for (let number = 0; number < order.length; number++) {
    const at = row[number] << shift
    for (let column = 0; column < width; column++) next[at + column] = row[leads[number * width + column]]
  }
  const afterLineFeed = order[leads[columns[10]]]
  // The line feed before a leaf is not a byte of it: an anchor that ends there is none.
  const start = afterLineFeed.owners.length > 0 ? 0 : afterLineFeed.number
  const firstEnd = ends.length
  for (const { owners } of accepting) ends.push(Int32Array.from(owners))
  return { columns, next, shift, start: row[start], accepting: quiet.length * step, step, firstEnd }
}
