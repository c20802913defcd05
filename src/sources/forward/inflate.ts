// Decompresses for all connections of a source, a few at a time, so that many clients together take no more memory
// than a few of the largest chunks.
import type { SourceSite } from '../../core/component.ts'
import { type Compression, decompress } from '../../net/compression.ts'
import { Turns } from '../../net/turns.ts'

/** As many as Node has threads for it by default. */
const RUNNING_MAX = 4

export class Inflate {
  private readonly site: SourceSite
  private readonly bytes_max: number
  private readonly turns = new Turns(RUNNING_MAX)

  constructor(site: SourceSite, bytes_max: number) {
    this.site = site
    this.bytes_max = bytes_max
  }

  /** The events, once it is their turn and the pipeline has room; null when they can not be had. Never rejects. */
  run(compression: Compression, events: Uint8Array, isGone: () => boolean): Promise<Uint8Array | null> {
    return this.turns.take(async () => {
      if (!this.site.hasRoom()) await this.site.room()
      if (isGone()) return null
      const inflated = await decompress(compression, events, this.bytes_max)
      return typeof inflated === 'string' ? null : inflated
    })
  }
}
