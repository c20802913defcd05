// Owns the span of a batch: from its first part's arrival until its promises end. Requests that came with a trace
// context are its parent, or its links when there are several. It says how much and how long, never what.
import { type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Clock } from '../core/clock.ts'
import type { Counts } from '../core/counts.ts'
import { LogveilError } from '../core/errors.ts'
import type { Load } from './batcher.ts'

/** OpenTelemetry's own limit of links; a batch may join thousands of requests. */
const LINKS_MAX = 128

export interface BatchSpan {
  /** A worker has answered. */
  redacted(counts: Counts, worked_ms: number): void
  /** Every required sink has it, or it failed. Later calls do nothing. */
  end(error: Error | null): void
}

export interface Tracing {
  begin(load: Load): BatchSpan
  close(): Promise<void>
}

export interface TracingOptions {
  readonly exporter: SpanExporter
  readonly timeout_ms: number
  /** Of the batches that belong to no trace yet. */
  readonly ratio: number
  readonly resource: Resource
  readonly clock: Clock
}

export function createTracing({ exporter, timeout_ms, ratio, resource, clock }: TracingOptions): Tracing {
  const provider = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: timeout_ms })],
    spanLimits: { linkCountLimit: LINKS_MAX },
  })
  const tracer = provider.getTracer('logveil')
  return {
    begin: (load) => {
      const links = linksOf(load)
      const parent = links.length === 1 ? trace.setSpanContext(ROOT_CONTEXT, links[0].context) : ROOT_CONTEXT
      const waited_ms = clock.steady_ms() - load.since_ms
      const options = {
        kind: SpanKind.CONSUMER,
        startTime: clock.now_ms() - waited_ms,
        links: links.length > 1 ? links : [],
        attributes: {
          'logveil.source': load.origin,
          'logveil.format': load.format,
          'logveil.batch.bytes': load.bytes,
          'logveil.batch.requests': load.parts.length,
        },
      }
      return spanOf(tracer.startSpan('logveil.batch', options, parent), clock)
    },
    close: () => provider.shutdown(),
  }
}

/** A context for each trace parent, once. What is none is left out: it is only what somebody sent. */
function linksOf(load: Load): Link[] {
  const links = new Map<string, Link>()
  for (const { batch } of load.parts) {
    const { traceparent } = batch
    if (traceparent === undefined || links.has(traceparent)) continue
    const context = parseTraceParent(traceparent)
    if (context) links.set(traceparent, { context: { ...context, isRemote: true } })
    if (links.size === LINKS_MAX) break
  }
  return [...links.values()]
}

function spanOf(span: Span, clock: Clock): BatchSpan {
  return {
    redacted: (counts, worked_ms) => {
      let records = 0
      let findings = 0
      for (const row of counts.services) records += row.records
      for (const row of counts.findings) findings += row.matches
      span.setAttributes({ 'logveil.batch.records': records, 'logveil.batch.findings': findings })
      span.addEvent('redacted', { 'logveil.worked_ms': worked_ms }, clock.now_ms())
    },
    end: (error) => {
      if (error) {
        const code = error instanceof LogveilError ? error.code : 'INTERNAL'
        span.setAttribute('error.type', code)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end(clock.now_ms())
    },
  }
}
