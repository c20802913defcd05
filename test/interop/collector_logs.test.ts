// telemetrygen → logveil → Collector → file: what one OpenTelemetry program sends, redacted, is what another one reads.
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { heapLogger } from '../pipeline/kit.ts'
import { collector, freePort, startCollector, telemetrygen } from './collector/process.ts'

const COUNT = 200
const EMAIL = 'jane.doe@example.com'

async function startLogveil(protocol: 'grpc' | 'http', peer: number) {
  const loaded = await loadConfig(
    `sources:
  otel: { type: otlp, grpc: 127.0.0.1:0, http: 127.0.0.1:0 }
sinks:
  next: { type: otlp, protocol: ${protocol}, endpoint: http://127.0.0.1:${peer} }
policy:
  packs: []
  rules: [{ id: email, find: { detector: email }, action: replace }]
`,
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
})
