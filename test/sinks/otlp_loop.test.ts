// The otlp sink against our own otlp source: byte for byte over each way there is, and through a real pipeline whose
// process is killed and whose receiver goes away, without the loss of a record.
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { otlp } from '../../src/sources/otlp.ts'
import { folderWith, outcomeOf, POLICY, start } from '../cli/binary.ts'
import { freePort } from '../interop/free_port.mjs'
import { makeCertificates } from '../net/certificates.ts'
import { logsRequest } from '../sources/otlp/messages.ts'
import { call, grpcClient, Pipeline, startOtlp } from '../sources/otlp/support.ts'
import { batchOf, never, startSink, temporaryFolder, until } from './site.ts'

const request = logsRequest(['one', 'two'])

describe('from a logveil to the next', () => {
  it.each([
    { protocol: 'grpc', compression: 'gzip' },
    { protocol: 'grpc', compression: 'none' },
    { protocol: 'http', compression: 'gzip' },
    { protocol: 'http', compression: 'none' },
  ] as const)('requests pass byte for byte, %j', async (settings) => {
    const { site, grpc, http } = await startOtlp({ bearer_tokens: ['made-up'] })
    const endpoint = `http://${settings.protocol === 'grpc' ? grpc : http}`
    const headers = { Authorization: 'Bearer made-up' }
    const { sink } = await startSink('otlp', { endpoint, headers, ...settings })
    await sink.send(batchOf('otlp', request, request), 'id', never)
    expect(site.batches.map(({ bytes }) => Buffer.from(bytes))).toEqual([Buffer.concat([request, request])])
  })

  it.each(['grpc', 'http'] as const)('both sides know each other by TLS (%s)', async (protocol) => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const file = (name: string) => join(folder, name)
    const tls = { cert: file('server.pem'), key: file('server.key'), ca: file('ca.pem'), verify_client: true }
    const { site, grpc, http } = await startOtlp({ tls })
    const port = (protocol === 'grpc' ? grpc : http).split(':')[1]
    const endpoint = `https://127.0.0.1:${port}`
    const known = { ca: file('ca.pem'), server_name: 'localhost' }
    const mine = { cert: file('client.pem'), key: file('client.key') }
    const { sink } = await startSink('otlp', { endpoint, protocol, tls: { ...known, ...mine } })
    await sink.send(batchOf('otlp', request), 'id', never)
    expect(site.batches).toHaveLength(1)
    for (const stranger of [known, { server_name: 'localhost', ...mine }, { ca: file('ca.pem'), ...mine }]) {
      const { sink: refused } = await startSink('otlp', { endpoint, protocol, tls: stranger, timeout_ms: 3000 })
      await expect(refused.send(batchOf('otlp', request), 'id', never)).rejects.toMatchObject({ retryable: true })
    }
    expect(site.batches).toHaveLength(1)
  })
})

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

async function runLogveil(folder: string): Promise<ChildProcess> {
  const child = start(['run', '-c', 'c.yaml'], { cwd: folder })
  children.add(child)
  const ended = outcomeOf(child)
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => String(chunk).includes('"event":"ready"') && resolve())
    void ended.then(({ stderr }) => reject(new Error(`it did not start: ${stderr}`)))
  })
  void ended.catch(() => {})
  return child
}

/** A receiver that can go away and come back on the same port, and remembers what it acknowledged. */
async function receiverOn(port: number, protocol: 'grpc' | 'http') {
  const site = new Pipeline()
  const open = async () => {
    const source = otlp.create(otlp.settings.parse({ [protocol]: `127.0.0.1:${port}` }), site)
    await source.start()
    return source
  }
  let source = await open()
  onTestFinished(() => source.stop(AbortSignal.timeout(100)))
  const restart = async (): Promise<void> => {
    await source.stop(AbortSignal.timeout(1))
    await new Promise((resolve) => setTimeout(resolve, 300))
    source = await open()
  }
  return { site, restart }
}

function configOf(inPort: number, outPort: number, protocol: 'grpc' | 'http'): string {
  return `sources:
  app: { type: otlp, grpc: '127.0.0.1:${inPort}', reply_ms_max: 5000, retry_after_ms: 50 }
sinks:
  next: { type: otlp, endpoint: 'http://127.0.0.1:${outPort}', protocol: ${protocol}, timeout_ms: 2000 }
pipeline: { workers: 1 }
admin: false
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`
}

const REQUESTS = 300
const RECORDS = 20

describe('through a real pipeline', () => {
  it.each(['grpc', 'http'] as const)(
    'nothing is lost and nothing is raw while it is killed and its receiver goes away (%s)',
    async (protocol) => {
      const [inPort, outPort] = [await freePort(), await freePort()]
      const config = configOf(inPort, outPort, protocol)
      const folder = folderWith({ 'c.yaml': config })
      const receiver = await receiverOn(outPort, protocol)
      let child = await runLogveil(folder)
      const client = grpcClient(`127.0.0.1:${inPort}`, { 'grpc.max_reconnect_backoff_ms': 200 })
      let acknowledged = 0
      const send = async (n: number): Promise<void> => {
        const bodies = Array.from({ length: RECORDS }, (_, at) => `n=${n * RECORDS + at}; uses tok_secret@${n}`)
        for (;;) {
          const { code } = await call(client, logsRequest(bodies), { timeout_ms: 10_000 })
          if (code === 0) break
          // Only what may be repeated is said: anything else would make a Collector drop its data.
          expect([1, 4, 14]).toContain(code)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        acknowledged++
      }
      const sender = async (first: number): Promise<void> => {
        for (let n = first; n < REQUESTS; n += 10) await send(n)
      }
      const senders = Promise.all(Array.from({ length: 10 }, (_, first) => sender(first)))
      for (const share of [0.2, 0.4, 0.6, 0.8]) {
        await until(() => acknowledged >= REQUESTS * share)
        if (share === 0.2 || share === 0.6) {
          child.kill('SIGKILL')
          child = await runLogveil(folder)
        } else await receiver.restart()
      }
      await senders
      const out = Buffer.concat(receiver.site.batches.map(({ bytes }) => bytes)).toString('latin1')
      const numbers = new Set([...out.matchAll(/n=(\d+);/g)].map(([, n]) => Number(n)))
      expect(numbers.size).toBe(REQUESTS * RECORDS)
      expect(out).not.toContain('tok_secret')
      child.kill('SIGTERM')
    },
    180_000,
  )

  it('a receiver that is away for longer than clients wait is not given each request once a retry', async () => {
    const [inPort, outPort] = [await freePort(), await freePort()]
    const folder = folderWith({ 'c.yaml': configOf(inPort, outPort, 'grpc') })
    const child = await runLogveil(folder)
    const client = grpcClient(`127.0.0.1:${inPort}`)
    let refusals = 0
    const send = async (n: number): Promise<void> => {
      while ((await call(client, logsRequest([`n=${n};`]), { timeout_ms: 500 })).code !== 0) refusals++
    }
    const sent = Promise.all(Array.from({ length: 50 }, (_, n) => send(n)))
    await until(() => refusals > 150)
    const receiver = await receiverOn(outPort, 'grpc')
    await sent
    const out = Buffer.concat(receiver.site.batches.map(({ bytes }) => bytes)).toString('latin1')
    const numbers = [...out.matchAll(/n=(\d+);/g)].map(([, n]) => Number(n))
    expect(new Set(numbers).size).toBe(50)
    // An answer that crosses its client's last patience is not heard: few are, of 200 that were sent.
    expect(numbers.length).toBeLessThan(75)
    child.kill('SIGTERM')
  }, 60_000)
})
