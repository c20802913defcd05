// Runs of records in which nothing is found, or only what is counted: the walkers walk and count them by themselves.
// This file knows what the records of each node are, and tells the tally. It looks into none of them.
import type { Classifier } from '../classifier/compile.ts'
import type { Finding } from '../classifier/overlap.ts'
import type { Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import type { Walk } from '../core/wire.ts'
import { NO_NODE, type Walker } from '../wire/walker.ts'
import { type Named, NOBODY } from './service.ts'
import type { Counted, Tally } from './tally.ts'

interface Node {
  readonly named: Named
  readonly found: readonly Counted[]
}

const NOTHING: readonly Counted[] = []

export class Quiet {
  private readonly tally: Tally
  private readonly classifier: Classifier
  private walker!: Walker
  /** By node: whose its records are, and what is in each of them. */
  private nodes: Node[] = []
  /** Nodes of what stands around records, by the service that it names; nearly always one each. */
  private readonly roots = new Map<string, number[]>()
  private around: Named = NOBODY
  private root = NO_NODE

  constructor(tally: Tally, classifier: Classifier) {
    this.tally = tally
    this.classifier = classifier
  }

  /** True for formats whose records can be left out. */
  static knows(walk: Walk): boolean {
    return walk.quietFrames !== undefined || walk.quietRecords !== undefined
  }

  /** Begins a pass over a batch. */
  begin(walker: Walker): void {
    if (walker === this.walker && walker.hasRoomForNames) return
    walker.forgetNames()
    this.walker = walker
    this.nodes = []
    this.roots.clear()
    this.root = NO_NODE
  }

  /** Counts frames from number `first` on; the number of the first one that is to be looked at. */
  frames(walk: Walk, bytes: Uint8Array, ends: Uint32Array, first: number, paths: Paths): number {
    const root = this.rootOf(NOBODY)
    if (walk.quietFrames === undefined || root === NO_NODE) return first
    const stopped = walk.quietFrames(bytes, ends, first, paths, root)
    this.count()
    return stopped
  }

  /** Counts the next records of a frame; `around` names whose they are unless they say better. */
  records(walk: Walk, around: Named, paths: Paths): void {
    const root = this.rootOf(around)
    if (walk.quietRecords === undefined || root === NO_NODE) return
    walk.quietRecords(paths, root)
    this.count()
  }

  /**
   * The record that was walked last is `named`, and all that was found in it is `found`. Its `count` leaves may be
   * names, and texts with addresses: then others like it are only counted.
   */
  learn(named: Named, count: number, found: readonly Finding[], leaves: Leaves): void {
    if (this.root === NO_NODE) return
    const node = this.walker.learnNames(this.root, count, found.length)
    if (node === NO_NODE) return
    const counted = found.map(({ leaf, rule: index, confidence }) => {
      return { index, rule: this.classifier.rules[index].rule, confidence, path: leaves.path[leaf] }
    })
    this.nodes[node] = { named, found: counted }
  }

  private count(): void {
    this.walker.takeCounts((node, records) => {
      const { named, found } = this.nodes[node]
      this.tally.alike(named, records, found)
    })
  }

  private rootOf(around: Named): number {
    if (this.root !== NO_NODE && isSame(around, this.around)) return this.root
    const known = this.roots.get(around.service)
    let root = known?.find((node) => isSame(this.nodes[node].named, around))
    if (root === undefined) {
      root = this.walker.newRoot()
      if (root === NO_NODE) return NO_NODE
      this.nodes[root] = { named: around, found: NOTHING }
      if (known === undefined) this.roots.set(around.service, [root])
      else known.push(root)
    }
    this.around = around
    this.root = root
    return root
  }
}

/** Whether a record's own names make the same of it. */
function isSame(one: Named, other: Named): boolean {
  if (one === other) return true
  const isOne = one.service === other.service && one.rank === other.rank
  return isOne && isSamePart(one.namespace, other.namespace) && isSamePart(one.environment, other.environment)
}

function isSamePart(one: Named['namespace'], other: Named['namespace']): boolean {
  return one === other || (one?.name === other?.name && one?.rank === other?.rank)
}
