// The `forward` sink: sends chunks to Fluent Bit, fluentd or another logveil, and resolves with their acks. A batch
// becomes chunks in forward/chunks.ts, they travel over forward/lanes.ts; here it is remembered which ones of a batch
// have arrived, so that its retry sends only the others.
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { unlessAborted } from '../core/abort.ts'
import type { Batch, Format } from '../core/batch.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { formatAddress } from '../net/address.ts'
import { HalfSent } from '../net/half_sent.ts'
import { Sends } from '../net/sends.ts'
import { loadClientTls } from '../net/tls.ts'
import { type Chunk, chunksOf, envelope } from './forward/chunks.ts'
import { Lanes } from './forward/lanes.ts'
import { type ForwardSettings, forwardSettings } from './forward/settings.ts'

export const forward: SinkSpec<ForwardSettings> = {
  type: 'forward',
  summary: 'Sends records to Fluent Bit, fluentd or another logveil (Fluent Forward protocol v1, v1.5), with acks',
  settings: forwardSettings,
  example: { server: '127.0.0.1:24225', compress: 'gzip' },
  create: (settings, site) => new ForwardSink(settings, site),
}

const compress = promisify(gzip)

class ForwardSink implements Sink {
  readonly accepts: readonly Format[] = ['msgpack']
  /** The name of a chunk, without which nobody can acknowledge it, goes out behind its last byte. */
  readonly lets_go = true
  private readonly settings: ForwardSettings
  private readonly site: Site
  /** Chunks that have arrived of batches of which others have not. */
  private readonly halfSent = new HalfSent<Set<string>>()
  private readonly sends = new Sends()
  private lanes: Lanes | null = null
  private closed = false

  constructor(settings: ForwardSettings, site: Site) {
    this.settings = settings
    this.site = site
  }

  /** Does not dial: a server that is down now may be up when there is something to send. */
  async start(): Promise<void> {
    const tls = this.settings.tls === undefined ? null : await loadClientTls(this.settings.tls)
    this.lanes = new Lanes(this.settings, tls, (name, address, reason) => {
      const server = formatAddress(address)
      if (name === 'connected') this.site.emit('info', name, 'Connected to a forward server', { server })
      else this.site.emit('warn', name, 'A forward server can not be reached', { server, reason })
    })
  }

  send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    return this.sends.begin(signal, () => this.sendChunks(batch, id, signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    // Sends that are still under way fail by it.
    this.lanes?.close()
    await this.sends.settled()
  }

  private async sendChunks(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { lanes } = this
    if (this.closed || lanes === null) throw new SinkError('SINK_CLOSED', 'forward', false)
    const arrived = this.halfSent.get(id) ?? new Set()
    const missing = chunksOf(batch, id, this.settings).filter((chunk) => !arrived.has(chunk.id))
    const results = await unlessAborted(
      Promise.allSettled(
        missing.map(async (chunk) => {
          const parts = await this.encode(chunk)
          await lanes.send(parts, chunk.id, signal)
          arrived.add(chunk.id)
          // Kept from the first ack on: an attempt that is given up may still be acknowledged later.
          if (missing.length > 1) this.halfSent.keep(id, arrived)
        }),
      ),
      signal,
      // What is under way goes on, and its acks still count.
      () => new SinkError('SINK_TIMEOUT', 'given up before the ack', true),
    )
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    this.halfSent.forget(id)
  }

  private async encode(chunk: Chunk): Promise<Uint8Array[]> {
    const { require_ack } = this.settings
    if (this.settings.compress === 'none') {
      const [head, tail] = envelope(chunk, chunk.bytes, require_ack, false)
      return [head, ...chunk.parts, tail]
    }
    // The lowest level: logs shrink to a tenth with it, and the others cost several times as much.
    const packed = await compress(Buffer.concat(chunk.parts), { level: constants.Z_BEST_SPEED })
    const [head, tail] = envelope(chunk, packed.length, require_ack, true)
    return [head, packed, tail]
  }
}
