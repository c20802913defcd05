// The otlp_census sink against a receiver that is not ours, alone and at the end of a real pipeline.
import { readFileSync } from 'node:fs'
import { ServerCredentials } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CENSUS, planSink } from '../../src/core/plan.ts'
import { encodeStatus } from '../../src/net/rpc_status.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { sinks } from '../../src/sinks/index.ts'
import { makeCertificates } from '../net/certificates.ts'
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
import { requestPlain } from '../wire/otlp_schema.ts'
import { type GrpcReply, grpcReceiver, type Receiver } from './otlp_receiver.ts'
import { batchOf, makeSink, never, startSink, temporaryFolder } from './site.ts'

const window = { window_start: '2026-11-21T18:00:00.000Z', window_end: '2026-11-21T18:01:00.500Z' }
const common = {
  id: 'c0ffee',
  seq: 7,
  ...window,
  schema: 1,
  instance: 'box-1',
  run: 'f00d',
  version: '0.1.0',
  first_seen: window.window_start,
  last_seen: window.window_start,
  policy_version: 'v1',
  service: 'pay',
  source: 'app',
}
const finding = {
  event: 'finding',
  ...common,
  rule: 'payment_card',
  rule_version: 'r1',
  category: 'financial',
  severity: 'critical',
  action: 'mask',
  matches: 17,
  records: 9,
  paths: ['body.card', 'body.note'],
}
const coverage = {
  event: 'coverage',
  ...common,
  records_seen: 100,
  records_affected: 9,
  records_dropped: 0,
  failures: { malformed: 2 },
  clean: 89,
  not_inspected: 2,
  over_budget: 0,
  undecodable: 2,
}
const line = (record: unknown) => `${JSON.stringify(record)}\n`
const batch = { ...batchOf('json', line(coverage), line(finding)), origin: CENSUS }

/** ExportLogsServiceResponse{partial_success{rejected_log_records: 3, error_message: "no"}}. */
const PARTIAL = Buffer.from('0a06080312026e6f', 'hex')
const WARNING = Buffer.from('0a0412026e6f', 'hex')
const throttled = (retry_after_ms: number) => ({
  code: 14,
  status: encodeStatus({ code: 14, message: 'later', retry_after_ms }),
})

// biome-ignore lint/suspicious/noExplicitAny: what a foreign decoder made
function eventsIn({ received }: Receiver<GrpcReply>, at = 0): any {
  return requestPlain(received[at].bytes)
}

describe('the events of the census', () => {
  it('have name, time, severity and attributes, and come from this instance of logveil', async () => {
    const receiver = await grpcReceiver()
    const headers = { authorization: 'Bearer made-up' }
    const { sink } = await startSink('otlp_census', { endpoint: receiver.endpoint, headers })
    await sink.send(batch, 'c1', never)
    expect(receiver.received[0].headers).toMatchObject({ authorization: 'Bearer made-up' })
    const { resourceLogs } = eventsIn(receiver)
    expect(resourceLogs).toHaveLength(1)
    const resource = Object.fromEntries(
      resourceLogs[0].resource.attributes.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
    )
    expect(resource).toMatchObject({
      'service.name': { stringValue: 'logveil' },
      'service.instance.id': { stringValue: 'box-1' },
      'service.version': { stringValue: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    })
    const [scope] = resourceLogs[0].scopeLogs
    expect(scope.scope.name).toBe('logveil.census')
    const [first, second] = scope.logRecords
    expect(first).toMatchObject({ eventName: 'logveil.coverage', severityNumber: 9 })
    expect(second).toMatchObject({
      eventName: 'logveil.finding',
      timeUnixNano: `${BigInt(Date.parse(window.window_end)) * 1_000_000n}`,
      severityNumber: 21,
      severityText: 'critical',
      body: { stringValue: '17 findings of payment_card in pay: mask' },
    })
    const attributes = Object.fromEntries(
      [...first.attributes, ...second.attributes].map(({ key, value }) => [key, value]),
    )
    expect(attributes).toMatchObject({
      'logveil.id': { stringValue: 'c0ffee' },
      'logveil.service': { stringValue: 'pay' },
      'logveil.matches': { intValue: '17' },
      'logveil.paths': { arrayValue: { values: [{ stringValue: 'body.card' }, { stringValue: 'body.note' }] } },
      'logveil.records_seen': { intValue: '100' },
      'logveil.failures.malformed': { intValue: '2' },
    })
    expect(Object.keys(attributes)).not.toContain('logveil.instance')
  })

  it('are the same in a repeat, but for the time at which they are told', async () => {
    const receiver = await grpcReceiver()
    const { sink } = await startSink('otlp_census', { endpoint: receiver.endpoint, compression: 'none' })
    await sink.send(batch, 'c1', never)
    await sink.send(batch, 'c1', never)
    const told = (at: number) => JSON.stringify(eventsIn(receiver, at)).replaceAll(/"observedTimeUnixNano":"\d+"/g, '')
    expect(told(0)).toBe(told(1))
  })
})

describe('what a receiver answers', () => {
  it.each([
    [2, false],
    [3, false],
    [7, false],
    [8, false],
    [10, true],
    [12, false],
    [16, false],
  ])('code %i: may be sent again: %s', async (code, retryable) => {
    const receiver = await grpcReceiver()
    receiver.replies.push({ code })
    const { sink, said } = await startSink('otlp_census', { endpoint: receiver.endpoint })
    await expect(sink.send(batch, 'c1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable })
    expect(JSON.stringify(said)).not.toContain('said the receiver')
  })

  it('RetryInfo: not before then', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push(throttled(2500))
    const { sink } = await startSink('otlp_census', { endpoint: receiver.endpoint })
    const expected = { retryable: true, retry_after_ms: 2500 }
    await expect(sink.send(batch, 'c1', never)).rejects.toMatchObject(expected)
  })

  it('partial success: it is counted, and not sent again', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push({ message: PARTIAL }, {}, { message: WARNING })
    const { sink, said } = await startSink('otlp_census', { endpoint: receiver.endpoint })
    await sink.send(batch, 'c1', never)
    expect(said).toEqual([{ name: 'partial_success', facts: { rejected_records: 3 } }])
    await sink.send(batch, 'c2', never)
    expect(said).toHaveLength(1)
    await sink.send(batch, 'c3', never)
    expect(said.map(({ name }) => name)).toEqual(['partial_success', 'receiver_warned'])
  })

  it('partial success of one of many requests is counted once, for the sink that sent it', async () => {
    const [a, b] = [await grpcReceiver(), await grpcReceiver()]
    for (let n = 0; n < 20; n++)
      if (n % 4 === 0) a.replies.push({ message: PARTIAL })
      else a.replies.push({})
    const one = await startSink('otlp_census', { endpoint: a.endpoint })
    const two = await startSink('otlp_census', { endpoint: b.endpoint })
    const sends = Array.from({ length: 20 }, (_, n) => [
      one.sink.send(batch, `a${n}`, never),
      two.sink.send(batch, `b${n}`, never),
    ])
    await Promise.all(sends.flat())
    expect(one.said.filter(({ name }) => name === 'partial_success')).toHaveLength(5)
    expect(two.said).toEqual([])
  })

  it('nothing, in time: it may be sent again', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push('hang')
    const { sink } = await startSink('otlp_census', { endpoint: receiver.endpoint, timeout_ms: 200 })
    await expect(sink.send(batch, 'c1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
  })

  it('nothing, for nobody is there: it may be sent again', async () => {
    const { sink } = await startSink('otlp_census', { endpoint: 'http://127.0.0.1:9', timeout_ms: 2_000 })
    await expect(sink.send(batch, 'c1', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
  })
})

describe('the sink', () => {
  it('speaks TLS, and shows its certificate when it has one', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const file = (name: string) => readFileSync(`${folder}/${name}`)
    const by = ServerCredentials.createSsl(
      file('ca.pem'),
      [{ cert_chain: file('server.pem'), private_key: file('server.key') }],
      true,
    )
    const receiver = await grpcReceiver('127.0.0.1:0', by)
    const endpoint = `https://localhost:${receiver.port}`
    const tls = { ca: `${folder}/ca.pem`, cert: `${folder}/client.pem`, key: `${folder}/client.key` }
    const { sink } = await startSink('otlp_census', { endpoint, tls })
    await sink.send(batch, 'c1', never)
    expect(receiver.received).toHaveLength(1)
    const stranger = await startSink('otlp_census', { endpoint, timeout_ms: 2_000 })
    await expect(stranger.sink.send(batch, 'c1', never)).rejects.toMatchObject({ retryable: true })
    expect(receiver.received).toHaveLength(1)
  })

  it('gives up a send when it is told to, and closes though the receiver hangs', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push('hang', 'hang')
    const { sink } = await startSink('otlp_census', { endpoint: receiver.endpoint })
    const abort = new AbortController()
    const sent = sink.send(batch, 'c1', abort.signal)
    abort.abort()
    await expect(sent).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
    await sink.close(AbortSignal.timeout(100))
    await expect(sink.send(batch, 'c2', never)).rejects.toMatchObject({ code: 'SINK_CLOSED', retryable: false })
  })

  it('closes before it was started', async () => {
    await makeSink('otlp_census', { endpoint: 'http://127.0.0.1:9' }).sink.close(never)
  })
})

describe('counts on their way to a receiver', () => {
  async function start(endpoint: string, window_ms = 200) {
    const source = new HandSource()
    const spec = sinks.find(({ type }) => type === 'otlp_census')!
    const settings = spec.settings.parse({ endpoint, timeout_ms: 300 })
    const counts = planSink('counts', spec, settings, { inputs: [CENSUS], required: false })
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', new HeapSink(), ['app']), counts], {
      census: { window_ms },
    })
    const { logger, log } = heapLogger()
    const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger })
    onTestFinished(() => pipeline.stop(true).then(() => {}))
    return { source, pipeline, log }
  }

  function recordsSeen(receiver: Receiver<GrpcReply>, from = 0): number {
    let sum = 0
    for (let at = from; at < receiver.received.length; at++) {
      for (const { scopeLogs } of eventsIn(receiver, at).resourceLogs) {
        for (const { attributes } of scopeLogs[0].logRecords) {
          for (const { key, value } of attributes) if (key === 'logveil.records_seen') sum += Number(value.intValue)
        }
      }
    }
    return sum
  }

  it('wait while it throttles, hangs and refuses, and never hold records up', async () => {
    const receiver = await grpcReceiver()
    const troubles: GrpcReply[] = [throttled(300), 'hang', { code: 13 }, { code: 14 }]
    receiver.replies.push(...troubles)
    const { source, pipeline, log } = await start(receiver.endpoint)
    await source.deliver(lines('app', 'svc=a SECRET', 'svc=a fine'))
    await eventually(() => receiver.received.length > troubles.length)
    expect(recordsSeen(receiver, troubles.length)).toBe(2)
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    expect(log.join('')).not.toContain('SECRET')
    expect(Buffer.concat(receiver.received.map(({ bytes }) => bytes)).includes('SECRET')).toBe(false)
  })

  it('are there when it comes back from being away', async () => {
    const away = await grpcReceiver()
    const { port, endpoint } = away
    await away.close()
    const { source, pipeline } = await start(endpoint)
    for (let n = 0; n < 5; n++) await source.deliver(lines('app', 'svc=a SECRET', 'svc=b fine'))
    await new Promise((resolve) => setTimeout(resolve, 500))
    const back = await grpcReceiver(`127.0.0.1:${port}`)
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    expect(recordsSeen(back)).toBe(10)
  })
})
