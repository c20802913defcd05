// What spans records: private keys that are logged line by line, and lines that were cut in pieces. To the findings of
// a record it adds those that come of what is around it. It redacts nothing and holds no record beyond the batch; what
// is open at the batch's end is handed on as a Carry.
import type { Classifier } from '../classifier/compile.ts'
import type { Finding } from '../classifier/overlap.ts'
import { Kind, type Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import { Step, type Walk } from '../core/wire.ts'
import { criFlag, criStream, criText, isPieceFlag } from '../wire/cri.ts'
import type { Views } from '../wire/views.ts'
import type { Behind } from './across/behind.ts'
import { Blocks, type LineText } from './across/blocks.ts'
import { Owner } from './across/cut_line.ts'
import { type Alone, type Extra, isDockerPiece, type Look, Pieces, type Redact } from './across/pieces.ts'
import { type Place, Streams, saysYes } from './across/streams.ts'
import type { Around, Carry } from './types.ts'

/** A time, a stream and a flag are at least so long. */
const CUT_BYTES_MIN = 29

const NO_EXTRAS: ReadonlyMap<number, readonly Extra[]> = new Map()

export class Across {
  /** True while something is open: then every record has to be shown. */
  engaged = false
  /** True while a record has to be shown with all of its texts, clean as they may be. */
  seesAll = false
  private readonly leaves: Leaves
  private readonly views: Views
  private readonly blocks: Blocks
  private readonly pieces: Pieces
  private readonly streams = new Streams()
  private paths!: Paths
  private around!: Around
  /** Names of paths, by path. */
  private names: string[] = []
  /** The record at hand may go on in the next one. */
  isCut = false
  /** The batch is inspected for the second time, with what was found in lines that were put together. */
  private isSecond = false
  /** What was found in lines that were put together, by record. */
  private extras = NO_EXTRAS

  constructor(classifier: Classifier, leaves: Leaves, views: Views, redact: Redact) {
    this.leaves = leaves
    this.views = views
    this.blocks = new Blocks(classifier)
    this.pieces = new Pieces(redact)
  }

  /** Begins a batch. */
  begin(around: Around, paths: Paths): void {
    if (paths !== this.paths) this.names = []
    this.paths = paths
    this.around = around
    this.extras = NO_EXTRAS
    this.isSecond = false
    this.streams.nextBatch()
    this.pieces.begin(around.carry?.lines ?? [], around.now_ms)
    this.pass()
  }

  /** True when lines of this batch were cut, so that they have to be put together. */
  get hasPieces(): boolean {
    return this.pieces.hasOwn
  }

  /**
   * Puts the lines of the batch together, with what is found of them in the frames behind it. Says what is to be done:
   * `again` when something was found that spans records, so that the batch has to be inspected once more; `wait` when
   * more has to come first.
   */
  join(behind: Behind, look: Look): 'done' | 'again' | 'wait' {
    const { pieces, streams } = this
    const isFinal = this.around.isFinal ?? false
    while (pieces.isWanting) {
      const walk = behind.next()
      if (walk === undefined) break
      for (let step = 1; step > 0 && pieces.isWanting; ) {
        step = streams.next(walk, behind)
        if (step === Step.group) behind.group(walk)
        if (step === Step.record) pieces.take(streams, behind.bytes, Owner.next, '', NOT_ALONE)
      }
    }
    if (pieces.isWanting && !isFinal) return 'wait'
    this.extras = pieces.join(look, isFinal)
    if (this.extras.size === 0) return 'done'
    this.isSecond = true
    this.pass()
    return 'again'
  }

  /** What the batch leaves open; undefined when it is nothing. */
  carry(): Carry | undefined {
    const blocks = this.blocks.carry()
    const lines = this.pieces.carry()
    return blocks.length === 0 && lines.length === 0 ? undefined : { blocks, lines }
  }

  /** Notes whether the text of a leaf says that the line goes on in the next record, or looks as if it did. */
  glance(bytes: Uint8Array, start: number, end: number, isFlag: boolean): void {
    if (end - start < CUT_BYTES_MIN && !isFlag) return
    if (isFlag ? saysYes(bytes, start, end) : looksCut(bytes, start, end)) this.isCut = true
  }

  /** True when the record with these findings has to be shown. */
  concerns(found: readonly Finding[]): boolean {
    return this.engaged || this.isCut || (found.length > 0 && this.blocks.opens(found))
  }

  /** The same for a record that could not be inspected. */
  concernsLost(walk: Walk, bytes: Uint8Array): boolean {
    return this.engaged || this.isCut || this.blocks.mayBegin(bytes, walk.recordStart, walk.recordEnd)
  }

  /**
   * The findings of the record that `walk` found last, with those that come of what is around it. Of one that `isLost`
   * only what it leaves open is of use.
   */
  look(found: readonly Finding[], walk: Walk, place: Place, service: string, isLost: boolean): Finding[] {
    const { blocks, leaves, pieces, streams } = this
    const record = walk.recordStart
    this.isCut = false
    streams.again(walk, place)
    if (!this.isSecond) pieces.take(streams, place.bytes, record, service, (head) => this.alone(found, head))
    const all = this.withExtras(found, record)
    if (isLost || blocks.count > 0 || blocks.opens(all)) {
      const before = all.slice()
      const cutHead = pieces.cutHead(record)
      for (let leaf = 0; leaf < leaves.count; leaf++) {
        if (leaves.kind[leaf] !== Kind.text || this.views.layers.has(leaf)) continue
        const line = this.lineOf(leaf, place, cutHead)
        blocks.read(line, all, this.around.now_ms)
        if (isLost) blocks.suspect(line, this.around.now_ms)
        else blocks.look(line, before, this.around.now_ms)
      }
    }
    this.engage()
    return all
  }

  private pass(): void {
    this.isCut = false
    this.blocks.begin(this.around.carry?.blocks ?? [])
    this.engage()
  }

  private engage(): void {
    this.seesAll = this.isSecond || this.blocks.count > 0
    this.engaged = this.seesAll || this.pieces.isOpen
  }

  private lineOf(leaf: number, place: Place, cutHead: number): LineText {
    const { leaves } = this
    const bytes = leaves.view[leaf] === 1 ? this.views.bytes : place.bytes
    const [start, end] = [leaves.start[leaf], leaves.end[leaf]]
    const stream = `${this.streams.name}\n${this.nameOf(leaves.path[leaf])}`
    const isPiece = leaves.depth[leaf] === 0 && leaves.head[leaf] === cutHead
    const flag = criFlag(bytes, start, end)
    if (flag < 0) return { stream, leaf, bytes, start, end, isPiece }
    return {
      stream: `${stream}\n${criStream(bytes, flag)}`,
      leaf,
      bytes,
      start: criText(bytes, flag, end),
      end,
      isPiece,
    }
  }

  /** The leaf of the wire whose encoding begins at `head`, or -1. */
  private leafAt(head: number): number {
    const { leaves } = this
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.head[leaf] === head && leaves.kind[leaf] === Kind.text && leaves.depth[leaf] === 0) return leaf
    }
    return -1
  }

  private alone(found: readonly Finding[], head: number): Alone {
    const leaf = this.leafAt(head)
    const first = leaf < 0 ? 0 : this.leaves.start[leaf]
    return found
      .filter((one) => one.leaf === leaf)
      .map(({ rule, start, end }) => ({ rule, start: start - first, end: end - first }))
  }

  /** A finding that spans records stands for those that lie within its part. */
  private withExtras(found: readonly Finding[], record: number): Finding[] {
    const extras = this.extras.get(record)
    if (extras === undefined) return [...found]
    const more: Finding[] = []
    for (const { head, start, end, ...extra } of extras) {
      const leaf = this.leafAt(head)
      const first = this.leaves.start[leaf]
      if (leaf >= 0) more.push({ ...extra, leaf, start: first + start, end: first + end })
    }
    const isWithin = (one: Finding) =>
      more.some(({ leaf, start, end, part }) => part && one.leaf === leaf && one.start >= start && one.end <= end)
    return [...more, ...found.filter((one) => !isWithin(one))]
  }

  private nameOf(path: number): string {
    this.names[path] ??= this.paths.render(path)
    return this.names[path]
  }
}

const NOT_ALONE = () => []

function looksCut(bytes: Uint8Array, start: number, end: number): boolean {
  if (isDockerPiece(bytes, start, end)) return true
  const flag = criFlag(bytes, start, end)
  return flag >= 0 && isPieceFlag(bytes[flag])
}
