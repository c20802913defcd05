// What an operator may write, and what happens when it can not be had.
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { otlp } from '../../../src/sources/otlp.ts'
import { logsRequest } from './messages.ts'
import { call, grpcClient, Pipeline, startOtlp } from './support.ts'

describe('the settings of an otlp source', () => {
  it.each([
    [{}, 'give `grpc`, `http` or both'],
    [{ grpc: '4317' }, 'host:port'],
    [{ grpc: '127.0.0.1:0', message_bytes_max: 2 ** 32 }, '4294967295'],
    [{ grpc: '127.0.0.1:0', message_bytes_max: 65_536, in_flight_bytes_max: 100_000 }, '3 × message_bytes_max'],
    [{ grpc: '127.0.0.1:0', bearer_tokens: [''] }, '1'],
  ])('not %j', (settings, complaint) => {
    expect(() => otlp.settings.parse(settings)).toThrow(complaint)
  })

  it('one of the two ways is enough', async () => {
    const { source, http } = await startOtlp({ grpc: undefined })
    expect(source.addresses).toEqual([http])
    const headers = { 'content-type': 'application/x-protobuf' }
    const answer = await fetch(`http://${http}/v1/logs`, { method: 'POST', headers, body: logsRequest(['one']) })
    expect(answer.status).toBe(200)
  })

  it('listens on a Unix socket', async () => {
    const path = `/tmp/logveil-otlp-${process.pid}.sock`
    const { site, grpc } = await startOtlp({ grpc: `unix:${path}`, http: undefined })
    expect(grpc).toBe(`unix:${path}`)
    expect(await call(grpcClient(grpc), logsRequest(['one']))).toMatchObject({ code: 0 })
    expect(site.batches).toHaveLength(1)
  })

  it('a port that is taken is said by name, and nothing stays open', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const bound = taken.address()
    const http = `127.0.0.1:${bound === null || typeof bound === 'string' ? 0 : bound.port}`
    const source = otlp.create(otlp.settings.parse({ grpc: '127.0.0.1:0', http }), new Pipeline())
    await expect(source.start()).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining(http),
    })
    await source.stop(AbortSignal.timeout(1000))
    expect(source.addresses).toEqual([])
  })

  it('a certificate that is not there is said by name', async () => {
    const tls = { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' }
    const source = otlp.create(otlp.settings.parse({ grpc: '127.0.0.1:0', tls }), new Pipeline())
    await expect(source.start()).rejects.toMatchObject({ code: 'TLS_FILE' })
    await source.stop(AbortSignal.timeout(1000))
  })
})
