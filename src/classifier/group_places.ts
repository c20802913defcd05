// Where the groups of a match lie. RE2 tells this too, but what it hands over costs ten times what finding the match
// does. So RE2 says where a match begins, and this file follows the pattern from there as RE2 does: of alternatives the
// first that fits, of runs as much as fits. When it cannot tell, or not soon, RE2 is asked after all.
import { is, UNDERSCORE, WORD } from './checks/bytes.ts'
import { type Edge, mayBeEmpty, NO, type Node, patternTree, UNKNOWN } from './pattern_tree.ts'

export type Group = string | number
export type GroupSpan = readonly [start: number, end: number]

/** Matches what is left of the pattern at `at`; gives the end of the match, or -1. */
type Step = (at: number) => number

type Repeat = Extract<Node, { kind: 'repeat' }>

/** Steps that one match may take; eight bytes of a run count as one. RE2 needs no longer than these do. */
const STEPS_MAX = 1000
/** Parts that a pattern may come to when its repetitions are written out. */
const PARTS_MAX = 4000

export class GroupPlaces {
  /** Starts and ends of the groups that are findings; -1 where one took no part. */
  private readonly bounds: Int32Array
  private readonly wanted: readonly number[]
  private readonly first: Step
  private bytes: Uint8Array = new Uint8Array(0)
  private stepsLeft = 0
  private parts = 0

  private constructor(tree: Node, wanted: readonly number[]) {
    this.wanted = wanted
    this.bounds = new Int32Array(wanted.length * 2)
    this.first = this.step(tree, (at) => at)
  }

  /** Undefined when the pattern is not one that can be followed. */
  static of(pattern: string, ignoreCase: boolean, groups: readonly Group[], byPrefix: boolean) {
    const tree = patternTree(pattern, ignoreCase)
    if (tree === undefined) return undefined
    try {
      return new GroupPlaces(tree, numbersOf(tree, groups, byPrefix))
    } catch (error) {
      if (error instanceof TooManyParts) return undefined
      throw error
    }
  }

  /** End of the match that begins at `at`; -1 when it cannot be told here. */
  follow(bytes: Uint8Array, at: number): number {
    this.bytes = bytes
    this.stepsLeft = STEPS_MAX
    this.bounds.fill(-1)
    const end = this.first(at)
    return this.stepsLeft > 0 ? end : -1
  }

  /** The findings of the match that was followed, in the order of the text. */
  spans(): readonly GroupSpan[] {
    return inOrder(this.wanted.map((_, i) => [this.bounds[i * 2], this.bounds[i * 2 + 1]] as const))
  }

  /** `next` matches what comes behind the node. */
  private step(node: Node, next: Step): Step {
    if (++this.parts > PARTS_MAX) throw new TooManyParts()
    switch (node.kind) {
      case 'set':
        return this.sets([node.set], next)
      case 'row':
        return this.row(node.parts, next)
      case 'choice':
        return this.choice(
          node.options.map((option) => this.step(option, next)),
          node.options.map(beginnings),
        )
      case 'group':
        return this.group(this.wanted.indexOf(node.number), node.part, next)
      case 'repeat':
        if (node.part.kind === 'set') return this.run(node.part.set, node, next)
        return this.repeat(node, next)
      case 'edge':
        return this.edge(node.edge, next)
    }
  }

  private row(parts: readonly Node[], next: Step): Step {
    let step = next
    for (let i = parts.length; i > 0; ) {
      let front = i
      while (front > 0 && parts[front - 1].kind === 'set') front--
      if (front < i) {
        step = this.sets(
          parts.slice(front, i).flatMap((part) => (part.kind === 'set' ? [part.set] : [])),
          step,
        )
        i = front
      } else {
        i--
        step = this.step(parts[i], step)
      }
    }
    return step
  }

  private sets(sets: readonly Uint8Array[], next: Step): Step {
    const { length } = sets
    return (at) => {
      const { bytes } = this
      if (--this.stepsLeft < 0 || at + length > bytes.length) return -1
      for (let i = 0; i < length; i++) {
        const is = sets[i][bytes[at + i]]
        if (is === NO) return -1
        if (is === UNKNOWN) return this.giveUp()
      }
      return next(at + length)
    }
  }

  /** `firsts` say which bytes an option may begin with, so that most are not tried; undefined: it may be empty. */
  private choice(options: readonly Step[], firsts: readonly (Uint8Array | undefined)[]): Step {
    return (at) => {
      if (--this.stepsLeft < 0) return -1
      for (let i = 0; i < options.length; i++) {
        if (firsts[i]?.[this.bytes[at]] === NO) continue
        const end = options[i](at)
        if (end >= 0) return end
      }
      return -1
    }
  }

  private group(wanted: number, part: Node, next: Step): Step {
    if (wanted < 0) return this.step(part, next)
    const { bounds } = this
    const marked =
      (place: number, step: Step): Step =>
      (at) => {
        const before = bounds[place]
        bounds[place] = at
        const end = step(at)
        if (end < 0) bounds[place] = before
        return end
      }
    return marked(wanted * 2, this.step(part, marked(wanted * 2 + 1, next)))
  }

  private run(set: Uint8Array, { min, max, lazy }: Repeat, next: Step): Step {
    if (lazy) return this.lazyRun(set, min, max, next)
    return (at) => {
      const { bytes } = this
      const last = Math.min(bytes.length, at + max)
      let end = at
      while (end < last) {
        const is = set[bytes[end]]
        if (is === NO) break
        if (is === UNKNOWN) return this.giveUp()
        end++
      }
      this.stepsLeft -= 1 + ((end - at) >> 3)
      for (const least = at + min; end >= least && this.stepsLeft >= 0; end--) {
        const found = next(end)
        if (found >= 0) return found
      }
      return -1
    }
  }

  private lazyRun(set: Uint8Array, min: number, max: number, next: Step): Step {
    return (at) => {
      const { bytes } = this
      const last = Math.min(bytes.length, at + max)
      for (let end = at; --this.stepsLeft >= 0; end++) {
        if (end >= at + min) {
          const found = next(end)
          if (found >= 0) return found
        }
        if (end >= last) return -1
        const is = set[bytes[end]]
        if (is === NO) return -1
        if (is === UNKNOWN) return this.giveUp()
      }
      return -1
    }
  }

  /** What comes at least so often is written out, and so is what has a most. */
  private repeat({ part, min, max, lazy }: Repeat, next: Step): Step {
    let step = next
    if (max === Number.POSITIVE_INFINITY) {
      const again: Step = (at) => either(at)
      const either = this.optional(this.step(part, again), next, lazy)
      step = either
    } else for (let i = min; i < max; i++) step = this.optional(this.step(part, step), next, lazy)
    for (let i = 0; i < min; i++) step = this.step(part, step)
    return step
  }

  private optional(taken: Step, left: Step, lazy: boolean): Step {
    return lazy ? this.choice([left, taken], []) : this.choice([taken, left], [])
  }

  private edge(edge: Edge, next: Step): Step {
    return (at) => (--this.stepsLeft >= 0 && isEdge(edge, this.bytes, at) ? next(at) : -1)
  }

  private giveUp(): number {
    this.stepsLeft = -1
    return -1
  }
}

/** Those that took part and are not empty. */
export function inOrder(spans: readonly (GroupSpan | undefined)[]): readonly GroupSpan[] {
  const taken = spans.filter((span) => span !== undefined && span[1] > span[0]) as GroupSpan[]
  return taken.length < 2 ? taken : taken.sort((a, b) => a[0] - b[0] || a[1] - b[1])
}

class TooManyParts extends Error {}

/** Numbers of the groups that are findings. `byPrefix`: those whose names begin with the one given. */
function numbersOf(tree: Node, groups: readonly Group[], byPrefix: boolean): number[] {
  const isWanted = ({ number, name }: Extract<Node, { kind: 'group' }>): boolean =>
    groups.some((one) => one === number || one === name || (byPrefix && name?.startsWith(String(one))))
  return groupsIn(tree).flatMap((group) => (isWanted(group) ? [group.number] : []))
}

function groupsIn(node: Node): Extract<Node, { kind: 'group' }>[] {
  switch (node.kind) {
    case 'row':
      return node.parts.flatMap(groupsIn)
    case 'choice':
      return node.options.flatMap(groupsIn)
    case 'group':
      return [node, ...groupsIn(node.part)]
    case 'repeat':
      return groupsIn(node.part)
    default:
      return []
  }
}

/** Bytes that a match of the node may begin with; undefined: any. */
function beginnings(node: Node): Uint8Array | undefined {
  if (mayBeEmpty(node)) return undefined
  switch (node.kind) {
    case 'set':
      return node.set
    case 'row':
      return beginnings(node.parts[0])
    case 'choice':
      return united(node.options.map(beginnings))
    case 'edge':
      return undefined
    default:
      return beginnings(node.part)
  }
}

function united(sets: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  if (sets.includes(undefined)) return undefined
  return new Uint8Array(256).map((_, byte) => Math.max(...sets.map((set) => set?.[byte] ?? NO)))
}

function isEdge(edge: Edge, bytes: Uint8Array, at: number): boolean {
  if (edge === '^') return at === 0
  if (edge === '$') return at === bytes.length
  const isInside = isWordByte(bytes, at - 1) === isWordByte(bytes, at)
  return isInside === (edge === 'B')
}

function isWordByte(bytes: Uint8Array, at: number): boolean {
  return at >= 0 && at < bytes.length && (is(bytes[at], WORD) || bytes[at] === UNDERSCORE)
}
