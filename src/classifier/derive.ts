// Finds anchors in a pattern, so that a rule's author need not name them: the most telling run of byte classes that
// every match must contain. It reads a subset of RE2's syntax and answers `undefined` for what it does not understand.
import { ANY, type Anchor, type ByteClass, bits, escapeClass, exactly, readBracket, withBothCases } from './anchor.ts'

/** Longer runs make more states and select hardly better. */
const LENGTH_MAX = 6
/** Alternatives that one pattern may spread into. */
const BRANCHES_MAX = 64

/** A run of classes; `null` is a place where anything may stand, also nothing. */
type Sequence = (ByteClass | null)[]

class NotUnderstood extends Error {}

/** Anchors one of which lies in every match of `pattern`, or undefined. */
export function deriveAnchors(pattern: string, ignoreCase: boolean): Anchor[] | undefined {
  try {
    const flag = pattern.startsWith('(?i)')
    const reader = new Reader(flag ? pattern.slice(4) : pattern, ignoreCase || flag)
    const branches = reader.alternatives()
    if (!reader.atEnd) return undefined
    const anchors: Anchor[] = []
    for (const branch of branches) {
      const best = bestRun(branch)
      if (best === undefined) return undefined
      anchors.push({ classes: best })
    }
    return anchors
  } catch (error) {
    if (error instanceof RangeError || error instanceof NotUnderstood || error instanceof Error) return undefined
    throw error
  }
}

function bestRun(branch: Sequence): ByteClass[] | undefined {
  let best: ByteClass[] | undefined
  let bestBits = 9
  for (let start = 0; start < branch.length; start++) {
    const run: ByteClass[] = []
    for (let at = start; at < branch.length && at < start + LENGTH_MAX && branch[at] !== null; at++) {
      run.push(branch[at] as ByteClass)
      const worth = bits(run)
      if (worth > bestBits) {
        bestBits = worth
        best = run.slice()
      }
    }
  }
  return best
}

class Reader {
  private at = 0
  private readonly text: string
  private readonly ignoreCase: boolean

  constructor(text: string, ignoreCase: boolean) {
    this.text = text
    this.ignoreCase = ignoreCase
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  /** Every way that the text up to `)` or the end can be spelled. */
  alternatives(): Sequence[] {
    const all = this.sequence()
    while (this.text[this.at] === '|') {
      this.at++
      all.push(...this.sequence())
    }
    if (all.length > BRANCHES_MAX) throw new NotUnderstood('too many branches')
    return all
  }

  private sequence(): Sequence[] {
    let branches: Sequence[] = [[]]
    while (!this.atEnd && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const pieces = this.repeated(this.atom())
      branches = branches.flatMap((branch) => pieces.map((piece) => [...branch, ...piece]))
      if (branches.length > BRANCHES_MAX) throw new NotUnderstood('too many branches')
    }
    return branches
  }

  /** Applies a quantifier: what is optional becomes a gap, and so does what may repeat. */
  private repeated(pieces: Sequence[]): Sequence[] {
    const letter = this.text[this.at]
    if (letter === '*' || letter === '?' || letter === '+') {
      this.at++
      this.lazy()
      return letter === '+' ? pieces.map((piece) => [...piece, null]) : [[null]]
    }
    if (letter !== '{') return pieces
    const close = this.text.indexOf('}', this.at)
    const [low, high] = this.text.slice(this.at + 1, close).split(',')
    const times = Number(low)
    if (close < 0 || !Number.isInteger(times) || low === '') throw new NotUnderstood('a literal brace')
    this.at = close + 1
    this.lazy()
    if (times === 0) return [[null]]
    const isFixed = high === undefined || Number(high) === times
    const copies = Math.min(times, LENGTH_MAX)
    if (pieces.length > 1 && copies > 1) return pieces.map((piece) => [...piece, null])
    return pieces.map((piece) => [
      ...Array.from({ length: copies }, () => piece).flat(),
      ...(isFixed && copies === times ? [] : [null]),
    ])
  }

  private lazy(): void {
    if (this.text[this.at] === '?') this.at++
  }

  private atom(): Sequence[] {
    const letter = this.text[this.at++]
    if (letter === '(') return this.group()
    if (letter === '[') {
      const { set, next } = readBracket(this.text, this.at)
      this.at = next
      return this.one(set)
    }
    if (letter === '.') return this.one(ANY)
    if (letter === '^' || letter === '$') return [[]]
    if (letter === '\\') return this.escape()
    // A character of several bytes cannot be a class; its neighbours still can.
    if (letter.charCodeAt(0) > 127) return [[null]]
    return this.one(exactly(letter.charCodeAt(0)))
  }

  private one(set: ByteClass): Sequence[] {
    // A class with non-ASCII members stands for characters of several bytes.
    if (set[128] === 1) return [[null]]
    return [[this.ignoreCase ? withBothCases(set) : set]]
  }

  private escape(): Sequence[] {
    const letter = this.text[this.at++]
    if (letter === undefined || 'pPQEC'.includes(letter)) throw new NotUnderstood(letter)
    if ('bBAz'.includes(letter)) return [[]]
    if (letter === 'x') {
      const code = Number.parseInt(this.text.slice(this.at, this.at + 2), 16)
      if (!(code < 128)) throw new NotUnderstood('x')
      this.at += 2
      return this.one(exactly(code))
    }
    return this.one(escapeClass(letter) ?? exactly(letter.charCodeAt(0)))
  }

  private group(): Sequence[] {
    if (this.text[this.at] === '?') {
      const name = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(this.text.slice(this.at))
      if (!name) throw new NotUnderstood('flags inside a pattern')
      this.at += name[0].length
    }
    const inner = this.alternatives()
    if (this.text[this.at] !== ')') throw new NotUnderstood('no )')
    this.at++
    return inner
  }
}
