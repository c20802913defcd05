// Follows a pattern from one place in a text as RE2 does: of alternatives the first that fits, of runs as much as fits.
// It looks for no place itself, and says so when it cannot tell, or not soon.
import { is, UNDERSCORE, WORD } from './checks/bytes.ts'
import { type Edge, mayBeEmpty, NO, type Node, UNKNOWN } from './pattern_tree.ts'

/** Matches what is left of the pattern at `at`; gives the end of the match, or -1. */
type Step = (at: number) => number

type Repeat = Extract<Node, { kind: 'repeat' }>

/** Parts that a pattern may come to when its repetitions are written out. */
const PARTS_MAX = 4000

/** More than any match takes of which it is known that it does not take long. */
const STEPS_ENOUGH = 2 ** 30

/** True when a match may end at `at`. */
type Ending = (bytes: Uint8Array, at: number, to: number) => boolean

class TooManyParts extends Error {}

export class Follower {
  /** Starts and ends of the groups that were asked for, by their numbers; -1 where one took no part. */
  readonly bounds: Int32Array
  private readonly wanted: readonly number[]
  private readonly first: Step
  private bytes: Uint8Array = new Uint8Array(0)
  private to = 0
  private stepsLeft = 0
  private parts = 0

  private constructor(tree: Node, wanted: readonly number[], mayEnd?: Ending) {
    this.wanted = wanted
    this.bounds = new Int32Array(wanted.length * 2)
    this.first = this.step(tree, mayEnd ? (at) => (mayEnd(this.bytes, at, this.to) ? at : -1) : (at) => at)
  }

  /** Undefined when the pattern is too large. */
  static of(tree: Node, wanted: readonly number[], mayEnd?: Ending): Follower | undefined {
    try {
      return new Follower(tree, wanted, mayEnd)
    } catch (error) {
      if (error instanceof TooManyParts) return undefined
      throw error
    }
  }

  /** End of the match that begins at `at` in the text [0, to), or -1. Eight bytes of a run count as one step. */
  follow(bytes: Uint8Array, at: number, to: number, steps = STEPS_ENOUGH): number {
    this.bytes = bytes
    this.to = to
    this.stepsLeft = steps
    this.bounds.fill(-1)
    const end = this.first(at)
    return this.stepsLeft < 0 ? -1 : end
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
      if (--this.stepsLeft < 0 || at + length > this.to) return -1
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
      const last = Math.min(this.to, at + max)
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
      const last = Math.min(this.to, at + max)
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
    return (at) => (--this.stepsLeft >= 0 && isEdge(edge, this.bytes, at, this.to) ? next(at) : -1)
  }

  private giveUp(): number {
    this.stepsLeft = -1
    return -1
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

function isEdge(edge: Edge, bytes: Uint8Array, at: number, to: number): boolean {
  if (edge === '^') return at === 0
  if (edge === '$') return at === to
  const isInside = isWordByte(bytes, at - 1, to) === isWordByte(bytes, at, to)
  return isInside === (edge === 'B')
}

function isWordByte(bytes: Uint8Array, at: number, to: number): boolean {
  return at >= 0 && at < to && (is(bytes[at], WORD) || bytes[at] === UNDERSCORE)
}
