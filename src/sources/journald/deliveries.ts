// Entries on their way: delivered in order, and the cursor of the last one of them that is delivered with all before
// it. What is delivered is written down by somebody else.
import type { SourceSite } from '../../core/component.ts'
import type { Framed } from '../../net/intake/intake.ts'

interface Delivery {
  readonly cursor: string
  isDone: boolean
}

export class Deliveries {
  /** Up to here everything is delivered. */
  cursor: string | null
  /** One of them failed: what came behind it is to be read again. */
  failed = false
  onFailure = (): void => {}
  private in_flight_bytes = 0
  private readonly pending: Delivery[] = []
  private readonly site: SourceSite
  private readonly bytes_max: number
  private readonly watchers: (() => void)[] = []

  constructor(site: SourceSite, bytes_max: number, cursor: string | null) {
    this.site = site
    this.bytes_max = bytes_max
    this.cursor = cursor
  }

  /** `cursor`: of the last entry in it. */
  async add(framed: Framed, cursor: string): Promise<void> {
    const delivery: Delivery = { cursor, isDone: false }
    this.pending.push(delivery)
    this.in_flight_bytes += framed.bytes.length
    try {
      await this.site.deliver({ ...framed, origin: this.site.name })
      delivery.isDone = true
    } catch {
      this.failed = true
      this.onFailure()
    }
    this.in_flight_bytes -= framed.bytes.length
    while (this.pending[0]?.isDone) this.cursor = this.pending.shift()?.cursor ?? this.cursor
    for (const resolve of this.watchers.splice(0)) resolve()
  }

  /** Resolves when more may be read. */
  async room(): Promise<void> {
    while (this.in_flight_bytes >= this.bytes_max) await this.change()
    if (!this.site.hasRoom()) await this.site.room()
  }

  async idle(): Promise<void> {
    while (this.in_flight_bytes > 0) await this.change()
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve))
  }
}
