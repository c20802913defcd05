// The `otlp` sink: sends records to an OpenTelemetry Collector, another logveil or any other receiver of OTLP, over
// gRPC or HTTP. A batch becomes requests in otlp/requests.ts; otlp/progress.ts remembers which ones were taken, so
// that the retry of a batch sends only the others.
import type { Batch, Format } from '../core/batch.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { HalfSent } from '../net/half_sent.ts'
import { Unacceptable } from '../net/http_verdict.ts'
import { Sends } from '../net/sends.ts'
import { type Exchange, readResponse } from './otlp/exchange.ts'
import { grpcExchange } from './otlp/grpc.ts'
import { httpExchange } from './otlp/http.ts'
import { Progress } from './otlp/progress.ts'
import { type OtlpSettings, otlpSettings } from './otlp/settings.ts'

export const otlp: SinkSpec<OtlpSettings> = {
  type: 'otlp',
  summary: 'Sends records to an OpenTelemetry Collector, another logveil or any other receiver of OTLP (gRPC, HTTP)',
  settings: otlpSettings,
  example: { endpoint: 'http://127.0.0.1:4317' },
  create: (settings, site) => new OtlpSink(settings, site),
}

class OtlpSink implements Sink {
  readonly accepts: readonly Format[] = ['otlp']
  private readonly settings: OtlpSettings
  private readonly site: Site
  /** Of batches that will be tried again. */
  private readonly halfSent = new HalfSent<Progress>()
  private readonly sends = new Sends()
  private exchange: Exchange | null = null
  private closed = false

  constructor(settings: OtlpSettings, site: Site) {
    this.settings = settings
    this.site = site
  }

  /** Does not dial: a receiver that is down now may be up when there is something to send. */
  async start(): Promise<void> {
    this.exchange = await (this.settings.protocol === 'grpc' ? grpcExchange : httpExchange)(this.settings)
  }

  send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    return this.sends.begin(signal, () => this.sendRequests(batch, id, signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    // Sends that are still under way fail by it.
    this.exchange?.close()
    await this.sends.settled()
  }

  private async sendRequests(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { exchange } = this
    if (this.closed || exchange === null) throw new SinkError('SINK_CLOSED', 'otlp', false)
    const progress = this.halfSent.get(id) ?? new Progress(this.settings.request_bytes_max)
    progress.resume(batch)
    // One after the other: their order is kept, and a receiver that refuses one is not given the others.
    for (let request = progress.next(); request !== undefined; request = progress.next()) {
      try {
        this.hear(await exchange.send(request.bytes, signal))
        progress.taken()
      } catch (error) {
        this.complain(error)
        if (error instanceof Unacceptable && progress.refused()) continue
        progress.pause()
        // What is refused for good does not come back.
        if (!progress.begun || (error instanceof SinkError && !error.retryable)) this.halfSent.forget(id)
        else this.halfSent.keep(id, progress)
        throw error
      }
    }
    this.halfSent.forget(id)
    const { rejected_records } = progress
    if (rejected_records === 0) return
    const message = 'The receiver refused requests as bad while it took others; their records are lost'
    this.site.emit('error', 'requests_rejected', message, { rejected_records })
  }

  /** A response never makes us send again: what was rejected in part must not be repeated. */
  private hear(bytes: Uint8Array): void {
    const { rejected_records, warns, unreadable } = readResponse(bytes)
    if (unreadable) {
      this.site.emit('warn', 'response_unreadable', 'The receiver took a request with an answer that is not OTLP')
    } else if (rejected_records > 0) {
      this.site.emit('error', 'partial_success', 'The receiver rejected records of a request', { rejected_records })
    } else if (warns) {
      this.site.emit('warn', 'receiver_warned', 'The receiver took all of a request, with a warning')
    }
  }

  private complain(error: unknown): void {
    if (!(error instanceof SinkError) || error.code !== 'SINK_REFUSED') return
    const { message, retryable, retry_after_ms } = error
    const facts = { reason: message, retryable, retry_after_ms }
    this.site.emit('warn', 'request_refused', 'The receiver refused a request', facts)
  }
}
