// OTLP/HTTP as fetch and plain sockets speak it.
import { connect } from 'node:net'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LogveilError } from '../../../src/core/errors.ts'
import { decodeStatus } from '../../../src/net/rpc_status.ts'
import { logsJson, logsRequest } from './messages.ts'
import { startOtlp, until, zstd } from './support.ts'

const request = logsRequest(['one', 'two'])
const json = Buffer.from(logsJson(['one', 'two']))
const PROTOBUF = 'application/x-protobuf'

function post(
  address: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
  path = '/v1/logs',
  method = 'POST',
) {
  const init = { method, headers: { 'content-type': PROTOBUF, ...headers }, body: Buffer.from(body) }
  return fetch(`http://${address}${path}`, method === 'GET' ? { ...init, body: undefined } : init)
}

/** Writes raw bytes and gives all that comes back until the server closes. */
function raw(address: string, ...parts: (string | Uint8Array)[]): Promise<string> {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) })
    let got = ''
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(got))
    for (const part of parts) socket.write(part)
    onTestFinished(() => void socket.destroy())
  })
}

describe('a request over HTTP', () => {
  it('in protobuf is delivered byte for byte, and answered with an empty response of its type', async () => {
    const { site, http } = await startOtlp()
    const answer = await post(http, request)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, PROTOBUF, ''])
    expect(site.batches).toHaveLength(1)
    expect(site.batches[0]).toMatchObject({ format: 'otlp', origin: 'otel', ends: Uint32Array.of(request.length) })
    expect(Buffer.from(site.batches[0].bytes)).toEqual(request)
  })

  it('in JSON is delivered as it came, and answered in JSON', async () => {
    const { site, http } = await startOtlp()
    const answer = await post(http, json, { 'content-type': 'application/json; charset=utf-8' })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect([answer.status, await answer.json()]).toEqual([200, {}])
    expect(site.batches[0]).toMatchObject({ format: 'otlp_json', ends: Uint32Array.of(json.length) })
    expect(Buffer.from(site.batches[0].bytes)).toEqual(json)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstd],
    ['identity', (bytes: Buffer) => bytes],
  ])('is delivered when it comes in %s', async (coding, compress) => {
    const { site, http } = await startOtlp()
    const large = logsRequest(Array.from({ length: 4000 }, (_, n) => `message ${n}`))
    const headers = { 'content-encoding': coding }
    expect((await post(http, compress(large), headers)).status).toBe(200)
    expect((await post(http, compress(json), { ...headers, 'content-type': 'application/json' })).status).toBe(200)
    expect(site.batches.map(({ bytes }) => Buffer.from(bytes))).toEqual([large, json])
  })

  it('that was not delivered is 503 with Retry-After, and a status that says so', async () => {
    const { site, http } = await startOtlp({ retry_after_ms: 1500 })
    site.answer = async () => {
      throw new LogveilError('STOPPING', 'test')
    }
    const answer = await post(http, request)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    expect(answer.headers.get('content-type')).toBe(PROTOBUF)
    const status = decodeStatus(new Uint8Array(await answer.arrayBuffer()))
    expect(status).toEqual({ code: 14, retry_after_ms: 1500 })
    const inJson = await post(http, json, { 'content-type': 'application/json' })
    expect(await inJson.json()).toMatchObject({ code: 14, details: [{ retryDelay: '1.5s' }] })
  })

  it.each([
    ['another path', { path: '/v1/traces' }, 404],
    ['another method', { method: 'PUT' }, 405],
    ['GET', { method: 'GET' }, 405],
    ['another type', { headers: { 'content-type': 'text/plain' } }, 415],
    ['another compression', { headers: { 'content-encoding': 'br' } }, 415],
    ['two compressions', { headers: { 'content-encoding': 'gzip, gzip' } }, 415],
    ['what is not compressed', { headers: { 'content-encoding': 'gzip' } }, 400],
    ['what is not protobuf', { body: Buffer.from('<xml/>') }, 400],
    [
      'what is not JSON',
      { body: Buffer.from('{"resourceLogs":['), headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['JSON that is no object', { body: Buffer.from('[]'), headers: { 'content-type': 'application/json' } }, 400],
    ['JSON and more', { body: Buffer.from('{} {}'), headers: { 'content-type': 'application/json' } }, 400],
    ['more than message_bytes_max', { body: Buffer.alloc(3000) }, 413],
    [
      'more than that decompressed',
      { body: gzipSync(Buffer.alloc(3000)), headers: { 'content-encoding': 'gzip' } },
      413,
    ],
  ] as [string, { path?: string; method?: string; headers?: Record<string, string>; body?: Buffer }, number][])(
    '%s is refused for good, and others are served',
    async (_name, { path, method, headers, body = request }, status) => {
      const { site, http } = await startOtlp({ message_bytes_max: 2048 })
      const answer = await post(http, body, headers, path, method)
      expect(answer.status).toBe(status)
      expect(answer.headers.get('retry-after')).toBe(null)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const told =
        answer.headers.get('content-type') === PROTOBUF ? decodeStatus(bytes) : JSON.parse(String(Buffer.from(bytes)))
      expect(told.code).toBeGreaterThan(0)
      expect(site.batches).toEqual([])
      expect((await post(http, request)).status).toBe(200)
    },
  )

  it('without records succeeds, and nothing is delivered', async () => {
    const { site, http } = await startOtlp()
    expect((await post(http, Buffer.alloc(0))).status).toBe(200)
    expect(site.batches).toEqual([])
  })

  it('hands the trace context on, if it is one', async () => {
    const { site, http } = await startOtlp()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await post(http, request, { traceparent })
    await post(http, request, { traceparent: 'jane@example.com' })
    expect(site.batches.map((batch) => batch.traceparent)).toEqual([traceparent, undefined])
  })
})

describe('HTTP itself', () => {
  const head = (length: number | string, more = '') =>
    `POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: ${PROTOBUF}\r\nContent-Length: ${length}\r\n${more}\r\n`

  it('keeps the connection for the next request', async () => {
    const { site, http } = await startOtlp()
    const got = await raw(http, head(request.length), request, head(request.length, 'Connection: close\r\n'), request)
    expect(got.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(site.batches).toHaveLength(2)
  })

  it('asks for the body of who expects it, and refuses it before it is sent when its size is declared', async () => {
    const { http } = await startOtlp({ message_bytes_max: 2048 })
    const more = 'Expect: 100-continue\r\nConnection: close\r\n'
    expect(await raw(http, head(request.length, more), request)).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
    )
    expect(await raw(http, head(4096, more))).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('answers who declares 4 GiB and sends on', async () => {
    const { http } = await startOtlp()
    const got = await raw(http, head(2 ** 32), ...Array.from({ length: 50 }, () => Buffer.alloc(65_536)))
    expect(got).toMatch(/^HTTP\/1\.1 413 .*\r\n/)
    expect(got).toContain('Connection: close')
  })

  it('takes bodies of unknown length, up to the limit', async () => {
    const { site, http } = await startOtlp({ message_bytes_max: 2048 })
    const chunked = (...parts: Buffer[]) => [
      `POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: ${PROTOBUF}\r\n`,
      'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      ...parts.flatMap((part) => [`${part.length.toString(16)}\r\n`, part, '\r\n']),
    ]
    expect(await raw(http, ...chunked(request.subarray(0, 3), request.subarray(3), Buffer.alloc(0)))).toContain(
      ' 200 OK',
    )
    expect(Buffer.from(site.batches[0].bytes)).toEqual(request)
    expect(await raw(http, ...chunked(Buffer.alloc(1500), Buffer.alloc(1500)))).toMatch(/^HTTP\/1\.1 413 /)
  })

  it.each([
    ['no HTTP', 'garbage\r\n\r\n'],
    ['too many headers', `POST /v1/logs HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['two lengths', head('3\r\nContent-Length: 4')],
  ])('%s is answered, and others are served', async (_name, bytes) => {
    const { http } = await startOtlp()
    expect(await raw(http, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect((await post(http, request)).status).toBe(200)
  })

  it('a client that is too slow is told to come again', async () => {
    const { site, http } = await startOtlp({ receive_ms_max: 100 })
    expect(await raw(http, head(1000), request.subarray(0, 10))).toMatch(
      /^HTTP\/1\.1 503 .*\r\n(.*\r\n)*retry-after: 1\r\n/i,
    )
    expect(site.refusals).toEqual(['slow'])
  })

  it('a client that hangs up in the middle leaves nothing behind', async () => {
    const { site, http, source } = await startOtlp()
    const [host, port] = http.split(':')
    const socket = connect({ host, port: Number(port) })
    socket.write(head(1000))
    socket.write(request.subarray(0, 10))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await source.stop(AbortSignal.timeout(2000))
    expect(site.batches).toEqual([])
  })
})

describe('a bearer token', () => {
  it('is asked for, and is never said', async () => {
    const { site, http } = await startOtlp({ bearer_tokens: ['first-token', 'second-token'] })
    const statuses = []
    for (const given of ['', 'Bearer wrong-token', 'Basic first-token', 'Bearer first-token', 'bearer  second-token']) {
      statuses.push((await post(http, request, given === '' ? {} : { authorization: given })).status)
    }
    expect(statuses).toEqual([401, 401, 401, 200, 200])
    await until(() => site.refusals.length === 3)
    expect(JSON.stringify(site.said)).not.toContain('token')
  })
})
