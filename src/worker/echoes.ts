// Values of fields that are not scanned (ids of traces, times), where they stand elsewhere in the same record: there
// they are as harmless, and what a shape or checksum says of them is chance.
import type { Classifier } from '../classifier/compile.ts'
import { isNamed } from '../classifier/fields.ts'
import type { Finding } from '../classifier/overlap.ts'
import { Kind, Leaves } from '../core/leaves.ts'
import { ELEMENT, LONG_KEY, Paths, ROOT } from '../core/paths.ts'
import type { Walk } from '../core/wire.ts'
import { Views } from '../wire/views.ts'
import type { Walker } from '../wire/walker.ts'
import { Texts } from './texts.ts'

/** Records with more findings are walked again at once. */
const SOUGHT_MAX = 8
const UNKNOWN = 0
const SCANNED = 1
const EXCLUDED = 2

/** The record at hand, as the inspector has it. */
interface Inspection {
  readonly bytes: Uint8Array
  readonly leaves: Leaves
  readonly views: Views
  readonly walker: Walker
  textOf(leaf: number): Uint8Array
}

export class Echoes {
  private readonly classifier: Classifier
  private readonly leaves = new Leaves()
  private readonly views = new Views()
  private readonly texts = new Texts(this.views)
  /** Nothing is known of them, so that all values are reported. */
  private paths = new Paths()
  /** By key: one of the three above. */
  private keys = new Map<number, number>()

  constructor(classifier: Classifier) {
    this.classifier = classifier
  }

  /** What is remembered by its place lies in a batch that is over. */
  nextBatch(): void {
    this.paths.forgetValues()
  }

  /** The findings but for those by value whose bytes are all of an excluded field of the record. */
  without(found: Finding[], walk: Walk, record: Inspection): Finding[] {
    if (found.length <= SOUGHT_MAX && !found.some((one) => this.mayEcho(one, walk, record))) return found
    const values = this.excludedValues(walk, record.bytes)
    if (values.size === 0) return found
    const { rules } = this.classifier
    return found.filter(({ leaf, start, end, rule }) => {
      return !(rules[rule].isByValue && values.has(latin1(record.textOf(leaf), start, end)))
    })
  }

  /** False when the record has the bytes of the finding nowhere else. */
  private mayEcho({ leaf, start, end, rule }: Finding, walk: Walk, record: Inspection): boolean {
    if (!this.classifier.rules[rule].isByValue) return false
    const { recordStart, recordEnd } = walk
    const { bytes, leaves, views, walker } = record
    const at = leaves.view[leaf] === 1 ? views.map[start] : start
    const isOnWire = leaves.view[leaf] === 0 || isSame(views.bytes, start, end, bytes, at)
    if (isOnWire) return walker.occursAgain(bytes, recordStart, recordEnd, at, at + end - start)
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset + recordStart, recordEnd - recordStart)
    return whole.indexOf(views.bytes.subarray(start, end)) >= 0
  }

  private excludedValues(walk: Walk, bytes: Uint8Array): Set<string> {
    const { leaves } = this
    if (this.paths.full) {
      this.paths = new Paths()
      this.keys.clear()
    }
    leaves.reset()
    this.views.clear()
    walk.again(leaves, this.paths)
    const values = new Set<string>()
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      this.texts.open(bytes, leaves, leaf, this.paths, 1)
      const kind = leaves.kind[leaf]
      if (kind === Kind.key || kind === Kind.nothing || !this.isExcluded(leaves.path[leaf])) continue
      const text = leaves.view[leaf] === 1 ? this.views.bytes : bytes
      values.add(latin1(text, leaves.start[leaf], leaves.end[leaf]))
    }
    return values
  }

  private isExcluded(path: number): boolean {
    const { paths, keys } = this
    let at = path
    while (at > ROOT && paths.key[at] === ELEMENT) at = paths.parent[at]
    const key = at > ROOT ? paths.key[at] : LONG_KEY
    if (key <= LONG_KEY) return false
    let known = keys.get(key) ?? UNKNOWN
    if (known === UNKNOWN) {
      known = isNamed(paths.keyName(key), this.classifier.excluded) ? EXCLUDED : SCANNED
      keys.set(key, known)
    }
    return known === EXCLUDED
  }
}

function isSame(some: Uint8Array, start: number, end: number, others: Uint8Array, at: number): boolean {
  for (let i = start; i < end; i++) if (some[i] !== others[at + i - start]) return false
  return true
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
