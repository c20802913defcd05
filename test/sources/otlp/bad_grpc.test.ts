// What goes wrong over gRPC: each is answered with its code, the source stays up, and others are served. node:http2 is
// the client where a decent one would not do it.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { connect as dial } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeStatus } from '../../../src/net/rpc_status.ts'
import { logsRequest } from './messages.ts'
import { call, EXPORT, grpcClient, startOtlp, until, zstd } from './support.ts'

const request = logsRequest(['one', 'two'])

function session(address: string): ClientHttp2Session {
  const opened = connect(`http://${address}`)
  opened.on('error', () => {})
  onTestFinished(() => opened.destroy())
  return opened
}

function open(at: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const all = { ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc', te: 'trailers', ...headers }
  const stream = at.request(all)
  stream.on('error', () => {})
  return stream
}

interface Ended {
  status: number
  code: number
  retry_after_ms: number | undefined
}

/** What the stream is answered with; code -1 when it ends without an answer. */
function answerOf(stream: ClientHttp2Stream): Promise<Ended> {
  const ended: Ended = { status: 0, code: -1, retry_after_ms: undefined }
  const read = (headers: Record<string, unknown>): void => {
    if (headers[':status'] !== undefined) ended.status = Number(headers[':status'])
    if (headers['grpc-status'] !== undefined) ended.code = Number(headers['grpc-status'])
    const details = headers['grpc-status-details-bin']
    if (typeof details === 'string') ended.retry_after_ms = decodeStatus(Buffer.from(details, 'base64')).retry_after_ms
  }
  stream.on('response', read)
  stream.on('trailers', read)
  stream.resume()
  return new Promise((resolve) => stream.on('close', () => resolve(ended)))
}

function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)
const bomb = gzipSync(Buffer.alloc(200_000))

describe('a bad call', () => {
  it.each([
    ['what is no protobuf', framed(Buffer.from('<xml/>')), {}, 3],
    ['protobuf that is cut short', framed(half(request)), {}, 3],
    ['a message shorter than it says', framed(request, 0, request.length + 1), {}, 3],
    ['half a head', Buffer.alloc(3), {}, 3],
    ['no message', Buffer.alloc(0), {}, 12],
    ['two messages', Buffer.concat([framed(request), framed(request)]), {}, 12],
    ['garbage after the message', Buffer.concat([framed(request), Buffer.from('x')]), {}, 12],
    ['an unknown flag', framed(request, 2), {}, 3],
    ['compressed, and not how', framed(gzipSync(request), 1), {}, 3],
    ['not what it was compressed by', framed(request, 1), { 'grpc-encoding': 'gzip' }, 3],
    ['a broken zstd frame', framed(half(zstd(request)), 1), { 'grpc-encoding': 'zstd' }, 3],
    ['an unknown compression', framed(request, 1), { 'grpc-encoding': 'br' }, 12],
    ['a broken snappy block', framed(request, 1), { 'grpc-encoding': 'snappy' }, 3],
    ['over message_bytes_max', framed(Buffer.alloc(70_000)), {}, 8],
    ['4 GiB declared', framed(request, 0, 2 ** 32 - 1), {}, 8],
    ['a gzip bomb', framed(bomb, 1), { 'grpc-encoding': 'gzip' }, 8],
    ['a zstd bomb', framed(zstd(Buffer.alloc(1), 200_000), 1), { 'grpc-encoding': 'zstd' }, 8],
    ['another method', framed(request), { ':path': `${EXPORT}s` }, 12],
    ['traces', framed(request), { ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export' }, 12],
  ] as [string, Buffer, Record<string, string>, number][])('%s', async (_name, bytes, headers, code) => {
    const { site, grpc } = await startOtlp({ message_bytes_max: 65_536 })
    const stream = open(session(grpc), headers)
    const answer = answerOf(stream)
    stream.end(bytes)
    // Without RetryInfo: it would not be better the next time.
    expect(await answer).toEqual({ status: 200, code, retry_after_ms: undefined })
    expect(site.batches).toEqual([])
    expect(await call(grpcClient(grpc), request)).toMatchObject({ code: 0 })
  })

  it.each([
    ['GET', { ':method': 'GET' }, 405],
    ['another content type', { 'content-type': 'application/json' }, 415],
    ['gRPC in JSON', { 'content-type': 'application/grpc+json' }, 415],
    ['gRPC-Web', { 'content-type': 'application/grpc-web+proto' }, 415],
  ])('%s is answered in HTTP', async (_name, headers, status) => {
    const { grpc } = await startOtlp()
    expect(await answerOf(open(session(grpc), headers))).toMatchObject({ status, code: -1 })
  })

  it('declares 4 GiB and sends on: it is answered at once, and told to stop', async () => {
    const { grpc } = await startOtlp()
    const stream = open(session(grpc))
    const answer = answerOf(stream)
    stream.write(framed(Buffer.alloc(0), 0, 2 ** 32 - 1))
    const sending = setInterval(() => stream.write(Buffer.alloc(16_384)), 1)
    expect(await answer).toMatchObject({ code: 8 })
    clearInterval(sending)
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
  })

  it('resets in the middle, on both sides of the end: nothing is left of it, and the connection goes on', async () => {
    const { site, grpc } = await startOtlp()
    let deliver = (): void => {}
    site.answer = () => new Promise((resolve) => (deliver = resolve))
    const client = session(grpc)
    const early = open(client)
    early.write(half(framed(request)))
    const late = open(client)
    late.end(framed(request))
    await until(() => site.batches.length === 1)
    for (const stream of [early, late]) stream.close(constants.NGHTTP2_CANCEL)
    await new Promise((resolve) => setTimeout(resolve, 50))
    deliver()
    site.answer = async () => {}
    const next = open(client)
    const answer = answerOf(next)
    next.end(framed(logsRequest(['three'])))
    expect(await answer).toMatchObject({ code: 0 })
    expect(site.batches).toHaveLength(2)
  })

  it('resets at any moment, a thousand times', async () => {
    const { site, grpc } = await startOtlp({ bearer_tokens: ['right-token'] })
    site.answer = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
    const bytes = framed(request)
    const sessions = Array.from({ length: 50 }, () => session(grpc))
    const attempts = Array.from({ length: 1000 }, async (_, n) => {
      const client = sessions[n % sessions.length]
      const authorization = n % 7 === 0 ? 'Bearer wrong' : 'Bearer right-token'
      const stream = open(client, { authorization })
      const closed = answerOf(stream)
      if (n % 3 === 0) stream.write(half(bytes))
      else stream.end(n % 5 === 0 ? bytes.subarray(0, 9) : bytes)
      setTimeout(() => (n % 50 === 49 ? client.destroy() : stream.close(constants.NGHTTP2_CANCEL)), Math.random() * 40)
      await closed
    })
    expect((await Promise.allSettled(attempts)).length).toBe(1000)
    const headers = { authorization: 'Bearer right-token' }
    expect(await call(grpcClient(grpc), logsRequest(['after']), { headers })).toMatchObject({ code: 0 })
  })

  it('takes too long to send its message', async () => {
    const { site, grpc } = await startOtlp({ receive_ms_max: 100 })
    const stream = open(session(grpc))
    stream.write(half(framed(request)))
    expect(await answerOf(stream)).toMatchObject({ code: 14, retry_after_ms: 1000 })
    expect(site.refusals).toEqual(['slow'])
  })

  it('has no token, or a wrong one', async () => {
    const { site, grpc } = await startOtlp({ bearer_tokens: ['right-token'] })
    const codes = []
    for (const authorization of ['Bearer wrong-token', 'Bearer ', 'Bearer right-token']) {
      codes.push((await call(grpcClient(grpc), request, { headers: { authorization } })).code)
    }
    expect(codes).toEqual([16, 16, 0])
    expect(JSON.stringify(site.said)).not.toContain('-token')
  })
})

describe('what a client sends', () => {
  it('is never said, whatever it is refused for', async () => {
    const { site, grpc, http } = await startOtlp({ bearer_tokens: ['right-token'], message_bytes_max: 65_536 })
    const needle = 'needle-4111111111111111'
    const authorization = 'Bearer right-token'
    const bad: [Record<string, string>, Buffer][] = [
      [{ ':path': `/${needle}` }, framed(request)],
      [{ 'content-type': needle }, framed(request)],
      [{ authorization: `Bearer ${needle}` }, framed(request)],
      [{ authorization, 'grpc-encoding': needle }, framed(request)],
      [{ authorization, 'grpc-timeout': needle, [needle]: needle }, framed(Buffer.from(needle))],
      [{ authorization, traceparent: needle }, framed(Buffer.from(needle.repeat(10_000)))],
    ]
    for (const [headers, bytes] of bad) {
      const stream = open(session(grpc), headers)
      const answer = answerOf(stream)
      stream.end(bytes)
      expect((await answer).code).not.toBe(0)
      const { ':path': path = '/v1/logs', ...others } = headers
      const coding: Record<string, string> = others['grpc-encoding'] === undefined ? {} : { 'content-encoding': needle }
      const sent = { 'content-type': 'application/x-protobuf', ...others, ...coding }
      const posted = await fetch(`http://${http}${path}`, { method: 'POST', headers: sent, body: bytes.subarray(5) })
      expect(posted.status).toBeGreaterThan(399)
    }
    expect(site.refusals.length).toBeGreaterThan(8)
    expect(JSON.stringify(site.said)).not.toContain('needle')
  })
})

describe('bad connections', () => {
  it.each([
    ['no HTTP/2', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a frame that is none', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(100)}`],
  ])('%s: is closed, and others are served', async (_name, bytes) => {
    const { grpc } = await startOtlp()
    const [host, port] = grpc.split(':')
    const socket = dial({ host, port: Number(port) })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
    socket.resume()
    socket.write(bytes)
    await closed
    expect(await call(grpcClient(grpc), request)).toMatchObject({ code: 0 })
  })

  it('without requests are closed after idle_ms_max', async () => {
    const { grpc } = await startOtlp({ idle_ms_max: 100 })
    const opened = session(grpc)
    await new Promise((resolve) => opened.on('close', resolve))
    expect(await call(grpcClient(grpc), request)).toMatchObject({ code: 0 })
  })

  it('10,000 calls at once over four connections are all answered', async () => {
    const { site, grpc } = await startOtlp()
    const sessions = Array.from({ length: 4 }, () => session(grpc))
    await Promise.all(sessions.map((one) => new Promise((resolve) => one.on('remoteSettings', resolve))))
    const calls = Array.from({ length: 10_000 }, async (_, n) => {
      const stream = open(sessions[n % 4])
      const answer = answerOf(stream)
      stream.end(framed(logsRequest([`call ${n}`])))
      return (await answer).code
    })
    const codes = await Promise.all(calls)
    expect(codes.filter((code) => code !== 0)).toEqual([])
    expect(site.batches).toHaveLength(10_000)
  }, 60_000)
})
