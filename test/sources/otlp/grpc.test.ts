// OTLP/gRPC as @grpc/grpc-js speaks it.
import { connect } from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LogveilError } from '../../../src/core/errors.ts'
import { logsRequest } from './messages.ts'
import { call, EXPORT, grpcClient, startOtlp, until, zstd } from './support.ts'

const request = logsRequest(['one', 'two'])

describe('a request over gRPC', () => {
  it('is delivered byte for byte, and answered with an empty response', async () => {
    const { site, grpc } = await startOtlp()
    expect(await call(grpcClient(grpc), request)).toMatchObject({ code: 0, message: Buffer.alloc(0) })
    expect(site.batches).toHaveLength(1)
    const [batch] = site.batches
    expect(batch).toMatchObject({ format: 'otlp', origin: 'otel', ends: Uint32Array.of(request.length) })
    expect(Buffer.from(batch.bytes).equals(request)).toBe(true)
  })

  it.each([
    ['gzip', 2],
    ['deflate', 1],
  ])('is delivered when it comes in %s', async (_name, algorithm) => {
    const { site, grpc } = await startOtlp()
    const client = grpcClient(grpc, { 'grpc.default_compression_algorithm': algorithm })
    const large = logsRequest(Array.from({ length: 4000 }, (_, n) => `message ${n}`))
    expect(await call(client, large)).toMatchObject({ code: 0 })
    expect(Buffer.from(site.batches[0].bytes).equals(large)).toBe(true)
  })

  it('is delivered when it comes in zstd, by node:http2', async () => {
    const { site, grpc } = await startOtlp()
    const message = zstd(request)
    const head = Buffer.alloc(5, 1)
    head.writeUInt32BE(message.length, 1)
    const headers = { 'content-type': 'application/grpc', te: 'trailers', 'grpc-encoding': 'zstd' }
    const session = connect(`http://${grpc}`)
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, ...headers })
    const trailers = new Promise((resolve) => stream.on('trailers', resolve))
    stream.resume().end(Buffer.concat([head, message]))
    expect(await trailers).toMatchObject({ 'grpc-status': '0' })
    expect(Buffer.from(site.batches[0].bytes)).toEqual(request)
  })

  it('is answered when it is delivered, and not before', async () => {
    const { site, grpc } = await startOtlp()
    let deliver = (): void => {}
    site.answer = () => new Promise((resolve) => (deliver = resolve))
    let answered = false
    const answer = call(grpcClient(grpc), request).then((got) => {
      answered = true
      return got
    })
    await until(() => site.batches.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answered).toBe(false)
    deliver()
    expect(await answer).toMatchObject({ code: 0 })
  })

  it('that was not delivered is UNAVAILABLE with RetryInfo', async () => {
    const { site, grpc } = await startOtlp({ retry_after_ms: 1500 })
    site.answer = async () => {
      throw new LogveilError('STOPPING', 'test')
    }
    expect(await call(grpcClient(grpc), request)).toMatchObject({ code: 14, retry_after_ms: 1500 })
    expect(site.refusals).toEqual(['undelivered'])
  })

  it('hands the trace context on', async () => {
    const { site, grpc } = await startOtlp()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await call(grpcClient(grpc), request, { headers: { traceparent } })
    expect(site.batches.map((batch) => batch.traceparent)).toEqual([traceparent])
  })

  it('with fields that nobody knows yet is delivered with them', async () => {
    const { site, grpc } = await startOtlp()
    const more = Buffer.concat([request, Buffer.from('fa070378797a', 'hex')])
    expect(await call(grpcClient(grpc), more)).toMatchObject({ code: 0 })
    expect(Buffer.from(site.batches[0].bytes)).toEqual(more)
  })

  it('without records succeeds, and nothing is delivered', async () => {
    const { site, grpc } = await startOtlp()
    expect(await call(grpcClient(grpc), Buffer.alloc(0))).toMatchObject({ code: 0 })
    expect(site.batches).toEqual([])
  })
})
