// Forward and OTLP between logveil and a real Collector: its fluentforward receiver takes what the forward sink sends,
// and what a Fluent Bit sends by forward arrives at its OTLP receiver as what it was before.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chunksOf } from '../../src/cli/traffic/encode.ts'
import { recordAt } from '../../src/cli/traffic/records.ts'
import { Sender } from '../../src/cli/traffic/sender.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { heapLogger } from '../pipeline/kit.ts'
import { temporaryFolder } from '../sinks/site.ts'
import { logsRequest } from '../sources/otlp/messages.ts'
import { call, grpcClient, until } from '../sources/otlp/support.ts'
import { collector, startCollector } from './collector/process.ts'
import { freePort } from './free_port.mjs'

const CAPTURES = new URL('../fixtures/fluent-bit/', import.meta.url)
const EMAIL = 'jane.doe@example.com'

async function startLogveil(config: string) {
  const loaded = await loadConfig(`${config}policy: { packs: [default] }\nadmin: false\n`, 'logveil.yaml')
  if (!loaded.ok) throw new Error(loaded.complaints[0].message)
  const pipeline = await startPipeline(loaded.plan, { logger: heapLogger().logger })
  onTestFinished(() => pipeline.stop(true).then(() => {}))
  return pipeline
}

function startPeer(receivers: Record<string, unknown>) {
  return startCollector({
    receivers,
    exporters: { file: { path: '${env:FOLDER}/out.json' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: { receivers: Object.keys(receivers), exporters: ['file'] } },
    },
  })
}

describe.skipIf(!collector())('forward, OTLP and the Collector', () => {
  it('its fluentforward receiver takes and acknowledges what the forward sink sends', async () => {
    const port = await freePort()
    const peer = await startPeer({ fluentforward: { endpoint: `127.0.0.1:${port}` } })
    const pipeline = await startLogveil(
      `sources: { otel: { type: otlp, grpc: 127.0.0.1:0 } }
sinks: { next: { type: forward, server: '127.0.0.1:${port}' } }
`,
    )
    const client = grpcClient(pipeline.addresses.get('otel')?.[0] ?? '')
    const bodies = Array.from({ length: 300 }, (_, n) => `order ${n} of ${EMAIL}`)
    // The answer stands for the acknowledgement of the receiver.
    expect(await call(client, logsRequest(bodies))).toMatchObject({ code: 0 })
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await peer.stop()
    const text = JSON.stringify(peer.lines('out.json'))
    const orders = [...text.matchAll(/order (\d+) of \[REDACTED:email\]/g)].map(([, number]) => Number(number))
    expect(orders).toEqual(bodies.map((_, n) => n))
    expect(text).not.toContain(EMAIL)
  })

  it('what forward clients send to it goes on to logveil', async () => {
    const folder = temporaryFolder()
    const pipeline = await startLogveil(
      `sources: { otel: { type: otlp, grpc: 127.0.0.1:0 } }
sinks: { store: { type: file, path: '${folder}/logs.ndjson' } }
`,
    )
    const port = await freePort()
    const front = await startCollector({
      receivers: { fluentforward: { endpoint: `127.0.0.1:${port}` } },
      exporters: { otlp: { endpoint: pipeline.addresses.get('otel')?.[0], tls: { insecure: true } } },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { logs: { receivers: ['fluentforward'], exporters: ['otlp'] } },
      },
    })
    const sender = new Sender({ host: '127.0.0.1', port }, 'interop')
    onTestFinished(() => sender.close())
    sender.start()
    const options = { seed: 5, share: 0.5 }
    const chunks = [...chunksOf(0, 500, options, 'gzip', 16_384)]
    await Promise.all(chunks.map((chunk) => sender.send(chunk)))
    await front.stop()
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    const text = readFileSync(`${folder}/logs.ndjson`, 'utf8')
    const numbers = [...text.matchAll(/"seq":(\d+)/g)].map(([, number]) => Number(number))
    expect(new Set(numbers)).toEqual(new Set(Array.from({ length: 500 }, (_, number) => number)))
    const secrets = numbers.flatMap((number) => recordAt(number, options).secrets)
    const hidden = secrets.filter(({ value, redacted }) => value !== redacted && value.length > 9)
    expect(hidden.length).toBeGreaterThan(100)
    expect(hidden.filter(({ value }) => text.includes(JSON.stringify(value).slice(1, -1)))).toEqual([])
  })

  it('groups of a Fluent Bit arrive as resource and scope, with severity and ids', async () => {
    const port = await freePort()
    const peer = await startPeer({ otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } })
    const pipeline = await startLogveil(
      `sources: { app: { type: forward, listen: 127.0.0.1:0 } }
sinks: { next: { type: otlp, endpoint: 'http://127.0.0.1:${port}' } }
`,
    )
    const [host, at] = (pipeline.addresses.get('app')?.[0] ?? '').split(':')
    const socket = connect(Number(at), host)
    onTestFinished(() => void socket.destroy())
    let acknowledged = false
    socket.once('data', () => {
      acknowledged = true
    })
    socket.write(readFileSync(new URL('otlp-group-markers.bin', CAPTURES)))
    await until(() => acknowledged, 'the acknowledgement')
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await peer.stop()
    const heard = peer.lines('out.json').flatMap(({ resourceLogs }) => resourceLogs)
    const input = JSON.parse(readFileSync(new URL('otlp-input.json', CAPTURES), 'utf8')).resourceLogs
    expect(flat(heard).map(whose)).toEqual(flat(input).map(whose))
    const text = JSON.stringify(heard)
    expect(text).not.toMatch(/S3cr3t|5555555555554444|4111111111111111|123-45-6789|@example\.com|Bearer abc/)
    expect(text).toContain('[REDACTED:email]')
  })
})

// biome-ignore lint/suspicious/noExplicitAny: what another program wrote
type Written = any

function flat(resourceLogs: Written[]): Written[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }: Written) =>
      logRecords.map((record: Written) => ({ resource, scope, record })),
    ),
  )
}

/** What is not redacted of a record, and what it belongs to. */
function whose({ resource, scope, record }: Written) {
  const { timeUnixNano, observedTimeUnixNano, severityNumber, severityText, traceId, spanId, eventName } = record
  return {
    service: resource.attributes[0],
    scope: [scope.name, scope.version],
    time: [timeUnixNano, observedTimeUnixNano],
    severity: [severityNumber, severityText],
    // Fluent Bit leaves the flags out.
    ids: [traceId, spanId, eventName],
    attributes: record.attributes.map(({ key }: Written) => key).filter((key: string) => key !== 'fluent.tag'),
  }
}
