// Plain text: a frame is one line and one leaf.
import { Kind, type Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { Step, type Walk, type Wire } from '../core/wire.ts'
import { spliceBytes } from './splice.ts'
import { type Walker, walkerOf } from './walker.ts'

class TextWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private lineEnd = 0
  private done = false
  private paths: Paths | undefined
  private walker!: Walker

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.recordStart = start
    this.recordEnd = end
    let stop = end
    if (stop > start && bytes[stop - 1] === 10) stop--
    if (stop > start && bytes[stop - 1] === 13) stop--
    this.lineEnd = stop
    this.done = stop === start
  }

  /** A line in which nothing can be found has no leaf. */
  next(leaves: Leaves, paths: Paths): number {
    if (this.done) return Step.end
    this.done = true
    if (paths !== this.paths) {
      this.paths = paths
      this.walker = walkerOf(paths)
    }
    if (!this.walker.isQuiet(this.bytes, this.recordStart, this.lineEnd, ROOT)) this.again(leaves)
    return Step.record
  }

  quietFrames(bytes: Uint8Array, ends: Uint32Array, first: number, paths: Paths, root: number): number {
    return walkerOf(paths).runLines(false, bytes, ends, first, root)
  }

  again(leaves: Leaves): void {
    leaves.add(this.recordStart, this.lineEnd, ROOT, Kind.text, this.recordStart, this.recordStart, -1)
  }
}

export const text: Wire = {
  walk: () => new TextWalk(),
  splice: spliceBytes,
  encodeText: (bytes) => bytes,
  marker: (reason, size) => new TextEncoder().encode(`[logveil: ${size} bytes unreadable, ${reason}]\n`),
}
