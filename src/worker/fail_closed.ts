// What becomes of a record that could not be inspected: every leaf of it is masked, a marker stands for it, or it is
// dropped, as the policy says. In observe mode it is only counted.
import type { Format } from '../core/batch.ts'
import type { FailReason } from '../core/counts.ts'
import { DROPPED, type Edits } from '../core/edits.ts'
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { Paths } from '../core/paths.ts'
import type { Policy } from '../core/policy.ts'
import { Step, type Walk } from '../core/wire.ts'
import { mask } from '../redactor/actions/mask.ts'
import type { Planner, Redaction } from '../redactor/plan.ts'
import { wires } from '../wire/index.ts'
import type { Views } from '../wire/views.ts'
import type { Tally } from './tally.ts'
import type { Texts } from './texts.ts'

const NOTHING = new Uint8Array(0)

export const maskAll = mask.create({ keep_first: 0, keep_last: 0, char: '*' }, {} as never, undefined)

export class FailClosed {
  private readonly policy: Policy
  private readonly leaves: Leaves
  private readonly views: Views
  private readonly texts: Texts
  private readonly edits: Edits
  private readonly tally: Tally
  /** Nothing is known of them, so that everything is reported. */
  private paths = new Paths()

  constructor(policy: Policy, leaves: Leaves, views: Views, texts: Texts, edits: Edits, tally: Tally) {
    this.policy = policy
    this.leaves = leaves
    this.views = views
    this.texts = texts
    this.edits = edits
    this.tally = tally
  }

  /** What is remembered by its place lies in a batch that is over. */
  nextBatch(): void {
    this.paths.forgetValues()
  }

  /** The record that `walk` found last was walked but not inspected. */
  record(walk: Walk, step: number, reason: FailReason, format: Format, bytes: Uint8Array, planner: Planner): void {
    this.tally.failed(reason)
    if (this.policy.mode === 'observe') return
    const { leaves } = this
    const drops = this.policy.on_error === 'drop'
    if (!drops) this.walkAgain(walk, bytes)
    if (step === Step.record && (drops || leaves.count > LIMITS.masked_leaves_max)) {
      const { recordStart, recordEnd } = walk
      if (drops) this.tally.dropped()
      const marker = wires[format].marker(reason, recordEnd - recordStart, 'record')
      this.edits.add(recordStart, recordEnd, drops ? DROPPED : -1, drops ? NOTHING : marker)
      return
    }
    if (drops) this.walkAgain(walk, bytes)
    const redactions: Redaction[] = []
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] === Kind.nothing || leaves.start[leaf] === leaves.end[leaf]) continue
      redactions.push(this.wholeLeaf(leaf))
    }
    planner.plan(bytes, leaves, redactions, this.edits)
  }

  /** What `walk` failed at can not be walked: a marker stands for it, or it goes. */
  unreadable(walk: Walk, isFrame: boolean, reason: FailReason, format: Format): void {
    this.tally.failed(reason)
    if (this.policy.mode === 'observe') return
    const { recordStart, recordEnd, place = 'record' } = walk
    if (isFrame) this.edits.rewind(recordStart)
    const marker = wires[format].marker(reason, recordEnd - recordStart, isFrame ? 'frame' : place)
    const drops = this.policy.on_error === 'drop'
    if (drops) this.tally.dropped()
    this.edits.add(recordStart, recordEnd, drops ? DROPPED : -1, drops ? NOTHING : marker)
  }

  wholeLeaf(leaf: number): Redaction {
    const { start, end } = this.leaves
    return { leaf, start: start[leaf], end: end[leaf], action: maskAll, whole: true }
  }

  /** Opens every leaf of the record, also those in which nothing was to be found and that were not reported. */
  private walkAgain(walk: Walk, bytes: Uint8Array): void {
    if (this.paths.full) this.paths = new Paths()
    this.leaves.reset()
    this.views.clear()
    walk.again(this.leaves, this.paths)
    for (let leaf = 0; leaf < this.leaves.count; leaf++) this.texts.open(bytes, this.leaves, leaf, this.paths, 1)
  }
}
