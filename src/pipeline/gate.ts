// Owns the count of bytes in flight: it says when sources may read on. It holds no bytes itself and refuses nothing;
// the overshoot is what sources have already read when it closes.

/** What a batch costs besides its bytes: promises, objects, map entries. A flood of tiny batches is bounded by it. */
export const BATCH_OVERHEAD_BYTES = 1024

export class Gate {
  #bytes_max: number
  #used_bytes = 0
  #waiting: (() => void)[] = []
  #waking = false
  #closed = false

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max
  }

  /** From now on there is so much room. */
  resize(bytes_max: number): void {
    this.#bytes_max = bytes_max
    this.#wake()
  }

  get used_bytes(): number {
    return this.#used_bytes
  }

  hasRoom(): boolean {
    return this.#closed || this.#used_bytes < this.#bytes_max
  }

  room(): Promise<void> {
    if (this.hasRoom()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  take(bytes: number): void {
    this.#used_bytes += bytes
  }

  give(bytes: number): void {
    this.#used_bytes -= bytes
    this.#wake()
  }

  /** Lets every waiting source go on, for it has to see that the pipeline stops. */
  close(): void {
    this.#closed = true
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  // One source a turn of the loop: the first one woken may use up the room before the next one is asked.
  #wake(): void {
    if (this.#waking || this.#waiting.length === 0 || !this.hasRoom()) return
    this.#waking = true
    this.#waiting.shift()?.()
    setImmediate(() => {
      this.#waking = false
      this.#wake()
    })
  }
}
