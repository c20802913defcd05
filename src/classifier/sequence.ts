// Tokens whose body is a row of letters with counts (`[0-9a-f]{32}-us[0-9]{1,2}`), perhaps with alternatives and parts
// that may be absent: this file makes a finder of such a body, so that RE2 is not asked. What has long runs in the
// middle is left to RE2.
import type { Check, SpanFinder } from '../core/detector.ts'
import type { ByteClass } from './anchor.ts'
import { afterEscape, is, setOf, WORD } from './checks/bytes.ts'
import { Follower } from './follow.ts'
import { mayBeEmpty, type Node, patternTree, UNKNOWN } from './pattern_tree.ts'

/** Longer runs may only stand first: behind other parts, hostile text would have them read again and again. */
const RUN_BYTES_MAX = 256
/** Of a run that has an end the last letters may be taken back, so many at most, to see whether the rest fits then. */
const TAKEN_BACK_MAX = 64
/** In how many ways a body may be tried, runs that stand first aside. */
const WAYS_MAX = 5000

interface Run {
  readonly set: ByteClass
  readonly max: number
}

interface Body {
  readonly tree: Node
  /** The long run that it begins with. */
  readonly run: Run | undefined
  readonly rest: Node
}

/** Undefined when the body is not such a row. */
function bodyOf(text: string): Body | undefined {
  const tree = patternTree(text, false)
  if (tree === undefined) return undefined
  const [first, ...others] = tree.kind === 'row' ? tree.parts : [tree]
  const run = first && longRun(first)
  const rest: Node = run === undefined ? tree : { kind: 'row', parts: others }
  return ways(rest) <= WAYS_MAX ? { tree, run, rest } : undefined
}

function longRun(node: Node): Run | undefined {
  if (node.kind !== 'repeat' || node.lazy || node.max <= RUN_BYTES_MAX || node.part.kind !== 'set') return undefined
  const { set } = node.part
  return set.includes(UNKNOWN) ? undefined : { set, max: node.max }
}

/** In how many ways a node may be tried. Only ASCII: RE2 counts characters, and this file bytes. */
function ways(node: Node): number {
  switch (node.kind) {
    case 'set':
      return node.set.includes(UNKNOWN) ? Number.POSITIVE_INFINITY : 1
    case 'row':
      return node.parts.reduce((product, part) => product * ways(part), 1)
    case 'choice':
      return node.options.reduce((sum, option) => sum + ways(option), 0)
    case 'repeat': {
      const { part, min, max, lazy } = node
      if (lazy || max > RUN_BYTES_MAX || max - min > TAKEN_BACK_MAX) return Number.POSITIVE_INFINITY
      return (max - min + 1) * ways(part) ** (part.kind === 'set' ? 1 : max)
    }
    default:
      return Number.POSITIVE_INFINITY
  }
}

/** What may stand around a token. */
interface Around {
  /** Bytes that may not stand before it, unless they end an escape. */
  readonly front: Uint8Array
  /** Bytes that may not stand behind it, beyond letters and digits. */
  readonly glue: string
}

/** Tokens of one shape. */
interface Row {
  /** Literals, one of which begins every token. */
  readonly prefixes: readonly string[]
  /** Bytes from the front of a token to where an anchor ends in it: one of these. */
  readonly anchored: readonly number[]
  /** What follows a prefix, in RE2 syntax. */
  readonly body: string
}

/**
 * Finds such tokens as RE2 does: of prefixes the first that fits, and of runs as much as fits. Undefined when a body is
 * not a row, or when hostile text could have a long run read again from each prefix within it.
 */
export function findTokens(rows: readonly Row[], around: Around, check: Check): SpanFinder | undefined {
  const finders = rows.map((row) => findRow(row, around, check))
  const [first] = finders
  if (finders.length === 1) return first?.find
  // What is no token of one row may still be one of another: none may skip.
  if (!finders.every((one) => one !== undefined && !one.skips)) return undefined
  return (bytes, from, to, at, span) => {
    for (const one of finders) {
      const end = one?.find(bytes, from, to, at, span) ?? -1
      if (end !== -1) return end
    }
    return -1
  }
}

/** `skips`: where a token is not, it may say that the next ones are not either. */
function findRow({ prefixes, anchored, body }: Row, around: Around, check: Check) {
  const known = bodyOf(body)
  if (known === undefined) return undefined
  const { tree, run, rest } = known
  const { front } = around
  const glue = setOf(around.glue)
  const starts = prefixes.map((prefix) => Buffer.from(prefix))
  const mayFail = run !== undefined && !(mayBeEmpty(rest) && endsTokens(run, glue))
  const skips = mayFail && starts.some((start) => isOf(run.set, start.subarray(0, Math.min(...anchored))))
  if (skips && !starts.every((start) => isOf(run.set, start))) return undefined
  const mayEnd = (bytes: Uint8Array, at: number, to: number) =>
    at >= to || !(is(bytes[at], WORD) || glue[bytes[at]] === 1)
  const follower = Follower.of(tree, [], mayEnd)
  if (follower === undefined) return undefined

  const find: SpanFinder = (bytes, from, to, at, span) => {
    let skipped = -1
    for (const length of anchored) {
      const start = at - length
      if (start < from || !beginsAt(bytes, from, start, front)) continue
      for (const prefix of starts) {
        if (!isAt(prefix, bytes, start, to)) continue
        const end = follower.follow(bytes, start + prefix.length, to)
        if (end < 0) {
          // From any other prefix in this run, it is the same run that does not do.
          if (run && skips) skipped = ~runEnd(run, bytes, start + prefix.length, to)
          continue
        }
        if (!check(bytes, start, end)) return ~end
        span.start = start
        return end
      }
    }
    return skipped
  }
  return { find, skips }
}

/** True when a token may end behind any such run: one that is long enough does not fail. */
function endsTokens({ set, max }: Run, glue: Uint8Array): boolean {
  return (
    max === Number.POSITIVE_INFINITY && glue.every((bit, byte) => set[byte] === 1 || (bit === 0 && !is(byte, WORD)))
  )
}

function isOf(set: ByteClass, bytes: Uint8Array): boolean {
  return bytes.every((byte) => set[byte] === 1)
}

function runEnd({ set, max }: Run, bytes: Uint8Array, at: number, to: number): number {
  const last = Math.min(to, at + max)
  let end = at
  while (end < last && set[bytes[end]] === 1) end++
  return end
}

/** True when a token may begin at `start`: at the front, behind an escape, or behind a byte that is not in `front`. */
export function beginsAt(bytes: Uint8Array, from: number, start: number, front: Uint8Array): boolean {
  if (start === from || front[bytes[start - 1]] === 0 || afterEscape(bytes, from, start)) return true
  return start - from >= 2 && bytes[start - 2] === 0x5c && ESCAPED[bytes[start - 1]] === 1
}

/** `\n`, `\r`, `\t` as they are written. */
const ESCAPED = setOf('nrt')

function isAt(prefix: Uint8Array, bytes: Uint8Array, start: number, to: number): boolean {
  if (start + prefix.length > to) return false
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false
  return true
}
