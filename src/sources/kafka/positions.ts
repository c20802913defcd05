// Owns what of one partition is under way, and up to where everything of it is delivered: only that may be committed.

interface Entry {
  readonly next: bigint
  isDone: boolean
}

export class Positions {
  private readonly pending: Entry[] = []
  /** Everything before it is delivered, from where it was begun; -1: nothing was taken yet. */
  delivered = -1n
  /** What was committed last. */
  committed = -1n
  /** Behind what was taken last. */
  taken = -1n

  /** What lies from `from` to before `next` is under way. Call what it returns when that is delivered. */
  take(from: bigint, next: bigint): () => void {
    if (this.delivered < 0n) this.delivered = from
    const entry = { next, isDone: false }
    this.pending.push(entry)
    this.taken = next
    return () => {
      entry.isDone = true
      while (this.pending.length > 0 && this.pending[0].isDone) {
        this.delivered = this.pending[0].next
        this.pending.shift()
      }
    }
  }

  get hasNews(): boolean {
    return this.delivered > this.committed
  }
}
