// The `otlp_census` sink: sends the counts, and nothing else, as OTLP events by OpenTelemetry's own exporter. That one
// never retries and calls a partial success a success; here its failures become errors that the pipeline retries by,
// and what a receiver rejected is counted. Records never come here.
import type { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
import { orAborted, unlessAborted } from '../core/abort.ts'
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { exporterGrpc } from '../net/exporter.ts'
import { type RpcFailure, sinkErrorOf } from '../net/rpc_failure.ts'
import { Sends } from '../net/sends.ts'
import type { Events } from './otlp_census/events.ts'
import { type OtlpCensusSettings, otlpCensusSettings } from './otlp_census/settings.ts'

export const otlpCensus: SinkSpec<OtlpCensusSettings> = {
  type: 'otlp_census',
  summary: 'Sends the counts to an OpenTelemetry Collector or a SIEM, as OTLP events over gRPC; it takes no records',
  settings: otlpCensusSettings,
  example: { endpoint: 'http://127.0.0.1:4317' },
  census_only: true,
  create: (settings, site) => new OtlpCensusSink(settings, site),
}

/** More than a lane has sends under way: the exporter must not be the one that refuses. */
const EXPORTS_MAX = 64
const PARTIAL = 'Received Partial Success response:'

type Exported = Parameters<Parameters<OTLPLogExporter['export']>[1]>[0]

/**
 * What the exporter said about the response that it is just handling: it speaks right before it calls back, in the same
 * step. There is one place for what OpenTelemetry says in a process, hence one for all sinks.
 */
let partial: { rejectedLogRecords?: unknown } | null = null

class OtlpCensusSink implements Sink {
  readonly accepts: readonly Format[] = ['json']
  private readonly settings: OtlpCensusSettings
  private readonly site: Site
  private readonly sends = new Sends()
  private exporter: OTLPLogExporter | null = null
  private events: Events | null = null
  private quiet = (): void => {}
  private closed = false

  constructor(settings: OtlpCensusSettings, site: Site) {
    this.settings = settings
    this.site = site
  }

  /** Loads the exporter. Does not dial: a receiver that is down now may be up when a window closes. */
  async start(): Promise<void> {
    const { endpoint, compression, timeout_ms, headers, tls } = this.settings
    const [{ onOtelNotice }, { OTLPLogExporter }, { CompressionAlgorithm }, { Events }] = await Promise.all([
      import('../net/otel_notices.ts'),
      import('@opentelemetry/exporter-logs-otlp-grpc'),
      import('@opentelemetry/otlp-exporter-base'),
      import('./otlp_census/events.ts'),
    ])
    const grpc = await exporterGrpc(endpoint, headers, tls)
    this.quiet = onOtelNotice((_level, message, more) => hearPartial(message, more))
    this.events = new Events()
    this.exporter = new OTLPLogExporter({
      url: endpoint,
      compression: compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
      timeoutMillis: timeout_ms,
      concurrencyLimit: EXPORTS_MAX,
      ...grpc,
    })
  }

  send(batch: Batch, _id: string, signal: AbortSignal): Promise<void> {
    const { exporter, events } = this
    if (this.closed || exporter === null || events === null) {
      return Promise.reject(new SinkError('SINK_CLOSED', 'otlp_census', false))
    }
    const gaveUp = () => new SinkError('SINK_TIMEOUT', 'given up before the answer', true)
    if (signal.aborted) return Promise.reject(gaveUp())
    const exported = new Promise<void>((resolve, reject) => {
      exporter.export(events.of(batch, systemClock.now_ms()), (result) => {
        const error = this.hear(result)
        if (error === null) resolve()
        else reject(error)
      })
    })
    return this.sends.begin(signal, () => unlessAborted(exported, signal, gaveUp))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    // With what it has still under way it can take its time.
    await orAborted(Promise.resolve(this.exporter?.shutdown()), signal)
    this.quiet()
  }

  private hear({ code, error }: Exported): SinkError | null {
    const rejected = partial
    partial = null
    if (code !== 0) return failure(error)
    if (rejected === null) return null
    const rejected_records = Number(rejected.rejectedLogRecords ?? 0)
    if (rejected_records > 0) {
      this.site.emit('error', 'partial_success', 'The receiver rejected counts of a request', { rejected_records })
    } else {
      this.site.emit('warn', 'receiver_warned', 'The receiver took all of a request, with a warning')
    }
    return null
  }
}

/** Its own words stay unread: only how many were rejected. Other exporters speak of spans and data points. */
function hearPartial(message: string, [said]: readonly unknown[]): void {
  if (message !== PARTIAL || typeof said !== 'string' || said.includes('rejectedSpans')) return
  if (said.includes('rejectedDataPoints')) return
  partial = JSON.parse(said)
  queueMicrotask(() => {
    partial = null
  })
}

function failure(error: Error | undefined): SinkError {
  if (error && 'code' in error && typeof error.code === 'number') return sinkErrorOf(error as unknown as RpcFailure)
  return new SinkError('SINK_REFUSED', 'the exporter did not send it', true)
}
