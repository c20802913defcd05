// One automaton over the anchors of all rules: it reads each byte once and says where an anchor ends, and whose it is.
// It is a subset construction over fixed-length sequences of byte classes (Aho-Corasick when all of them are literals).
import type { Anchor } from './anchor.ts'

export interface Automaton {
  /** Class of each byte: a column of the table. */
  readonly columns: Uint8Array
  /** Next state, premultiplied by the number of columns: `table[state + columns[byte]]`. */
  readonly table: Int32Array
  /** State before the first byte of a leaf: as behind a line feed. */
  readonly start: number
  /** States from this one on are the ends of anchors. */
  readonly accepting: number
  /** Owners of the anchors that end in a state: `owners[(state - accepting) / width]`. */
  readonly owners: readonly Int32Array[]
  readonly width: number
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
  const flat = flatten(anchors)
  const states = new Map<string, State>()
  const order: State[] = []

  function stateOf(positions: number[], ends: number[]): State {
    const key = `${positions.join()}|${ends.join()}`
    let state = states.get(key)
    if (!state) {
      if (order.length >= STATES_MAX) throw new AutomatonTooLarge(`more than ${STATES_MAX} states`)
      state = { positions, owners: ends, next: [] }
      states.set(key, state)
      order.push(state)
    }
    return state
  }

  stateOf([], [])
  for (let i = 0; i < order.length; i++) {
    for (const byte of samples) {
      const positions: number[] = []
      const ends: number[] = []
      for (const from of order[i].positions) step(flat, from, byte, positions, ends, owners)
      for (const from of flat.firsts) step(flat, from, byte, positions, ends, owners)
      positions.sort((a, b) => a - b)
      order[i].next.push(
        stateOf(
          [...new Set(positions)],
          [...new Set(ends)].sort((a, b) => a - b),
        ),
      )
    }
  }
  return lay(order, columns, samples.length)
}

interface Flat {
  /** Class at each position; anchors one behind the other. */
  readonly classes: Uint8Array[]
  /** Anchor of each position. */
  readonly anchor: number[]
  /** True at the last position of an anchor. */
  readonly last: boolean[]
  /** The first position of each anchor. */
  readonly firsts: number[]
}

function flatten(anchors: readonly Anchor[]): Flat {
  const flat: Flat = { classes: [], anchor: [], last: [], firsts: [] }
  anchors.forEach((anchor, index) => {
    flat.firsts.push(flat.classes.length)
    anchor.classes.forEach((set, i) => {
      flat.classes.push(set)
      flat.anchor.push(index)
      flat.last.push(i === anchor.classes.length - 1)
    })
  })
  return flat
}

/** `from` is the position that `byte` has to fit; what comes of it goes into `positions` or `ends`. */
function step(
  flat: Flat,
  from: number,
  byte: number,
  positions: number[],
  ends: number[],
  owners: readonly number[],
): void {
  if (flat.classes[from][byte] === 0) return
  if (flat.last[from]) ends.push(owners[flat.anchor[from]])
  else positions.push(from + 1)
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
  const row = new Map<State, number>([...quiet, ...ends].map((state, i) => [state, i * width]))
  const table = new Int32Array(order.length * width)
  for (const [state, at] of row) table.set(state.next.map((next) => row.get(next) as number), at)
  const first = order[0]
  const afterLineFeed = first.next[columns[10]]
  // The line feed before a leaf is not a byte of it: an anchor that ends there is none.
  const start = afterLineFeed.owners.length > 0 ? first : afterLineFeed
  return {
    columns,
    table,
    start: row.get(start) as number,
    accepting: quiet.length * width,
    owners: ends.map((state) => Int32Array.from(state.owners)),
    width,
  }
}
