// Reads a pattern in RE2 syntax into a tree, for follow.ts. It reads what detectors are written in, exactly, and
// answers `undefined` for all else; it never looks at record bytes.
import { escapeClass, exactly, readBracket, withBothCases } from './anchor.ts'

/** What a set has for each of 256 bytes. Only RE2 knows of characters of several bytes. */
export const NO = 0
const YES = 1
export const UNKNOWN = 2

export type Node =
  | { readonly kind: 'set'; readonly set: Uint8Array }
  | { readonly kind: 'row'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'group'; readonly number: number; readonly name: string | undefined; readonly part: Node }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'edge'; readonly edge: Edge }

/** The front and the end of the text, and whether a word begins or ends here. */
export type Edge = '^' | '$' | 'b' | 'B'

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
}

class NotUnderstood extends Error {}

/** Undefined: not understood. */
export function patternTree(pattern: string, ignoreCase: boolean): Node | undefined {
  try {
    const flagged = pattern.startsWith('(?i)')
    const reader = new Reader(flagged ? pattern.slice(4) : pattern)
    const tree = reader.choice({ ignoreCase: ignoreCase || flagged, dotAll: false })
    return reader.atEnd ? tree : undefined
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

/** True when the node can match nothing at all. */
export function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false
    case 'row':
      return node.parts.every(mayBeEmpty)
    case 'choice':
      return node.options.some(mayBeEmpty)
    case 'group':
      return mayBeEmpty(node.part)
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.part)
    case 'edge':
      return true
  }
}

const LITERAL_ESCAPES = /[^0-9A-Za-z]/
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/
const OPENING = /^\?(?:P?<([A-Za-z_]\w*)>|([is]*):)/

class Reader {
  private at = 0
  private groups = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  choice(flags: Flags): Node {
    const options = [this.row(flags)]
    while (this.text[this.at] === '|') {
      this.at++
      options.push(this.row(flags))
    }
    return options.length === 1 ? options[0] : { kind: 'choice', options }
  }

  private row(flags: Flags): Node {
    const parts: Node[] = []
    while (!this.atEnd && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      parts.push(this.repeated(this.atom(flags)))
    }
    return parts.length === 1 ? parts[0] : { kind: 'row', parts }
  }

  private repeated(part: Node): Node {
    const found = QUANTIFIER.exec(this.text.slice(this.at))
    if (found === null) {
      if (this.text[this.at] === '{') throw new NotUnderstood('a literal brace')
      return part
    }
    this.at += found[0].length
    // How often what may be empty is repeated, RE2 decides in ways of its own.
    if (mayBeEmpty(part) || QUANTIFIER.test(this.text.slice(this.at))) throw new NotUnderstood('repeated twice')
    const sign = found[0][0]
    const min = sign === '{' ? Number(found[1]) : sign === '+' ? 1 : 0
    const most = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    const max = sign === '{' ? most : sign === '?' ? 1 : Number.POSITIVE_INFINITY
    return { kind: 'repeat', part, min, max, lazy: found[4] === '?' }
  }

  private atom(flags: Flags): Node {
    const letter = this.text[this.at++]
    if (letter === '(') return this.group(flags)
    if (letter === '[') return this.bracket(flags)
    if (letter === '.') return { kind: 'set', set: exact(anyByte(flags.dotAll), true) }
    if (letter === '^' || letter === '$') return { kind: 'edge', edge: letter }
    if (letter === '\\') return this.escape(flags)
    if ('*+?{'.includes(letter)) throw new NotUnderstood(letter)
    return this.letter(letter.charCodeAt(0), flags)
  }

  private letter(code: number, { ignoreCase }: Flags): Node {
    if (code > 127) throw new NotUnderstood('beyond ASCII')
    return { kind: 'set', set: ignoreCase ? inBothCases(exactly(code)) : exactly(code) }
  }

  private escape(flags: Flags): Node {
    const letter = this.text[this.at++]
    if (letter === 'b' || letter === 'B') return { kind: 'edge', edge: letter }
    if (letter === 'x') {
      const code = Number.parseInt(this.text.slice(this.at, this.at + 2), 16)
      if (!(code < 128)) throw new NotUnderstood('x')
      this.at += 2
      return this.letter(code, flags)
    }
    const set = escapeClass(letter)
    if (set !== undefined) {
      const isWide = 'DSW'.includes(letter) || (letter === 'w' && flags.ignoreCase)
      return { kind: 'set', set: exact(set, isWide, 'sS'.includes(letter)) }
    }
    if (!LITERAL_ESCAPES.test(letter)) throw new NotUnderstood(letter)
    return this.letter(letter.charCodeAt(0), flags)
  }

  private bracket({ ignoreCase }: Flags): Node {
    const { set, next } = readBracket(this.text, this.at)
    const written = this.text.slice(this.at, next)
    this.at = next
    // Letters beyond ASCII are more than one byte.
    if (/[\u0080-\uffff]|\\[^dDwWsSnrtx\W]|\\x\{/.test(written)) throw new NotUnderstood('beyond ASCII')
    const isNegated = written.startsWith('^')
    const hasSpace = /\\[sS]/.test(written)
    const isWide = isNegated || set[128] === 1
    if (!ignoreCase) return { kind: 'set', set: exact(set, isWide, hasSpace) }
    if (written.includes('\\W')) throw new NotUnderstood('cases of what is no letter')
    const folded = isNegated ? negated(inBothCases(negated(set))) : inBothCases(set)
    return { kind: 'set', set: exact(folded, isWide || folded[128] === UNKNOWN, hasSpace) }
  }

  private group(flags: Flags): Node {
    let number = 0
    let name: string | undefined
    let within = flags
    if (this.text[this.at] === '?') {
      const opening = OPENING.exec(this.text.slice(this.at))
      if (opening === null) throw new NotUnderstood('a kind of group')
      this.at += opening[0].length
      name = opening[1]
      const { ignoreCase, dotAll } = flags
      const set = opening[2] ?? ''
      within = { ignoreCase: ignoreCase || set.includes('i'), dotAll: dotAll || set.includes('s') }
      if (name !== undefined) number = ++this.groups
    } else number = ++this.groups
    const part = this.choice(within)
    if (this.text[this.at] !== ')') throw new NotUnderstood('no )')
    this.at++
    return number === 0 ? part : { kind: 'group', number, name, part }
  }
}

const VERTICAL_TAB = 11

/** `isWide`: characters beyond ASCII may be in it. RE2 does not count a vertical tab as a space, anchors do. */
function exact(set: Uint8Array, isWide: boolean, hasSpace = false): Uint8Array {
  const one = set.slice()
  one.fill(isWide ? UNKNOWN : NO, 128)
  if (hasSpace) one[VERTICAL_TAB] = UNKNOWN
  return one
}

/** Two signs beyond ASCII are a `k` and an `s` in another case. */
function inBothCases(set: Uint8Array): Uint8Array {
  const both = withBothCases(set).slice()
  both.fill(both[0x6b] === YES || both[0x73] === YES ? UNKNOWN : NO, 128)
  return both
}

function negated(set: Uint8Array): Uint8Array {
  return set.map((bit) => (bit === NO ? YES : NO))
}

function anyByte(dotAll: boolean): Uint8Array {
  const set = new Uint8Array(256).fill(YES)
  if (!dotAll) set[10] = NO
  return set
}
