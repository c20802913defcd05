// Owns what logveil says of itself by OTLP: exporters of its metrics and spans, made from the settings and loaded only
// then. A receiver that is down costs nothing but what it misses: it never holds up a record or the end of the process.
import type { Resource } from '@opentelemetry/resources'
import type { IMetricReader, PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Clock } from '../core/clock.ts'
import type { Emit } from '../core/events.ts'
import type { TelemetryPlan } from '../core/plan.ts'
import { exporterGrpc } from '../net/exporter.ts'
import { onOtelNotice } from '../net/otel_notices.ts'
import { loadClientTls } from '../net/tls.ts'
import { SERIES_MAX } from './metrics.ts'
import type { Tracing } from './tracing.ts'

/** Data points of one request: receivers take 4 MiB, and a point of ours has some 200 bytes. */
const POINTS_MAX = 10_000
/** What the last export may take when the process ends. */
const LAST_MS_MAX = 2_000
/** Of a notice: enough for a status and an address. */
const NOTICE_CHARACTERS_MAX = 200

type OtlpPlan = NonNullable<TelemetryPlan['otlp']>
type TracesPlan = TelemetryPlan['traces']

export interface Telemetry {
  readonly resource: Resource
  readonly readers: readonly IMetricReader[]
  readonly tracing: Tracing | null
  /** Exports what is left, within a short time, and ends. Idempotent. */
  close(): Promise<void>
}

export interface TelemetrySite {
  readonly identity: { readonly version: string; readonly instance: string }
  readonly emit: Emit
  readonly clock: Clock
}

export async function loadTelemetry(otlp: OtlpPlan, traces: TracesPlan, site: TelemetrySite): Promise<Telemetry> {
  const { identity, emit, clock } = site
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const resource = resourceFromAttributes({
    'service.name': 'logveil',
    'service.version': identity.version,
    'service.instance.id': identity.instance,
  })
  const quiet = onOtelNotice((_level, message, more) => {
    const said = [message, ...more].map((one) => (one instanceof Error ? one.message : String(one))).join(' ')
    const reason = said.replace(/\s+/g, ' ').slice(0, NOTICE_CHARACTERS_MAX)
    emit('warn', 'telemetry_failed', 'Metrics or spans of logveil itself could not be exported', { reason })
  })
  const reader = await loadReader(otlp)
  const tracing = traces ? await loadTracing(otlp, traces.sample_ratio, resource, clock) : null
  let closed: Promise<void> | null = null
  const close = async () => {
    const all = Promise.allSettled([reader.shutdown({ timeoutMillis: LAST_MS_MAX }), tracing?.close()])
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LAST_MS_MAX).unref())])
    quiet()
  }
  return {
    resource,
    readers: [reader],
    tracing,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

async function loadReader(otlp: OtlpPlan): Promise<IMetricReader> {
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  return new PeriodicExportingMetricReader({
    exporter: await metricExporter(otlp),
    exportIntervalMillis: otlp.interval_ms,
    exportTimeoutMillis: Math.min(otlp.timeout_ms, otlp.interval_ms),
    cardinalityLimits: { default: SERIES_MAX },
    maxExportBatchSize: POINTS_MAX,
  })
}

async function metricExporter(otlp: OtlpPlan): Promise<PushMetricExporter> {
  if (otlp.protocol === 'http') {
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
    return new OTLPMetricExporter(await httpOptions(otlp, 'v1/metrics'))
  }
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc')
  return new OTLPMetricExporter(await grpcOptions(otlp))
}

async function spanExporter(otlp: OtlpPlan): Promise<SpanExporter> {
  if (otlp.protocol === 'http') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
    return new OTLPTraceExporter(await httpOptions(otlp, 'v1/traces'))
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc')
  return new OTLPTraceExporter(await grpcOptions(otlp))
}

async function loadTracing(otlp: OtlpPlan, ratio: number, resource: Resource, clock: Clock): Promise<Tracing> {
  const { createTracing } = await import('./tracing.ts')
  return createTracing({ exporter: await spanExporter(otlp), timeout_ms: otlp.timeout_ms, ratio, resource, clock })
}

async function httpOptions({ endpoint, headers, tls, timeout_ms }: OtlpPlan, path: string) {
  const httpAgentOptions = tls && (await loadClientTls(tls))
  const url = `${endpoint.replace(/\/$/, '')}/${path}`
  return { url, headers: { ...headers }, timeoutMillis: timeout_ms, httpAgentOptions }
}

async function grpcOptions({ endpoint, headers, tls, timeout_ms }: OtlpPlan) {
  return { url: endpoint, timeoutMillis: timeout_ms, ...(await exporterGrpc(endpoint, headers, tls)) }
}
