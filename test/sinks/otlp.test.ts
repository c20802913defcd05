// The otlp sink against receivers that are not ours: what arrives, and what each of their answers makes of a batch.
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeStatus } from '../../src/net/rpc_status.ts'
import { logsRequest } from '../sources/otlp/messages.ts'
import { grpcReceiver, httpReceiver } from './otlp_receiver.ts'
import { batchOf, makeSink, never, startSink } from './site.ts'

const one = logsRequest(['one'])
const two = logsRequest(['two'], 'payments')
const batch = batchOf('otlp', one, two)
const joined = Buffer.concat([one, two])
const alone = batchOf('otlp', one)

/** ExportLogsServiceResponse{partial_success{rejected_log_records: 3, error_message: "no"}}. */
const PARTIAL = Buffer.from('0a06080312026e6f', 'hex')
const WARNING = Buffer.from('0a0412026e6f', 'hex')
const throttled = (code: number, retry_after_ms: number) => ({
  code,
  status: encodeStatus({ code, message: 'later', retry_after_ms }),
})

describe('the otlp sink over gRPC', () => {
  it.each(['gzip', 'none'])('sends the frames of a batch as one request, byte for byte (%s)', async (compression) => {
    const receiver = await grpcReceiver()
    const headers = { authorization: 'Bearer made-up' }
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, compression, headers })
    await sink.send(batch, 'b1', never)
    expect(receiver.received.map(({ bytes }) => bytes)).toEqual([joined])
    expect(receiver.received[0].headers).toMatchObject({ authorization: 'Bearer made-up' })
    expect(receiver.received[0].headers['user-agent']).toMatch(/^logveil\/\d/)
  })

  it.each([
    [1, true],
    [2, false],
    [3, false],
    [5, false],
    [6, false],
    [7, false],
    [8, false],
    [9, false],
    [10, true],
    [11, true],
    [12, false],
    [13, false],
    [15, true],
    [16, false],
  ])('code %i: may be sent again: %s', async (code, retryable) => {
    const receiver = await grpcReceiver()
    receiver.replies.push({ code })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    await expect(sink.send(alone, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable })
    // What a receiver says may repeat what it was sent.
    expect(JSON.stringify(said)).not.toContain('said the receiver')
    expect(said).toMatchObject([{ name: 'request_refused', facts: { retryable } }])
  })

  it.each([14, 8])('code %i with RetryInfo may be sent again, and says when', async (code) => {
    const receiver = await grpcReceiver()
    receiver.replies.push(throttled(code, 2500))
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint })
    const expected = { retryable: true, retry_after_ms: 2500 }
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(expected)
  })

  it('no answer in time may be sent again', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push('hang')
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, timeout_ms: 200 })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
  })

  it('a receiver that is not there may be tried again, and is found when it comes back', async () => {
    const receiver = await grpcReceiver()
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint })
    await sink.send(batch, 'b1', never)
    await receiver.close()
    await expect(sink.send(batch, 'b2', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    const again = await grpcReceiver(`127.0.0.1:${receiver.port}`)
    for (let tries = 0; again.received.length === 0 && tries < 50; tries++) {
      await sink.send(batch, 'b2', never).catch(() => new Promise((resolve) => setTimeout(resolve, 100)))
    }
    expect(again.received).toHaveLength(1)
  })

  it('a partial success is delivered, counted and told, and never sent again', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push({ message: PARTIAL })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    await sink.send(batch, 'b1', never)
    expect(said).toEqual([{ name: 'partial_success', facts: { rejected_records: 3 } }])
    expect(receiver.received).toHaveLength(1)
  })

  it.each([
    ['a warning', WARNING, 'receiver_warned'],
    ['what is no response', Buffer.from('<html>'), 'response_unreadable'],
  ])('%s is delivered and told', async (_name, message, event) => {
    const receiver = await grpcReceiver()
    receiver.replies.push({ message })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    await sink.send(batch, 'b1', never)
    expect(said.map(({ name }) => name)).toEqual([event])
  })

  it('a retry does not repeat the requests that were taken', async () => {
    const receiver = await grpcReceiver()
    const third = logsRequest(['x'.repeat(800)])
    receiver.replies.push({}, throttled(14, 1))
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, request_bytes_max: 1024 })
    const large = batchOf('otlp', logsRequest(['y'.repeat(800)]), third, logsRequest(['z'.repeat(800)]))
    await expect(sink.send(large, 'b1', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(large, 'b1', never)
    const marks = receiver.received.map(({ bytes }) =>
      bytes
        .toString('latin1')
        .replace(/[^xyz]/g, '')
        .slice(-1),
    )
    expect(marks).toEqual(['y', 'x', 'x', 'z'])
  })

  it('a frame that is refused as bad does not keep the others from being stored', async () => {
    const receiver = await grpcReceiver()
    const frames = ['a', 'b', 'bad', 'c'].map((body) => logsRequest([body, body]))
    const bad = frames[2]
    receiver.manners.judge = (bytes) => (bytes.includes(bad) ? { code: 3 } : {})
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    await sink.send(batchOf('otlp', ...frames), 'b1', never)
    const stored = receiver.received.map(({ bytes }) => bytes).filter((bytes) => !bytes.includes(bad))
    expect(Buffer.concat(stored)).toEqual(Buffer.concat([frames[0], frames[1], frames[3]]))
    expect(said.at(-1)).toEqual({ name: 'requests_rejected', facts: { rejected_records: 2 } })
  })

  it.each([
    [0, 'first'],
    [1, 'in the middle'],
    [2, 'last'],
  ])('nor does one that fills a request by itself (%i, %s)', async (place) => {
    const receiver = await grpcReceiver()
    const frames = ['x', 'y', 'z'].map((letter) => logsRequest([letter.repeat(800)]))
    const bad = frames[place]
    receiver.manners.judge = (bytes) => (bytes.includes(bad) ? { code: 3 } : {})
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint, request_bytes_max: 1024 })
    await sink.send(batchOf('otlp', ...frames), 'b1', never)
    const stored = receiver.received.map(({ bytes }) => bytes).filter((bytes) => !bytes.includes(bad))
    expect(stored).toEqual(frames.filter((frame) => frame !== bad))
    expect(said.at(-1)).toEqual({ name: 'requests_rejected', facts: { rejected_records: 1 } })
  })

  it('when every frame is refused as bad, the batch is: nothing shows that they are at fault', async () => {
    const receiver = await grpcReceiver()
    receiver.manners.judge = () => ({ code: 3 })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: false })
    expect(said.map(({ name }) => name)).not.toContain('requests_rejected')
    expect(receiver.received).toHaveLength(3)
  })

  it('who may not come in is not told apart frame by frame', async () => {
    const receiver = await grpcReceiver()
    receiver.manners.judge = () => ({ code: 16 })
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: false })
    expect(receiver.received).toHaveLength(1)
  })

  it('a receiver that goes away between the frames is not sent the first ones again', async () => {
    const receiver = await grpcReceiver()
    const frames = ['a', 'bad', 'c'].map((body) => logsRequest([body]))
    let away = 0
    receiver.manners.judge = (bytes) => {
      if (bytes.includes(frames[1])) return { code: 3 }
      return bytes.includes(frames[2]) && away++ === 0 ? throttled(14, 1) : {}
    }
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint })
    const sent = batchOf('otlp', ...frames)
    await expect(sink.send(sent, 'b1', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(sent, 'b1', never)
    const whole = Buffer.concat(frames)
    expect(receiver.received.map(({ bytes }) => bytes)).toEqual([whole, frames[0], frames[1], frames[2], frames[2]])
    expect(said.at(-1)).toEqual({ name: 'requests_rejected', facts: { rejected_records: 1 } })
  })

  it('a receiver that says goodbye answers what it has, and the next request finds a new connection', async () => {
    const sessions: ServerHttp2Session[] = []
    const server = createHttp2Server()
    server.on('session', (session) => sessions.push(session))
    server.on('stream', (stream) => {
      // GOAWAY, and the answer behind it.
      stream.session?.close()
      stream.resume()
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      setTimeout(() => stream.end(Buffer.alloc(5)), 50)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { sink } = await startSink('otlp', { endpoint: `http://127.0.0.1:${port}` })
    await sink.send(batch, 'b1', never)
    await sink.send(batch, 'b2', never)
    expect(sessions).toHaveLength(2)
  })

  it.each([
    [401, 'UNAUTHENTICATED', false],
    [404, 'UNIMPLEMENTED', false],
    [503, 'UNAVAILABLE', true],
  ])('a proxy that answers HTTP %i in its place is understood', async (status, name, retryable) => {
    const server = createHttp2Server()
    server.on('stream', (stream) => stream.respond({ ':status': status }, { endStream: true }))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { sink } = await startSink('otlp', { endpoint: `http://127.0.0.1:${port}` })
    const expected = { retryable, message: expect.stringContaining(name) }
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(expected)
  })

  it('a receiver that speaks no HTTP/2 is not there', async () => {
    const receiver = await httpReceiver()
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, timeout_ms: 1000 })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true })
    expect(receiver.received).toEqual([])
  })

  it('an abort ends the waiting', async () => {
    const receiver = await grpcReceiver()
    receiver.replies.push('hang')
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint })
    const sent = sink.send(batch, 'b1', AbortSignal.timeout(100))
    await expect(sent).rejects.toMatchObject({ retryable: true })
  })
})

describe('the otlp sink over HTTP', () => {
  it.each(['gzip', 'none'])('posts the frames of a batch as one request, byte for byte (%s)', async (compression) => {
    const receiver = await httpReceiver()
    const settings = { endpoint: receiver.endpoint, protocol: 'http', compression, headers: { 'X-Tenant': 'blue' } }
    const { sink } = await startSink('otlp', settings)
    await sink.send(batch, 'b1', never)
    expect(receiver.received.map(({ bytes }) => bytes)).toEqual([joined])
    const expected = { url: '/v1/logs', 'content-type': 'application/x-protobuf', 'x-tenant': 'blue' }
    expect(receiver.received[0].headers).toMatchObject(expected)
  })

  it('takes a path of the endpoint as it is', async () => {
    const receiver = await httpReceiver()
    const { sink } = await startSink('otlp', { endpoint: `${receiver.endpoint}/otlp/logs?x=1`, protocol: 'http' })
    await sink.send(batch, 'b1', never)
    expect(receiver.received[0].headers.url).toBe('/otlp/logs?x=1')
  })

  it.each([
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [408, false],
    [413, false],
    [415, false],
    [301, false],
    [429, true],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
  ])('status %i: may be sent again: %s', async (status, retryable) => {
    const receiver = await httpReceiver()
    receiver.replies.push({ status, body: Buffer.from('said the receiver') })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint, protocol: 'http' })
    await expect(sink.send(alone, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable })
    expect(JSON.stringify(said)).not.toContain('said the receiver')
  })

  it('Retry-After says when, in seconds or as a date', async () => {
    const receiver = await httpReceiver()
    const date = new Date(Date.now() + 30_000).toUTCString()
    receiver.replies.push({ status: 429, headers: { 'retry-after': '7' } })
    receiver.replies.push({ status: 503, headers: { 'retry-after': date } })
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, protocol: 'http' })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 7000 })
    const { retry_after_ms } = await sink.send(batch, 'b1', never).then(
      () => ({ retry_after_ms: 0 }),
      (error) => error,
    )
    expect(retry_after_ms).toBeGreaterThan(25_000)
    expect(retry_after_ms).toBeLessThan(31_000)
  })

  it.each(['hang', 'hang up'] as const)('a receiver that does %s is tried again', async (manner) => {
    const receiver = await httpReceiver()
    receiver.replies.push(manner)
    const { sink } = await startSink('otlp', { endpoint: receiver.endpoint, protocol: 'http', timeout_ms: 300 })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(batch, 'b1', never)
    expect(receiver.received).toHaveLength(2)
  })

  it('a partial success is delivered, counted and told', async () => {
    const receiver = await httpReceiver()
    receiver.replies.push({ body: PARTIAL })
    const { sink, said } = await startSink('otlp', { endpoint: receiver.endpoint, protocol: 'http' })
    await sink.send(batch, 'b1', never)
    expect(said).toEqual([{ name: 'partial_success', facts: { rejected_records: 3 } }])
  })
})

describe('what an operator may write', () => {
  it.each([
    [{ endpoint: 'localhost:4317' }, 'write http://'],
    [{ endpoint: 'http://user:pw@host:1' }, 'write http://'],
    [{ endpoint: 'http://host:1/path' }, 'no path'],
    [{ endpoint: 'http://host:1', tls: {} }, 'https'],
    [{ endpoint: 'http://host:1', headers: { 'Content-Type': 'x' } }, 'can not be set'],
    [{ endpoint: 'http://host:1', headers: { 'x-bin': 'x' } }, 'can not be set'],
    [{ endpoint: 'http://host:1', headers: { x: 'a\nb' } }, 'printable'],
  ])('not %j', (settings, complaint) => {
    expect(() => makeSink('otlp', settings)).toThrow(complaint)
  })
})
