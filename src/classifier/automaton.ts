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
  /** Columns of bytes that none of the tables tells apart. */
  readonly columns: Uint8Array
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
  return { tables, owners: ends, columns: jointColumns(tables) }
}

function isWide(set: ByteClass): boolean {
  let members = 0
  for (let byte = 0; byte < 256; byte++) members += set[byte]
  return members > 2
}

/**
 * What is under way: the longest anchors, and the shape of all the shorter ones, which is what would be under way had
 * the first byte of the longest not been there. Where the longest do not go on, a shape leads where that one leads.
 */
interface Shape {
  readonly number: number
  readonly shorter: number
  /** The positions reached in the longest are [from, to) of `positions`. */
  readonly from: number
  readonly to: number
  /** The first state that has this under way. */
  state: State | undefined
  /** One with the same hash. */
  readonly other: Shape | undefined
}

interface State {
  readonly number: number
  readonly shape: Shape
  /** Owners of the anchors that end here. */
  readonly owners: readonly number[]
  /** Another one of its shape. */
  readonly other: State | undefined
}

/** Anchors one behind the other: a position is a place in one of them. */
interface Flat {
  /** Columns that a position takes: `words` words of 32 bits for each. */
  readonly takes: Int32Array
  readonly words: number
  /** Owner of the anchor that ends at a position, or -1. */
  readonly ends: readonly number[]
  /** The first position of each anchor. */
  readonly firsts: readonly number[]
}

/** Shapes and states, each of them once. Most that is asked for is known, so asking makes no lists. */
class States {
  readonly shapes: Shape[] = []
  readonly all: State[] = []
  positions = new Int32Array(4096)
  private readonly byHash = new Map<number, Shape>()
  private used = 0
  private from = 0

  /** Puts a position into the shape that is asked for next. */
  reach(position: number): void {
    if (this.used === this.positions.length) this.positions = grownInts(this.positions, this.used + 1)
    this.positions[this.used++] = position
  }

  /** The shape of what was reached, and of what is shorter. */
  shape(shorter: number): Shape {
    const { byHash, positions, shapes, from, used } = this
    const hash = hashOf(positions, from, used, shorter)
    const first = byHash.get(hash)
    for (let known = first; known !== undefined; known = known.other) {
      if (known.shorter !== shorter || !isSame(positions, known.from, known.to, from, used)) continue
      this.used = from
      return known
    }
    const shape: Shape = { number: shapes.length, shorter, from, to: used, state: undefined, other: first }
    byHash.set(hash, shape)
    shapes.push(shape)
    this.from = used
    return shape
  }

  state(shape: Shape, owners: readonly number[]): State {
    for (let known = shape.state; known !== undefined; known = known.other) {
      if (known.owners.length === owners.length && known.owners.every((owner, i) => owner === owners[i])) return known
    }
    if (this.all.length >= STATES_MAX) throw new AutomatonTooLarge(`more than ${STATES_MAX} states`)
    const state: State = { number: this.all.length, shape, owners, other: shape.state }
    shape.state = state
    this.all.push(state)
    return state
  }

  /** Where the longest of a shape lead with a column, beside what leads to `below`. */
  advance(flat: Flat, { from, to }: Shape, column: number, below: State): State {
    let { owners } = below
    let goesOn = false
    for (let i = from; i < to; i++) {
      const position = this.positions[i]
      if (((flat.takes[position * flat.words + (column >> 5)] >>> (column & 31)) & 1) === 0) continue
      const owner = flat.ends[position]
      if (owner < 0) {
        this.reach(position + 1)
        goesOn = true
      } else if (!owners.includes(owner)) owners = [...owners, owner].sort((a, b) => a - b)
    }
    return this.state(goesOn ? this.shape(below.shape.number) : below.shape, owners)
  }
}

function buildTable(anchors: readonly Anchor[], owners: readonly number[], ends: Int32Array[]): Table {
  const { columns, samples } = partition(anchors)
  const width = samples.length
  const flat = flatten(anchors, owners, samples)
  const { takes, words } = flat
  const states = new States()
  for (const first of flat.firsts) states.reach(first)
  states.state(states.shape(0), [])
  let next = new Int32Array(1024 * width)
  for (const shape of states.shapes) {
    const row = shape.number * width
    if (row + width > next.length) next = grownInts(next, row + width)
    next.copyWithin(row, shape.shorter * width, (shape.shorter + 1) * width)
    for (let word = 0; word < words; word++) {
      let taken = 0
      for (let i = shape.from; i < shape.to; i++) taken |= takes[states.positions[i] * words + word]
      for (; taken !== 0; taken &= taken - 1) {
        const column = word * 32 + 31 - Math.clz32(taken & -taken)
        next[row + column] = states.advance(flat, shape, column, states.all[next[row + column]]).number
      }
    }
  }
  return lay(states.all, next, columns, width, ends)
}

function hashOf(numbers: Int32Array, from: number, to: number, seed: number): number {
  let hash = seed
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ numbers[i], 0x01000193)
  return Math.imul(hash ^ (to - from) ^ (hash >>> 15), 0x85ebca6b)
}

function isSame(numbers: Int32Array, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (to - from !== otherTo - otherFrom) return false
  for (let i = 0; i < to - from; i++) if (numbers[from + i] !== numbers[otherFrom + i]) return false
  return true
}

function flatten(anchors: readonly Anchor[], owners: readonly number[], samples: readonly number[]): Flat {
  const words = Math.ceil(samples.length / 32)
  const known = new Map<ByteClass, Int32Array>()
  const columnsOf = (set: ByteClass) => {
    let columns = known.get(set)
    if (columns === undefined) {
      columns = new Int32Array(words)
      for (let column = 0; column < samples.length; column++) {
        if (set[samples[column]] === 1) columns[column >> 5] |= 1 << (column & 31)
      }
      known.set(set, columns)
    }
    return columns
  }
  const all = anchors.flatMap(({ classes }) => classes)
  const takes = new Int32Array(all.length * words)
  all.forEach((set, position) => {
    takes.set(columnsOf(set), position * words)
  })
  const ends: number[] = []
  const firsts: number[] = []
  anchors.forEach(({ classes }, index) => {
    firsts.push(ends.length)
    classes.forEach((_, i) => {
      ends.push(i === classes.length - 1 ? owners[index] : -1)
    })
  })
  return { takes, words, ends, firsts }
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

function jointColumns(tables: readonly Table[]): Uint8Array {
  const joint = new Uint8Array(256)
  const known = new Map<number, number>()
  for (const byte of BY_FREQUENCY) {
    const told = tables.reduce((sum, { columns }) => sum * 256 + columns[byte], 0)
    if (!known.has(told)) known.set(told, known.size)
    joint[byte] = known.get(told) ?? 0
  }
  return joint
}

/** Lays the states out, the accepting ones last. `leads` is the state behind each shape and column. */
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
    const from = order[number].shape.number * width
    for (let column = 0; column < width; column++) next[at + column] = row[leads[from + column]]
  }
  const afterLineFeed = order[leads[columns[10]]]
  // The line feed before a leaf is not a byte of it: an anchor that ends there is none.
  const start = afterLineFeed.owners.length > 0 ? 0 : afterLineFeed.number
  const firstEnd = ends.length
  for (const { owners } of accepting) ends.push(Int32Array.from(owners))
  return { columns, next, shift, start: row[start], accepting: quiet.length * step, step, firstEnd }
}
