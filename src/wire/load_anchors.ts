// Hands the walkers what they know of anchors: the automata, and what is told of candidates at once.
import type { Walks } from './walks.ts'

/** Automata over anchors, one table or two (classifier/automaton.ts). */
interface Anchors {
  readonly tables: readonly {
    readonly columns: Uint8Array
    readonly next: Uint16Array
    readonly shift: number
    readonly start: number
    readonly accepting: number
    readonly step: number
    readonly firstEnd: number
  }[]
  readonly columns: Uint8Array
}

/** What is known of candidates, by the place in the automaton's owners (classifier/judges.ts). */
interface Judged {
  readonly kinds: Uint16Array
  readonly pictures: Uint32Array
  readonly sets: Uint32Array
}

/** In the place of a table that is not there: it has one state, which it never leaves. */
const NO_TABLE: Anchors['tables'][number] = {
  columns: new Uint8Array(256),
  next: new Uint16Array(8),
  shift: 3,
  start: 0,
  accepting: 0x10000,
  step: 1,
  firstEnd: 0,
}

export interface KnownAnchors {
  readonly automaton: Anchors
  readonly judged: Judged
}

/** To be called once for each instance. */
export function loadAnchors(walks: Walks, { automaton, judged }: KnownAnchors): void {
  const { tables, columns: joint } = automaton
  for (const at of [0, 1]) {
    const { columns, next, shift, start, accepting, step, firstEnd } = tables[at] ?? NO_TABLE
    const room = walks.tableRoom(at, next.length)
    new Uint16Array(walks.memory.buffer, room, next.length).set(next)
    new Uint8Array(walks.memory.buffer, walks.columnsRoom(at), 256).set(columns)
    walks.setTable(at, shift, start, accepting, step, firstEnd)
  }
  const { kinds, pictures, sets } = judged
  const kindsAt = walks.judgedRoom(kinds.length)
  const picturesAt = walks.picturesRoom(pictures.length)
  new Uint16Array(walks.memory.buffer, kindsAt, kinds.length).set(kinds)
  new Uint32Array(walks.memory.buffer, picturesAt, pictures.length).set(pictures)
  new Uint32Array(walks.memory.buffer, walks.setsRoom(), sets.length).set(sets)
  new Uint8Array(walks.memory.buffer, walks.jointRoom(), 256).set(joint)
  walks.joinTables(Math.max(...joint) + 1)
}
