// The requests that wait for room in the pipeline, first come first served. However many wait and give up while a sink
// is down, the pipeline is asked once.
import type { SourceSite } from '../../core/component.ts'
import type { Patience } from './patience.ts'

export class Room {
  private readonly site: SourceSite
  private readonly waiting = new Set<() => void>()
  private asking = false

  constructor(site: SourceSite) {
    this.site = site
  }

  /** True when there is room now; false when patience ended before. */
  async wait(patience: Patience): Promise<boolean> {
    if (this.waiting.size === 0 && this.site.hasRoom()) return !patience.ended
    let come = (): void => {}
    const turn = new Promise<true>((resolve) => {
      come = () => resolve(true)
    })
    this.waiting.add(come)
    void this.ask()
    const came = await patience.wait(turn)
    this.waiting.delete(come)
    return came !== null
  }

  private async ask(): Promise<void> {
    if (this.asking) return
    this.asking = true
    while (this.waiting.size > 0) {
      if (!this.site.hasRoom()) await this.site.room()
      const [first] = this.waiting
      if (first === undefined) break
      this.waiting.delete(first)
      first()
      // Whoever was called may take up the room before the next one is.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.asking = false
  }
}
