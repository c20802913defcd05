// Words that speak for a finding: beside it in its leaf, or in its path. Which words speak for whom is compiled into
// one automaton of its own, so that looking for them costs nothing until there is a candidate that needs them.
import { grownInts } from '../core/growable.ts'
import { LONG_KEY, type Paths, ROOT } from '../core/paths.ts'
import { type Anchor, type ByteClass, classOf } from './anchor.ts'
import { type Automaton, AutomatonTooLarge, buildAutomaton } from './automaton.ts'
import { is, LOWER, UPPER, WORD } from './checks/bytes.ts'
import { Hits, scan } from './scan.ts'

/** All lists of words of a policy. A list is known by its number. */
export class ContextWords {
  /** Bytes of each spelling: owners of the automaton are spellings. */
  readonly lengths: readonly number[]
  /** The lists that have the spelling's word. */
  readonly lists: readonly Int32Array[]
  /** Number of lists. */
  readonly count: number
  readonly bytes_max: number
  private readonly anchors: readonly Anchor[]
  private made: Automaton | undefined

  constructor(anchors: readonly Anchor[], lists: readonly Int32Array[], count: number) {
    this.anchors = anchors
    this.lists = lists
    this.count = count
    this.lengths = anchors.map(({ classes }) => classes.length)
    this.bytes_max = Math.max(...this.lengths)
    const bytes = this.lengths.reduce((sum, length) => sum + length, 0)
    if (bytes > SPELLINGS_BYTES_MAX) throw new AutomatonTooLarge(`words of more than ${SPELLINGS_BYTES_MAX} letters`)
  }

  /** Made when a candidate first needs it: until then a policy costs neither its time nor its memory. */
  get automaton(): Automaton {
    this.made ??= buildAutomaton(
      this.anchors,
      this.anchors.map((_, i) => i),
    )
    return this.made
  }
}

/** Each letter is a state at most, and an automaton has only so many. */
const SPELLINGS_BYTES_MAX = 40_000

/** Gathers lists of words; equal ones get one number. */
export class ContextLists {
  private readonly lists: (readonly string[])[] = []
  private readonly numbers = new Map<string, number>()

  /** `words` are lower case, their parts divided by one space. */
  add(words: readonly string[]): number {
    const key = [...new Set(words)].sort().join('\n')
    let number = this.numbers.get(key)
    if (number === undefined) {
      number = this.lists.length
      this.numbers.set(key, number)
      this.lists.push(key.split('\n'))
    }
    return number
  }

  /** undefined when nobody asked for words. Throws AutomatonTooLarge. */
  compile(): ContextWords | undefined {
    if (this.lists.length === 0) return undefined
    const byWord = new Map<string, number[]>()
    this.lists.forEach((words, list) => {
      for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), list])
    })
    const anchors: Anchor[] = []
    const lists: Int32Array[] = []
    for (const [word, owners] of byWord) {
      for (const anchor of spellings(word)) {
        anchors.push(anchor)
        lists.push(Int32Array.from(owners))
      }
    }
    return new ContextWords(anchors, lists, this.lists.length)
  }
}

const BETWEEN = classOf((byte) => byte === 0x20 || byte === 0x2d || byte === 0x2e || byte === 0x5f)
/** Words of more parts are looked for in one piece and with all separators only. */
const FREE_GAPS_MAX = 3

/** `tax id`, `tax_id`, `tax-id`, `tax.id`, `taxid`, and each of them in any case. */
export function spellings(word: string): Anchor[] {
  const parts = word.split(' ').filter((part) => part !== '')
  const gaps = parts.length - 1
  const choices = gaps <= FREE_GAPS_MAX ? Array.from({ length: 2 ** gaps }, (_, bits) => bits) : [0, 2 ** gaps - 1]
  return choices.map((bits) => ({
    classes: parts.flatMap((part, i) => [...lettersOf(part), ...(i < gaps && (bits >> i) & 1 ? [BETWEEN] : [])]),
  }))
}

function lettersOf(part: string): readonly ByteClass[] {
  return [...part].flatMap((letter) => {
    let classes = LETTERS.get(letter)
    if (classes === undefined) {
      const encoder = new TextEncoder()
      const lower = encoder.encode(letter.toLowerCase())
      const upper = encoder.encode(letter.toUpperCase())
      const isPair = upper.length === lower.length
      classes = Array.from(lower, (low, i) => classOf((byte) => byte === low || (isPair && byte === upper[i])))
      LETTERS.set(letter, classes)
    }
    return classes
  })
}

/** One object for each letter's bytes, in both cases: there are few letters, and many words. */
const LETTERS = new Map<string, readonly ByteClass[]>()

/** What was found of the words in one leaf. One object a matcher, used again for each leaf. */
export class Context {
  /** Numbers of lists, as bits: those that have a word in the leaf or in its path. */
  private readonly seen: Uint32Array
  private pathLists: readonly number[] = NONE
  private readonly words: ContextWords
  private readonly paths: Paths
  private readonly hits = new Hits()
  private count = 0
  private starts = new Int32Array(64)
  private ends = new Int32Array(64)
  private spellings = new Int32Array(64)
  /** Lists with a word in the path, by path. */
  private readonly byPath: (readonly number[])[] = []

  constructor(words: ContextWords, paths: Paths) {
    this.words = words
    this.paths = paths
    this.seen = new Uint32Array((words.count + 31) >> 5)
  }

  /** Looks at a leaf; false when no word of any list is in it or in its path. `path` is -1 for what has none. */
  look(path: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.seen.fill(0)
    this.pathLists = path < 0 ? NONE : this.listsOf(path)
    for (const list of this.pathLists) this.mark(list)
    this.find(bytes, start, end)
    for (let i = 0; i < this.count; i++) for (const list of this.words.lists[this.spellings[i]]) this.mark(list)
    return this.count > 0 || this.pathLists.length > 0
  }

  /** True when the leaf or its path has a word of the list, near or far. */
  has(list: number): boolean {
    return (this.seen[list >> 5] & (1 << (list & 31))) !== 0
  }

  /** True when a word of the list is in the path, or at most `within` bytes from [start, end) and not inside of it. */
  speaksFor(list: number, start: number, end: number, within: number): boolean {
    if (!this.has(list)) return false
    if (this.pathLists.includes(list)) return true
    const { starts, ends } = this
    for (let i = this.firstEndingAt(start - within); i < this.count && ends[i] <= start; i++) {
      if (this.isOf(list, i)) return true
    }
    const last = end + within + this.words.bytes_max
    for (let i = this.firstEndingAt(end + 1); i < this.count && ends[i] <= last; i++) {
      if (starts[i] >= end && starts[i] <= end + within && this.isOf(list, i)) return true
    }
    return false
  }

  /** Where words of the list stand that speak for [start, end). Those of the path stand nowhere. */
  speakers(list: number, start: number, end: number, within: number): { words: [number, number][]; isInPath: boolean } {
    const words: [number, number][] = []
    for (let i = 0; i < this.count; i++) {
      const [from, to] = [this.starts[i], this.ends[i]]
      const isBeside = (to <= start && to >= start - within) || (from >= end && from <= end + within)
      if (isBeside && this.isOf(list, i)) words.push([from, to])
    }
    return { words, isInPath: this.pathLists.includes(list) }
  }

  /** Lists that have a word in the path: in one key of it, or over two. */
  private listsOf(path: number): readonly number[] {
    if (path <= ROOT) return NONE
    const known = this.byPath[path]
    if (known !== undefined) return known
    const { paths } = this
    const parent = paths.parent[path]
    const above = this.listsOf(parent)
    const key = paths.key[path]
    let found = above
    if (key > LONG_KEY) {
      const before = parent > ROOT && paths.key[parent] > LONG_KEY ? `${paths.keyName(paths.key[parent])}.` : ''
      const name = Buffer.from(before + paths.keyName(key))
      this.find(name, 0, name.length)
      const lists = new Set(above)
      for (let i = 0; i < this.count; i++) for (const list of this.words.lists[this.spellings[i]]) lists.add(list)
      if (lists.size > above.length) found = [...lists]
    }
    this.byPath[path] = found
    return found
  }

  private mark(list: number): void {
    this.seen[list >> 5] |= 1 << (list & 31)
  }

  private isOf(list: number, at: number): boolean {
    return this.words.lists[this.spellings[at]].includes(list)
  }

  private find(bytes: Uint8Array, start: number, end: number): void {
    const { automaton, lengths } = this.words
    const { hits } = this
    this.count = 0
    scan(automaton, bytes, start, end, hits)
    for (let i = 0; i < hits.count; i++) {
      const stop = hits.at[i]
      for (const spelling of automaton.owners[hits.end[i]]) {
        const from = stop - lengths[spelling]
        if (startsWord(bytes, start, from, end) && endsWord(bytes, stop, end)) this.add(from, stop, spelling)
      }
    }
  }

  private add(start: number, end: number, spelling: number): void {
    const at = this.count++
    if (at === this.starts.length) {
      this.starts = grownInts(this.starts, at * 2)
      this.ends = grownInts(this.ends, at * 2)
      this.spellings = grownInts(this.spellings, at * 2)
    }
    this.starts[at] = start
    this.ends[at] = end
    this.spellings[at] = spelling
  }

  /** Index of the first word that ends at or behind `place`. Words come in the order of their ends. */
  private firstEndingAt(place: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ends[middle] < place) low = middle + 1
      else high = middle
    }
    return low
  }
}

const NONE: readonly number[] = []

const LETTER = UPPER | LOWER

/** A word begins behind what is no letter, and at a capital as in `creditCard` or `APIKey`. */
function startsWord(bytes: Uint8Array, first: number, at: number, end: number): boolean {
  if (at === first || !continues(bytes[at - 1], bytes[at])) return true
  if (!is(bytes[at], UPPER)) return false
  return is(bytes[at - 1], LOWER) || (at + 1 < end && is(bytes[at + 1], LOWER))
}

/** Also before a plural's `s`. */
function endsWord(bytes: Uint8Array, at: number, end: number): boolean {
  return endsHere(bytes, at, end) || ((bytes[at] | 0x20) === 0x73 && endsHere(bytes, at + 1, end))
}

function endsHere(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end || !continues(bytes[at], bytes[at - 1])) return true
  return is(bytes[at], UPPER) && (is(bytes[at - 1], LOWER) || (at + 1 < end && is(bytes[at + 1], LOWER)))
}

/** True when a neighbour belongs to the same word as the byte at its edge: letters to letters, digits to digits. */
function continues(neighbour: number, edge: number): boolean {
  return is(edge, LETTER) ? is(neighbour, LETTER) : is(edge, WORD) && is(neighbour, WORD)
}
