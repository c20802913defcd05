// grpcio, the gRPC of Python (its own HTTP/2, its own compression), in both directions. It takes and gives bytes.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeStatus, encodeStatus } from '../../src/net/rpc_status.ts'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, never, startSink, temporaryFolder } from '../sinks/site.ts'
import { logsRequest } from '../sources/otlp/messages.ts'
import { startOtlp, until } from '../sources/otlp/support.ts'
import { available } from './forward/run.ts'

const PYTHON = '/usr/bin/python3'
const script = (name: string) => new URL(`./otlp/${name}`, import.meta.url).pathname
const hasGrpc = available(PYTHON, ['-c', 'import grpc'], 'python3-grpcio')

interface Call {
  message?: Buffer
  size?: number
  path?: string
  repeat?: number
  at_once?: number
  compression?: string
  metadata?: Record<string, string>
  timeout?: number
}

interface Answer {
  code: number
  reply?: string
  retry_after_ms?: number
}

function client(address: string, calls: Call[], more: object = {}): Promise<Answer[]> {
  const child = spawn(PYTHON, [script('grpc_client.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = calls.map((call) => ({ ...call, message: (call.message ?? Buffer.alloc(0)).toString('base64') }))
  child.stdin.end(JSON.stringify({ address, calls: written, ...more }))
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`the client ended with ${code}`))
      resolve(text.trimEnd().split('\n').map(answerOf))
    })
  })
}

function answerOf(line: string): Answer {
  const { code, reply, status } = JSON.parse(line) as { code: number; reply?: string; status?: string }
  const retry_after_ms = decodeStatus(Buffer.from(status ?? '', 'base64')).retry_after_ms
  return {
    code,
    ...(reply === undefined ? {} : { reply }),
    ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
  }
}

const request = logsRequest(Array.from({ length: 2000 }, (_, n) => `message ${n}`))
const OK = { code: 0, reply: '' }

describe.skipIf(!hasGrpc)('a grpcio client', () => {
  it.each([undefined, 'gzip', 'deflate'])('sends requests, many at once (%s)', async (compression) => {
    const { site, grpc } = await startOtlp()
    const answers = await client(grpc, [{ message: request, repeat: 200, at_once: 20, compression }])
    expect(answers).toEqual(Array.from({ length: 200 }, () => OK))
    expect(site.batches).toHaveLength(200)
    expect(site.batches.every(({ bytes }) => request.equals(bytes))).toBe(true)
  })

  it('hears each refusal as what it is', async () => {
    const { grpc } = await startOtlp({ bearer_tokens: ['made-up'], message_bytes_max: 100_000 })
    const metadata = { authorization: 'Bearer made-up' }
    const answers = await client(grpc, [
      { message: request },
      { message: request, metadata },
      { message: Buffer.from('<xml/>'), metadata },
      { size: 200_000, metadata },
      { size: 200_000, compression: 'gzip', metadata },
      { message: request, path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export', metadata },
      { path: '/grpc.health.v1.Health/Check' },
      { metadata },
    ])
    const serving = { code: 0, reply: Buffer.of(8, 1).toString('base64') }
    expect(answers).toEqual([{ code: 16 }, OK, { code: 3 }, { code: 8 }, { code: 8 }, { code: 12 }, serving, OK])
  })

  it('sends 64 MiB, and no more', async () => {
    const { site, grpc } = await startOtlp()
    const large = logsRequest(['x'.repeat(64 * 1024 * 1024 - 200)])
    const answers = await client(grpc, [{ message: large }, { size: 64 * 1024 * 1024 + 1 }])
    expect(answers).toEqual([OK, { code: 8 }])
    expect(large.equals(site.batches[0].bytes)).toBe(true)
  }, 60_000)

  it('is told when to come again, and gives up by itself when it said when', async () => {
    const { site, grpc } = await startOtlp({ reply_ms_max: 300, retry_after_ms: 2500 })
    site.answer = () => new Promise(() => {})
    const calls = [{ message: request }, { message: logsRequest(['other']), timeout: 0.1 }]
    const [late, gone] = await client(grpc, calls)
    expect(late).toEqual({ code: 14, retry_after_ms: 2500 })
    // Its own clock and ours race.
    expect([4, 14]).toContain(gone.code)
  })

  it('comes in by mutual TLS', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const file = (name: string) => join(folder, name)
    const tls = { cert: file('server.pem'), key: file('server.key'), ca: file('ca.pem'), verify_client: true }
    const { grpc } = await startOtlp({ tls })
    const secure = { ca: file('ca.pem'), key: file('client.key'), cert: file('client.pem') }
    expect(await client(grpc, [{ message: request, compression: 'gzip' }], { secure })).toEqual([OK])
  })

  it('is told to go elsewhere at the end, after its answer', async () => {
    const { source, site, grpc } = await startOtlp()
    site.answer = () => new Promise((resolve) => setTimeout(resolve, 200))
    const answers = client(grpc, [
      { message: request, repeat: 1 },
      { message: logsRequest(['after']), timeout: 2 },
    ])
    await until(() => site.batches.length === 1)
    await source.stop(AbortSignal.timeout(5000))
    expect(await answers).toEqual([OK, { code: 14 }])
    expect(site.batches).toHaveLength(1)
  })
})

describe.skipIf(!hasGrpc)('a grpcio server', () => {
  it.each(['gzip', 'none'])(
    'takes what the sink sends, and is tried again when it asks for it (%s)',
    async (compression) => {
      const status = Buffer.from(encodeStatus({ code: 8, message: 'later', retry_after_ms: 700 })).toString('base64')
      // partial_success{rejected_log_records: 3, error_message: …}, long enough to be compressed.
      const response = Buffer.concat([Buffer.from('0ad601080312d101', 'hex'), Buffer.alloc(209, 'x')])
      const args = [script('grpc_server.py'), '[8, 13]', status, response.toString('base64')]
      const child = spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      await until(() => text.includes('\n'))
      const { sink, said } = await startSink('otlp', { endpoint: `http://127.0.0.1:${text.trim()}`, compression })
      const batch = batchOf('otlp', request, request)
      await expect(sink.send(batch, 'b', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 700 })
      await expect(sink.send(batch, 'b', never)).rejects.toMatchObject({ retryable: false })
      await sink.send(batch, 'b', never)
      expect(said.at(-1)).toEqual({ name: 'partial_success', facts: { rejected_records: 3 } })
      await until(() => text.split('\n').length > 2)
      expect(Buffer.from(text.split('\n')[1], 'base64').equals(Buffer.concat([request, request]))).toBe(true)
    },
  )
})
