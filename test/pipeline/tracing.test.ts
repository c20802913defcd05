import { SpanStatusCode } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { LogveilError } from '../../src/core/errors.ts'
import type { Load } from '../../src/pipeline/batcher.ts'
import { createTracing } from '../../src/pipeline/tracing.ts'
import { lines } from './kit.ts'

const A = '0af7651916cd43dd8448eb211c80319c'
const B = '1bf7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

function loadOf(...traceparents: (string | undefined)[]): Load {
  const parts = traceparents.map((traceparent) => ({
    batch: { ...lines('app', 'svc=a SECRET'), traceparent },
    resolve: () => {},
    reject: () => {},
  }))
  return { origin: 'app', format: 'text', parts, bytes: 13 * parts.length, since_ms: systemClock.steady_ms() - 250 }
}

/** The spans that came out, kept before the exporter forgets them at its end. */
async function spansOf(loads: Load[], { ratio = 1, error = null as Error | null } = {}): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter()
  const resource = resourceFromAttributes({})
  const tracing = createTracing({ exporter, timeout_ms: 1_000, ratio, resource, clock: systemClock })
  for (const load of loads) {
    const span = tracing.begin(load)
    const services = [{ service: 'a', records: 3, affected: 1, dropped: 0, failures: {} }]
    span.redacted({ findings: [], services }, 1.5)
    span.end(error)
    span.end(null)
  }
  const kept: ReadableSpan[] = []
  const forget = exporter.shutdown.bind(exporter)
  exporter.shutdown = async () => {
    kept.push(...exporter.getFinishedSpans())
    await forget()
  }
  await tracing.close()
  return kept
}

describe('the span of a batch', () => {
  test('says how much and how long, from the arrival of its first part on', async () => {
    const [span] = await spansOf([loadOf(undefined, undefined)])
    expect(span.name).toBe('logveil.batch')
    expect(span.attributes).toEqual({
      'logveil.source': 'app',
      'logveil.format': 'text',
      'logveil.batch.bytes': 26,
      'logveil.batch.requests': 2,
      'logveil.batch.records': 3,
      'logveil.batch.findings': 0,
    })
    const took_ms = span.duration[0] * 1000 + span.duration[1] / 1e6
    expect(took_ms).toBeGreaterThanOrEqual(249)
    expect(took_ms).toBeLessThan(2_000)
    expect(span.events.map(({ name }) => name)).toEqual(['redacted'])
    expect(span.parentSpanContext).toBeUndefined()
    expect(span.links).toEqual([])
  })

  test('is a child of the one request that it came from', async () => {
    const [span] = await spansOf([loadOf(`00-${A}-${SPAN}-01`, `00-${A}-${SPAN}-01`, undefined)])
    expect(span.spanContext().traceId).toBe(A)
    expect(span.parentSpanContext).toMatchObject({ spanId: SPAN, isRemote: true })
    expect(span.links).toEqual([])
  })

  test('links to the requests that it joins', async () => {
    const [span] = await spansOf([loadOf(`00-${A}-${SPAN}-01`, `00-${B}-${SPAN}-00`)])
    expect([A, B]).not.toContain(span.spanContext().traceId)
    expect(span.links.map(({ context }) => context.traceId)).toEqual([A, B])
  })

  test('links to so many of them and no more', async () => {
    const many = Array.from({ length: 500 }, (_, n) => `00-${(n + 1).toString(16).padStart(32, '0')}-${SPAN}-01`)
    const [span] = await spansOf([loadOf(...many)])
    expect(span.links).toHaveLength(128)
  })

  test.each([
    '',
    'x',
    `00-${A}-${SPAN}`,
    `ff-${A}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${A}-${SPAN}-01\r\nx: y`,
    `00-${'g'.repeat(32)}-${SPAN}-01`,
  ])('takes no trace from %j', async (traceparent) => {
    const [span] = await spansOf([loadOf(traceparent)])
    expect(span.parentSpanContext).toBeUndefined()
    expect(span.links).toEqual([])
  })

  test('is made as often as the settings say, unless the request has decided', async () => {
    expect(await spansOf([loadOf(undefined)], { ratio: 0 })).toHaveLength(0)
    expect(await spansOf([loadOf(`00-${A}-${SPAN}-01`)], { ratio: 0 })).toHaveLength(1)
    expect(await spansOf([loadOf(`00-${A}-${SPAN}-00`)], { ratio: 1 })).toHaveLength(0)
  })

  test('of a batch that failed has the code of the error, not its text', async () => {
    const error = new LogveilError('SINK_REFUSED', 'SECRET')
    const [span] = await spansOf([loadOf(undefined)], { error })
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(span.attributes['error.type']).toBe('SINK_REFUSED')
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain('SECRET')
  })
})
