import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { type GrpcReply, grpcReceiver, httpReceiver, type Receiver } from '../sinks/otlp_receiver.ts'
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
} from './kit.ts'

type Otlp = NonNullable<NonNullable<Plan['telemetry']>['otlp']>

function otlp(endpoint: string, changes: Partial<Otlp> = {}): Otlp {
  return { endpoint, protocol: 'grpc', headers: {}, interval_ms: 60_000, timeout_ms: 1_000, ...changes }
}

async function start(telemetry: Plan['telemetry'], census = {}) {
  const source = new HandSource()
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', new HeapSink(), ['app'])], { census })
  const { logger, log } = heapLogger()
  const pipeline = await startPipeline({ ...plan, telemetry }, { workerUrl: OBEDIENT, logger })
  onTestFinished(() => pipeline.stop(true).then(() => {}))
  return { pipeline, source, log }
}

function sent({ received }: Receiver<unknown>, signal: string): string {
  return received
    .filter((request) => request.signal === signal)
    .map(({ bytes }) => bytes.toString('latin1'))
    .join('\n')
}

describe('telemetry by OTLP', () => {
  test('sends the metrics of /metrics over gRPC, at every interval and at the end', async () => {
    const receiver = await grpcReceiver()
    const headers = { authorization: 'Bearer made-up' }
    const { pipeline, source } = await start({ otlp: otlp(receiver.endpoint, { headers, interval_ms: 1_000 }) })
    await eventually(() => receiver.received.length > 0)
    const before = receiver.received.length
    await source.deliver(lines('app', 'svc=a SECRET'))
    await pipeline.stop()
    expect(receiver.received.length).toBeGreaterThan(before)
    expect(receiver.received[0].headers.authorization).toBe('Bearer made-up')
    const last = receiver.received[receiver.received.length - 1].bytes.toString('latin1')
    for (const text of ['logveil_findings_total', 'service.instance.id', 'test-1', 'service.version', '{finding}']) {
      expect(last).toContain(text)
    }
    expect(sent(receiver, 'metrics')).not.toContain('SECRET')
  })

  test('sends many series in requests that a receiver of 4 MiB takes', async () => {
    const receiver = await grpcReceiver()
    const times = { interval_ms: 3_000, timeout_ms: 3_000 }
    const { source } = await start({ otlp: otlp(receiver.endpoint, times) }, { services_max: 25_000 })
    const names = Array.from({ length: 25_000 }, (_, n) => `service_with_a_long_name_${n}`)
    await source.deliver(lines('app', ...names.map((name) => `svc=${name} SECRET`)))
    const last = names[names.length - 1]
    await eventually(() => receiver.received.some(({ bytes }) => bytes.includes(last)))
    expect(receiver.received.length).toBeGreaterThanOrEqual(3)
    for (const { bytes } of receiver.received) expect(bytes.length).toBeLessThan(4 * 1024 * 1024)
    const all = sent(receiver, 'metrics')
    for (const n of [0, 12_345]) expect(all).toContain(names[n])
  })

  test('sends metrics and spans over HTTP, as protobuf, below the endpoint', async () => {
    const receiver = await httpReceiver()
    const changes = { protocol: 'http' as const, headers: { 'x-tenant': 't1' } }
    const { pipeline, source } = await start({
      otlp: otlp(`${receiver.endpoint}/base/`, changes),
      traces: { sample_ratio: 1 },
    })
    await source.deliver(lines('app', 'svc=a SECRET'))
    await pipeline.stop()
    expect(sent(receiver, '/base/v1/metrics')).toContain('logveil_records_total')
    expect(sent(receiver, '/base/v1/traces')).toContain('logveil.batch')
    const { headers } = receiver.received[0]
    expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-tenant': 't1' })
  })

  test('a span brings the trace of its request along, and nothing of the records', async () => {
    const receiver = await grpcReceiver()
    const { pipeline, source } = await start({ otlp: otlp(receiver.endpoint), traces: { sample_ratio: 0 } })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await source.deliver({ ...lines('app', 'svc=a SECRET'), traceparent })
    await source.deliver(lines('app', 'svc=b SECRET'))
    await pipeline.stop()
    const spans = sent(receiver, 'traces')
    expect(spans).toContain(Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex').toString('latin1'))
    expect(spans.split('logveil.batch.bytes')).toHaveLength(2)
    expect(spans).not.toContain('SECRET')
  })

  test('is not asked for: no exporter and no tracing is loaded', () => {
    const script = `
      import { createRequire } from 'node:module'
      import { startPipeline } from '${new URL('../../dist/pipeline/lifecycle.js', import.meta.url)}'
      const settings = { sources: [], sinks: [], policy: { version: 'v', mode: 'enforce', rules: [], allow: {},
        exclude_fields: [], on_error: 'mask_all', service_from: [] }, pipeline: { workers: 1, in_flight_bytes_max: 1e6,
        deadline_ms: 1000, shutdown_ms: 1000, worker_heap_mib_max: 64 }, census: { window_ms: 60000, services_max: 1,
        instance: 'i' }, admin: null, telemetry: TELEMETRY, log: { level: 'error' } }
      const pipeline = await startPipeline(settings, { workerUrl: '${OBEDIENT}' })
      const { cache } = createRequire(import.meta.url)
      console.log(Object.keys(cache).filter((path) => /exporter-(metrics|trace|logs)|grpc|sdk-trace/.test(path)).length)
      await pipeline.stop(true)
      process.exit(0)`
    const loaded = (telemetry: string) => {
      const args = ['--input-type=module', '-e', script.replace('TELEMETRY', telemetry)]
      const cwd = fileURLToPath(new URL('../..', import.meta.url))
      return Number(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }))
    }
    expect(loaded('{}')).toBe(0)
    expect(loaded(JSON.stringify({ otlp: otlp('http://127.0.0.1:9') }))).toBeGreaterThan(10)
  })
})

/** Of a receiver that answers everything with it. */
async function endpointThat(reply: GrpcReply): Promise<string> {
  const receiver = await grpcReceiver()
  receiver.replies.push(...Array.from({ length: 100 }, () => reply))
  return receiver.endpoint
}

describe('a receiver of telemetry', () => {
  test.each([
    ['is not there', async () => 'http://127.0.0.1:9'],
    ['never answers', () => endpointThat('hang')],
    ['refuses', () => endpointThat({ code: 7 })],
  ])('that %s holds nothing up, and is spoken of', async (_name, endpoint) => {
    const { pipeline, source, log } = await start({
      otlp: otlp(await endpoint(), { interval_ms: 1_000, timeout_ms: 500 }),
      traces: { sample_ratio: 1 },
    })
    await source.deliver(lines('app', 'svc=a SECRET'))
    await eventually(() => log.some((line) => line.includes('telemetry_failed')))
    const since = performance.now()
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    expect(performance.now() - since).toBeLessThan(4_000)
    expect(await pipeline.metrics()).toMatch(
      /logveil_events_total\{component="telemetry",event="telemetry_failed"\} \d/,
    )
    const said = log.map((line) => JSON.parse(line)).find(({ event }) => event === 'telemetry_failed')
    expect(said.reason).toMatch(/^\w.*(export failed|exported|export timed out|UNAVAILABLE|DEADLINE|PERMISSION)/)
    expect(said.reason).not.toMatch(/stack|\n/)
    expect(log.join('')).not.toContain('SECRET')
  })
})
