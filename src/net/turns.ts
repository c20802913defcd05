// Lets a few at a time do what takes memory or threads; the others wait in the order in which they came.

export class Turns {
  private running = 0
  private readonly running_max: number
  private readonly waiting: (() => void)[] = []

  constructor(running_max: number) {
    this.running_max = running_max
  }

  /** What `work` gives, once it is its turn. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.running_max) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.running++
    try {
      return await work()
    } finally {
      // The turn goes to the next one without being given back, so that nobody slips in between.
      const next = this.waiting.shift()
      if (next) next()
      else this.running--
    }
  }
}
