// One automaton over the anchors of all rules: it reads each byte once and says where an anchor ends, and whose it is.
// It is a subset construction over fixed-length sequences of byte classes (Aho-Corasick when all of them are literals).
import type { Anchor } from './anchor.ts'

export interface Automaton {
  /** Class of each byte: a column of the table. */
  readonly columns: Uint8Array
  /**
   * Next states: `table[(state << shift) + columns[byte]]`. A state is the place of its row in units of `1 << shift`
   * entries, so that sixteen bits are enough: the table is read at every byte, and half of it stays in the fast cache.
   */
  readonly table: Uint16Array
  readonly shift: number
  /** State before the first byte of a leaf: as behind a line feed. */
  readonly start: number
  /** States from this one on are the ends of anchors. */
  readonly accepting: number
  /** Owners of the anchors that end in a state, by `(state - accepting) / step`. */
  readonly owners: readonly Int32Array[]
  /** From one state to the next. */
  readonly step: number
}

export class AutomatonTooLarge extends Error {}

/** More states than this cost more cache than they save: the rules that caused it should have better anchors. */
const STATES_MAX = 60_000

interface State {
  /** Positions reached in anchors, as indices into the flattened anchors. */
  readonly positions: readonly number[]
  readonly owners: readonly number[]
  readonly next: State[]
}

/** `owners[i]` owns `anchors[i]`. Throws AutomatonTooLarge. */
export function buildAutomaton(anchors: readonly Anchor[], owners: readonly number[]): Automaton {
  const { columns, samples } = partition(anchors)
  const flat = flatten(anchors, owners, samples)
  const states = new Map<string, State>()
  const order: State[] = []

  function stateOf({ positions, owners: ends }: Reached): State {
    const key = `${positions}|${ends}`
    let state = states.get(key)
    if (!state) {
      if (order.length >= STATES_MAX) throw new AutomatonTooLarge(`more than ${STATES_MAX} states`)
      state = { positions, owners: ends, next: [] }
      states.set(key, state)
      order.push(state)
    }
    return state
  }

  stateOf(NOWHERE)
  // Where each column leads when no anchor is under way: most steps of most states end there.
  const fresh = samples.map((_, column) => stateOf(advance(flat, flat.firsts, column, NOWHERE)))
  const width = samples.length
  for (let i = 0; i < order.length; i++) {
    const { positions, next } = order[i]
    for (let column = 0; column < width; column++) {
      let goesOn = 0
      for (let p = 0; p < positions.length; p++) goesOn |= flat.fits[positions[p] * width + column]
      next.push(goesOn === 1 ? stateOf(advance(flat, positions, column, fresh[column])) : fresh[column])
    }
  }
  return lay(order, columns, width)
}

interface Flat {
  /** 1 where the class at a position has the bytes of a column: `fits[position * width + column]`. */
  readonly fits: Uint8Array
  readonly width: number
  /** Owner of the anchor that ends at a position, or -1. */
  readonly ends: number[]
  /** The first position of each anchor. Positions of all anchors are numbered one behind the other. */
  readonly firsts: number[]
}

function flatten(anchors: readonly Anchor[], owners: readonly number[], samples: readonly number[]): Flat {
  const classes = anchors.flatMap((anchor) => anchor.classes)
  const fits = Uint8Array.from(classes.flatMap((set) => samples.map((byte) => set[byte])))
  const flat: Flat = { fits, width: samples.length, ends: [], firsts: [] }
  anchors.forEach((anchor, index) => {
    flat.firsts.push(flat.ends.length)
    anchor.classes.forEach((_, i) => {
      flat.ends.push(i === anchor.classes.length - 1 ? owners[index] : -1)
    })
  })
  return flat
}

type Reached = Pick<State, 'positions' | 'owners'>

const NOWHERE: Reached = { positions: [], owners: [] }

/** From positions that may take the column's bytes: the positions behind, and owners of what ends; and `base`'s. */
function advance(flat: Flat, from: readonly number[], column: number, base: Reached): Reached {
  const positions: number[] = []
  let owners = base.owners
  // Both lists ascend, and positions of one anchor differ, so that they merge into one that ascends.
  let other = 0
  for (const at of from) {
    if (flat.fits[at * flat.width + column] === 0) continue
    const owner = flat.ends[at]
    if (owner >= 0) {
      if (!owners.includes(owner)) owners = [...owners, owner].sort((a, b) => a - b)
      continue
    }
    while (other < base.positions.length && base.positions[other] < at + 1) positions.push(base.positions[other++])
    positions.push(at + 1)
  }
  while (other < base.positions.length) positions.push(base.positions[other++])
  return { positions, owners }
}

/** Bytes that no anchor tells apart share a column. */
function partition(anchors: readonly Anchor[]): { columns: Uint8Array; samples: number[] } {
  const sets = new Set(anchors.flatMap((anchor) => anchor.classes))
  const columns = new Uint8Array(256)
  const samples: number[] = []
  const known = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    let signature = ''
    for (const set of sets) signature += set[byte]
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

/** Numbers the states, the accepting ones last, and fills the table. */
function lay(order: readonly State[], columns: Uint8Array, width: number): Automaton {
  const quiet = order.filter((state) => state.owners.length === 0)
  const ends = order.filter((state) => state.owners.length > 0)
  let shift = 3
  while (Math.ceil(width / 2 ** shift) * order.length > 0xffff) shift++
  const step = Math.ceil(width / 2 ** shift)
  const row = new Map<State, number>([...quiet, ...ends].map((state, i) => [state, i * step]))
  const table = new Uint16Array((order.length * step) << shift)
  for (const [state, at] of row) {
    table.set(
      state.next.map((next) => row.get(next) as number),
      at << shift,
    )
  }
  const first = order[0]
  const afterLineFeed = first.next[columns[10]]
  // The line feed before a leaf is not a byte of it: an anchor that ends there is none.
  const start = afterLineFeed.owners.length > 0 ? first : afterLineFeed
  return {
    columns,
    table,
    shift,
    start: row.get(start) as number,
    accepting: quiet.length * step,
    owners: ends.map((state) => Int32Array.from(state.owners)),
    step,
  }
}
