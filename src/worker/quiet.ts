// Runs of records in which nothing is found: the walkers walk and count them by themselves. This file knows whose the
// records of each node of names are, and tells the tally. It looks into none of them.
import type { Paths } from '../core/paths.ts'
import type { Walk } from '../core/wire.ts'
import { NO_NODE, type Walker } from '../wire/walker.ts'
import { type Named, NOBODY } from './service.ts'
import type { Tally } from './tally.ts'

export class Quiet {
  private readonly tally: Tally
  private walker!: Walker
  /** By node: whose its records are. */
  private names: Named[] = []
  /** Nodes of what stands around records, by the service that it names; nearly always one each. */
  private readonly roots = new Map<string, number[]>()
  private around: Named = NOBODY
  private root = NO_NODE

  constructor(tally: Tally) {
    this.tally = tally
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
    this.names = []
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

  /** Nothing was found in the record that was walked last: its `count` leaves may be names, which make it `named`. */
  learn(named: Named, count: number): void {
    if (this.root === NO_NODE) return
    const node = this.walker.learnNames(this.root, count)
    if (node !== NO_NODE) this.names[node] = named
  }

  private count(): void {
    this.walker.takeCounts((node, records) => this.tally.quiet(this.names[node], records))
  }

  private rootOf(around: Named): number {
    if (this.root !== NO_NODE && isSame(around, this.around)) return this.root
    const known = this.roots.get(around.service)
    let root = known?.find((node) => isSame(this.names[node], around))
    if (root === undefined) {
      root = this.walker.newRoot()
      if (root === NO_NODE) return NO_NODE
      this.names[root] = around
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
