// Remembers values in which nothing can be found. Logs repeat themselves (levels, hosts, pods, user agents): to compare
// bytes is much cheaper than to look at them again. It holds offsets into one batch, and forgets them with it.

/** One value a slot; a later one takes the slot of an earlier one. */
const SLOTS = 4096

export class Repeats {
  private batch = 0
  /** Batch in which a slot was set. */
  private readonly stamps = new Int32Array(SLOTS)
  private readonly paths = new Int32Array(SLOTS)
  private readonly starts = new Int32Array(SLOTS)
  private readonly lengths = new Int32Array(SLOTS)

  /** Forgets all: offsets of one batch mean nothing in another. */
  nextBatch(): void {
    this.batch++
  }

  /** True when [start, end) has the bytes of a clean value at `path`. */
  isClean(path: number, bytes: Uint8Array, start: number, end: number): boolean {
    const slot = slotOf(path, bytes, start, end)
    const length = end - start
    if (this.stamps[slot] !== this.batch || this.paths[slot] !== path || this.lengths[slot] !== length) return false
    const from = this.starts[slot]
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[start + i]) return false
    return true
  }

  /** `[start, end)` at `path` was looked at, and no rule of any scope can find anything in it. */
  wasClean(path: number, bytes: Uint8Array, start: number, end: number): void {
    const slot = slotOf(path, bytes, start, end)
    this.stamps[slot] = this.batch
    this.paths[slot] = path
    this.starts[slot] = start
    this.lengths[slot] = end - start
  }
}

/** Told by path, length and two bytes: what repeats differs there often enough. */
function slotOf(path: number, bytes: Uint8Array, start: number, end: number): number {
  const told = (path * 31 + (end - start)) * 31 + bytes[start] * 7 + bytes[end - 1]
  return (Math.imul(told, 0x9e3779b1) >>> 20) & (SLOTS - 1)
}
