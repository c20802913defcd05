// How long a client waits for its answer: until its time is over or it has gone away. It answers nobody itself.

export class Patience {
  ended = false
  private timer: NodeJS.Timeout | undefined
  private listener: (() => void) | null = null

  constructor(ms: number) {
    this.timer = setTimeout(() => this.end(), ms)
  }

  /** Idempotent. */
  end(): void {
    this.ended = true
    clearTimeout(this.timer)
    this.listener?.()
    this.listener = null
  }

  /** What `work` resolves with, or null when patience ends before. One at a time. */
  wait<T>(work: Promise<T>): Promise<T | null> {
    if (this.ended) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      this.listener = () => resolve(null)
      work.then(resolve, reject)
    })
  }
}
