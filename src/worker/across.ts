// What spans records: while something is open in a stream (a private key that is logged line by line), it adds to the
// findings of later records what of them belongs to it. It redacts nothing and holds no record beyond the batch; what is
// open at the batch's end is handed on as a Carry.
import type { Classifier } from '../classifier/compile.ts'
import type { Finding } from '../classifier/overlap.ts'
import { Kind, type Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import type { Walk } from '../core/wire.ts'
import type { Views } from '../wire/views.ts'
import { Blocks, type LineText } from './across/blocks.ts'
import { criFlag, criStream, criText, isPieceFlag } from './across/cri.ts'
import { type Place, Streams } from './across/streams.ts'
import type { Around, Carry } from './types.ts'

export class Across {
  /** True while something is open: then every record has to be shown. */
  engaged = false
  private readonly leaves: Leaves
  private readonly views: Views
  private readonly blocks: Blocks
  private readonly streams = new Streams()
  private paths!: Paths
  /** Names of paths, by path. */
  private names: string[] = []
  private now_ms = 0

  constructor(classifier: Classifier, leaves: Leaves, views: Views) {
    this.leaves = leaves
    this.views = views
    this.blocks = new Blocks(classifier)
  }

  /** Begins a batch. */
  begin(around: Around, paths: Paths): void {
    if (paths !== this.paths) this.names = []
    this.paths = paths
    this.now_ms = around.now_ms
    this.blocks.begin(around.carry?.blocks ?? [])
    this.engaged = this.blocks.count > 0
  }

  /** What the batch leaves open; undefined when it is nothing. */
  carry(): Carry | undefined {
    return this.blocks.count === 0 ? undefined : { blocks: this.blocks.carry() }
  }

  /** True when the record with these findings has to be shown. */
  concerns(found: readonly Finding[]): boolean {
    return this.engaged || (found.length > 0 && this.blocks.opens(found))
  }

  /** The findings of the record that `walk` found last, with those that come of what is around it. */
  look(found: readonly Finding[], walk: Walk, place: Place): Finding[] {
    const { leaves } = this
    const all = [...found]
    const stream = this.streams.of(walk, place)
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] !== Kind.text) continue
      const line = this.lineOf(stream, leaf, place)
      if (this.blocks.count > 0) this.blocks.read(line, all, this.now_ms)
      this.blocks.look(line, all, this.now_ms)
    }
    this.engaged = this.blocks.count > 0
    return all
  }

  private lineOf(stream: string, leaf: number, place: Place): LineText {
    const { leaves } = this
    const bytes = leaves.view[leaf] === 1 ? this.views.bytes : place.bytes
    const [start, end, path] = [leaves.start[leaf], leaves.end[leaf], this.nameOf(leaves.path[leaf])]
    const flag = criFlag(bytes, start, end)
    if (flag < 0) return { stream: `${stream}\n${path}`, leaf, bytes, start, end, isPiece: false }
    const name = `${stream}\n${path}\n${criStream(bytes, flag)}`
    return { stream: name, leaf, bytes, start: criText(bytes, flag, end), end, isPiece: isPieceFlag(bytes[flag]) }
  }

  private nameOf(path: number): string {
    this.names[path] ??= this.paths.render(path)
    return this.names[path]
  }
}
