// Remembers, for each path, the last value in which nothing can be found. Logs repeat themselves (levels, names, hosts,
// user agents): to compare bytes is much cheaper than to look at them again. It holds offsets, and only for one batch.
import { grownInts } from '../core/growable.ts'

export class Repeats {
  private batch = 0
  /** Batch in which the offsets of a path were set. */
  private stamps = new Int32Array(1024)
  private starts = new Int32Array(1024)
  private ends = new Int32Array(1024)

  /** Forgets all: offsets of one batch mean nothing in another. */
  nextBatch(): void {
    this.batch++
  }

  /** True when [start, end) has the bytes of the last clean value at `path`. */
  isClean(path: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (path >= this.stamps.length || this.stamps[path] !== this.batch) return false
    const from = this.starts[path]
    const length = end - start
    if (this.ends[path] - from !== length) return false
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[start + i]) return false
    return true
  }

  /** `[start, end)` at `path` was looked at, and no rule of any scope can find anything in it. */
  wasClean(path: number, start: number, end: number): void {
    if (path >= this.stamps.length) {
      this.stamps = grownInts(this.stamps, path + 1)
      this.starts = grownInts(this.starts, path + 1)
      this.ends = grownInts(this.ends, path + 1)
    }
    this.stamps[path] = this.batch
    this.starts[path] = start
    this.ends[path] = end
  }
}
