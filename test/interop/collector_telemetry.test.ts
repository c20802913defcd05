// What logveil says of itself, as a real OpenTelemetry Collector hears it: metrics, spans and the counts of the census.
import { describe, expect, it, onTestFinished } from 'vitest'
import { CENSUS, planSink } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { METRICS } from '../../src/pipeline/metric_table.ts'
import { sinks } from '../../src/sinks/index.ts'
import {
  eventually,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
} from '../pipeline/kit.ts'
import { collector, startCollector } from './collector/process.ts'
import { freePort } from './free_port.mjs'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

function config(grpc: number, http: number) {
  const all = { receivers: ['otlp'], exporters: ['file'] }
  return {
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } },
      },
    },
    exporters: { file: { path: '${env:FOLDER}/out.json' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: all, metrics: all, traces: all },
    },
  }
}

async function startLogveil(endpoint: string, protocol: 'grpc' | 'http', census: string) {
  const source = new HandSource()
  const spec = sinks.find(({ type }) => type === 'otlp_census')!
  const settings = spec.settings.parse({ endpoint: census, timeout_ms: 2_000 })
  const counts = planSink('counts', spec, settings, { inputs: [CENSUS], required: false })
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', new HeapSink(), ['app']), counts], {
    census: { window_ms: 300 },
  })
  const otlp = { endpoint, protocol, headers: {}, interval_ms: 1_000, timeout_ms: 1_000 }
  const telemetry = { otlp, traces: { sample_ratio: 1 } }
  const pipeline = await startPipeline({ ...plan, telemetry }, { workerUrl: OBEDIENT, logger: heapLogger().logger })
  onTestFinished(() => pipeline.stop(true).then(() => {}))
  return { source, pipeline }
}

describe.skipIf(!collector())('the Collector', () => {
  it.each(['grpc', 'http'] as const)('hears metrics, spans and counts (%s)', async (protocol) => {
    const [grpc, http] = [await freePort(), await freePort()]
    const peer = await startCollector(config(grpc, http))
    const endpoint = `http://127.0.0.1:${protocol === 'grpc' ? grpc : http}`
    const { source, pipeline } = await startLogveil(endpoint, protocol, `http://127.0.0.1:${grpc}`)
    await source.deliver({
      ...lines('app', 'svc=a SECRET', 'svc=a fine'),
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    })
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await peer.stop()
    const heard = peer.lines('out.json')

    const metrics = heard.flatMap(({ resourceMetrics = [] }) => resourceMetrics)
    const named = metrics.flatMap(({ scopeMetrics }) => scopeMetrics[0].metrics)
    const findings = named.filter(({ name }) => name === 'logveil_findings_total').at(-1)
    expect(findings.sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 })
    expect(findings.sum.dataPoints[0]).toMatchObject({ asDouble: 1 })
    const known = Object.keys(METRICS)
    for (const { name, unit } of named) {
      expect(known).toContain(name)
      expect(unit).toBe(METRICS[name as keyof typeof METRICS].unit)
    }
    expect(attributes(metrics[0].resource.attributes)).toMatchObject({
      'service.name': { stringValue: 'logveil' },
      'service.instance.id': { stringValue: 'test-1' },
    })

    const spans = heard
      .flatMap(({ resourceSpans = [] }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans[0].spans)
    expect(spans).toHaveLength(1)
    expect(spans[0]).toMatchObject({ name: 'logveil.batch', traceId: TRACE, parentSpanId: 'b7ad6b7169203331' })

    const events = heard
      .flatMap(({ resourceLogs = [] }) => resourceLogs)
      .flatMap(({ scopeLogs }) => scopeLogs[0].logRecords)
    expect(events.map(({ eventName }) => eventName)).toEqual(['logveil.coverage', 'logveil.finding'])
    expect(attributes(events[0].attributes)).toMatchObject({ 'logveil.records_seen': { intValue: '2' } })
    expect(attributes(events[1].attributes)).toMatchObject({ 'logveil.rule': { stringValue: 'word' } })
    expect(JSON.stringify(heard)).not.toContain('SECRET')
  })

  it('that was killed gets the counts when it is back', async () => {
    const [grpc, http] = [await freePort(), await freePort()]
    const first = await startCollector(config(grpc, http))
    const { source, pipeline } = await startLogveil(`http://127.0.0.1:${grpc}`, 'grpc', `http://127.0.0.1:${grpc}`)
    await source.deliver(lines('app', 'svc=a SECRET'))
    await eventually(() => recordsSeen(first.lines('out.json')) === 1)
    await first.stop('SIGKILL')
    for (let n = 0; n < 10; n++) await source.deliver(lines('app', 'svc=a SECRET', 'svc=b fine'))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const second = await startCollector(config(grpc, http))
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await second.stop()
    expect(recordsSeen(second.lines('out.json'))).toBe(20)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: what another program wrote
function recordsSeen(heard: any[]): number {
  let sum = 0
  for (const { resourceLogs = [] } of heard) {
    for (const { scopeLogs } of resourceLogs) {
      for (const record of scopeLogs[0].logRecords) {
        sum += Number(attributes(record.attributes)['logveil.records_seen']?.intValue ?? 0)
      }
    }
  }
  return sum
}

function attributes(pairs: { key: string; value: { intValue?: string } }[]) {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
}
