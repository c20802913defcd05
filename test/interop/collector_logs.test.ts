// telemetrygen → logveil → Collector → file: what one OpenTelemetry program sends, redacted, is what another one reads.
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { heapLogger } from '../pipeline/kit.ts'
import { logsJson } from '../sources/otlp/messages.ts'
import { collector, startCollector, telemetrygen } from './collector/process.ts'
import { freePort } from './free_port.mjs'

const COUNT = 200
const EMAIL = 'jane.doe@example.com'

async function startLogveil(protocol: 'grpc' | 'http', peer: number, more = '') {
  const loaded = await loadConfig(
    `sources:
  otel: { type: otlp, grpc: 127.0.0.1:0, http: 127.0.0.1:0 }
sinks:
  next: { type: otlp, protocol: ${protocol}, endpoint: http://127.0.0.1:${peer} }
policy:
  packs: []
  rules: [{ id: email, find: { detector: email }, action: replace }]
${more}`,
    'logveil.yaml',
  )
  if (!loaded.ok) throw new Error(loaded.complaints[0].message)
  const pipeline = await startPipeline(loaded.plan, { logger: heapLogger().logger })
  onTestFinished(() => pipeline.stop(true).then(() => {}))
  const [grpc, http] = pipeline.addresses.get('otel') ?? []
  return { pipeline, grpc, http }
}

describe.skipIf(!collector())('telemetrygen, logveil and the Collector', () => {
  it.each(['grpc', 'http'] as const)('every record arrives, redacted (%s)', async (protocol) => {
    const port = await freePort()
    const endpoint = `127.0.0.1:${port}`
    const peer = await startCollector({
      receivers: { otlp: { protocols: { [protocol]: { endpoint } } } },
      exporters: { file: { path: '${env:FOLDER}/out.json' } },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } },
      },
    })
    const { pipeline, grpc, http } = await startLogveil(protocol, port)
    const where = protocol === 'grpc' ? [grpc] : [http, '--otlp-http']
    const text = `order of ${EMAIL} paid`
    const attribute = `customer="${EMAIL}"`
    const args = [
      '--otlp-insecure',
      '--rate',
      '0',
      '--logs',
      String(COUNT),
      '--body',
      text,
      '--telemetry-attributes',
      attribute,
    ]
    await telemetrygen('logs', '--otlp-endpoint', where[0], ...where.slice(1), ...args)
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await peer.stop()
    const logs = peer.lines('out.json').flatMap(({ resourceLogs }) => resourceLogs)
    const records = logs.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords)
    expect(records).toHaveLength(COUNT)
    for (const { body, attributes } of records) {
      expect(body).toEqual({ stringValue: 'order of [REDACTED:email] paid' })
      expect(attributes).toContainEqual({ key: 'customer', value: { stringValue: '[REDACTED:email]' } })
    }
    expect(pipeline.census.totals()).toMatchObject([{ service: 'telemetrygen', records: COUNT, affected: COUNT }])
  })

  it('a request that belongs to a trace has the batch in that trace', async () => {
    const port = await freePort()
    const all = { receivers: ['otlp'], exporters: ['file'] }
    const peer = await startCollector({
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { file: { path: '${env:FOLDER}/out.json' } },
      service: { telemetry: { metrics: { level: 'none' } }, pipelines: { logs: all, traces: all, metrics: all } },
    })
    const endpoint = `http://127.0.0.1:${port}`
    const telemetry = `telemetry: { otlp: { endpoint: '${endpoint}' }, traces: {} }`
    const { pipeline, http } = await startLogveil('grpc', port, telemetry)
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const answer = await fetch(`http://${http}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${trace}-b7ad6b7169203331-01` },
      body: logsJson([`order of ${EMAIL} paid`]),
    })
    expect(answer.status).toBe(200)
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await peer.stop()
    const heard = peer.lines('out.json')
    const spans = heard
      .flatMap(({ resourceSpans = [] }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans[0].spans)
    expect(spans).toMatchObject([{ name: 'logveil.batch', traceId: trace, parentSpanId: 'b7ad6b7169203331' }])
    const logs = heard.flatMap(({ resourceLogs = [] }) => resourceLogs)
    expect(logs[0].scopeLogs[0].logRecords[0].body).toEqual({ stringValue: 'order of [REDACTED:email] paid' })
    expect(JSON.stringify(heard)).not.toContain(EMAIL)
  })
})
