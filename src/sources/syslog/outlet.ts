// Gives records to the pipeline for clients who are never answered: it bounds what is not delivered yet, and says what
// was lost. It knows nothing of sockets.
import type { SourceSite } from '../../core/component.ts'
import type { Framed } from '../../net/intake/intake.ts'

export class Outlet {
  private readonly site: SourceSite
  private readonly in_flight_bytes_max: number
  private in_flight_bytes = 0
  /** What waits for room in the pipeline, in its order. */
  private readonly queue: Framed[] = []
  private draining = false
  private readonly watchers: (() => void)[] = []

  constructor(site: SourceSite, in_flight_bytes_max: number) {
    this.site = site
    this.in_flight_bytes_max = in_flight_bytes_max
  }

  get hasRoom(): boolean {
    return this.in_flight_bytes < this.in_flight_bytes_max
  }

  /** Resolves when there is room here and in the pipeline. */
  async room(): Promise<void> {
    while (!this.hasRoom || this.queue.length > 0) await this.change()
    if (!this.site.hasRoom()) await this.site.room()
  }

  /** Resolves when nothing is in flight any more. */
  async idle(): Promise<void> {
    while (this.in_flight_bytes > 0) await this.change()
  }

  add(framed: Framed): void {
    if (framed.ends.length === 0) return
    this.in_flight_bytes += framed.bytes.length
    this.queue.push(framed)
    if (!this.draining) void this.drain()
  }

  private async drain(): Promise<void> {
    this.draining = true
    for (;;) {
      if (!this.site.hasRoom()) await this.site.room()
      const framed = this.queue.shift()
      if (framed === undefined) break
      void this.deliver(framed)
    }
    this.draining = false
    this.changed()
  }

  private async deliver(framed: Framed): Promise<void> {
    try {
      await this.site.deliver({ ...framed, origin: this.site.name })
    } catch {
      const times = framed.ends.length
      this.site.emit('error', 'undelivered', 'Messages were not delivered, and nobody will send them again', { times })
    }
    this.in_flight_bytes -= framed.bytes.length
    this.changed()
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve))
  }

  private changed(): void {
    for (const resolve of this.watchers.splice(0)) resolve()
  }
}
