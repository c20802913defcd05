// The forward sink against a receiver that others wrote: the server of @fluent-org/logger.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FluentServer } from '@fluent-org/logger'
import { describe, expect, it, onTestFinished } from 'vitest'
import { frame } from './receiver.ts'
import { batchOf, never, run, startSink, temporaryFolder } from './site.ts'

class Peer extends FluentServer {
  readonly entries: [string, unknown][] = []

  protected override onEntry(tag: string, _time: unknown, record: unknown): void {
    this.entries.push([tag, record])
  }
}

async function peer(options: ConstructorParameters<typeof FluentServer>[0] = {}): Promise<Peer> {
  const server = new Peer({ listenOptions: { port: 0, host: '127.0.0.1' }, ...options })
  await server.listen()
  onTestFinished(() => server.close())
  return server
}

const security = { serverHostname: 'peer', sharedKey: 'key', authorize: true, userDict: { fluent: 'secret' } }
const credentials = { shared_key: 'key', username: 'fluent', password: 'secret' }
const batch = batchOf(
  'msgpack',
  frame('app', [
    [1, { n: 1 }],
    [[2, { meta: true }], { n: 2 }],
  ]),
  frame('b', [[3, {}]]),
)
const entries = [
  ['app', { n: 1 }],
  ['app', { n: 2 }],
  ['b', {}],
]

function certificates(): { cert: string; key: string } {
  const folder = temporaryFolder()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=peer', '-addext', 'subjectAltName=DNS:peer,IP:127.0.0.1', '-days', '2']
  const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  run('openssl', ...fresh, '-keyout', key, '-out', cert, ...subject)
  return { cert, key }
}

describe('a foreign forward server', () => {
  it.each([{}, { compress: 'gzip' }])('takes our chunks and acknowledges them (%j)', async (settings) => {
    const server = await peer()
    const { sink } = await startSink('forward', { server: `127.0.0.1:${server.port}`, connections: 1, ...settings })
    await sink.send(batch, 'id', never)
    expect(server.entries.sort()).toEqual(entries)
  })

  it.each([true, false])('shakes hands, keepalive %s', async (keepalive) => {
    const server = await peer({ security, keepalive })
    const { sink } = await startSink('forward', { server: `127.0.0.1:${server.port}`, ...credentials })
    await sink.send(batch, 'id', never)
    await sink.send(batch, 'id2', never)
    expect(server.entries).toHaveLength(6)
  })

  it.each([
    ['a wrong key', { ...credentials, shared_key: 'other' }],
    ['a wrong password', { ...credentials, password: 'other' }],
    ['no key', {}],
    ['the name of the server', { ...credentials, client_name: 'peer' }],
  ])('is given nothing with %s', async (_name, settings) => {
    const server = await peer({ security })
    const { sink } = await startSink('forward', { server: `127.0.0.1:${server.port}`, ...settings })
    const sent = sink.send(batch, 'id', never)
    await expect(sent).rejects.toMatchObject({
      retryable: true,
      code: expect.stringMatching(/AUTH_FAILED|UNREACHABLE/),
    })
    await expect(sent).rejects.not.toMatchObject({ message: expect.stringMatching(/secret|other|fluent/) })
    expect(server.entries).toEqual([])
  })

  it('is spoken to over TLS, when its certificate is good', async () => {
    const { cert, key } = certificates()
    const server = await peer({ tlsOptions: { cert: readFileSync(cert), key: readFileSync(key) }, security })
    const address = { server: `127.0.0.1:${server.port}`, ...credentials }
    const { sink } = await startSink('forward', { ...address, tls: { ca: cert, server_name: 'peer' } })
    await sink.send(batch, 'id', never)
    expect(server.entries).toHaveLength(3)
    const { sink: stranger } = await startSink('forward', { ...address, tls: {} })
    await expect(stranger.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    const { sink: misled } = await startSink('forward', { ...address, tls: { ca: cert, server_name: 'elsewhere' } })
    await expect(misled.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' })
    expect(server.entries).toHaveLength(3)
  })

  it('asks for our certificate (mutual TLS)', async () => {
    const { cert, key } = certificates()
    const pem = readFileSync(cert)
    const tlsOptions = { cert: pem, key: readFileSync(key), ca: pem, requestCert: true, rejectUnauthorized: true }
    const server = await peer({ tlsOptions })
    const address = { server: `127.0.0.1:${server.port}` }
    const { sink } = await startSink('forward', { ...address, tls: { ca: cert, cert, key } })
    await sink.send(batch, 'id', never)
    expect(server.entries).toHaveLength(3)
    const { sink: stranger } = await startSink('forward', { ...address, tls: { ca: cert } })
    await expect(stranger.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
  })

  it('is not dialled with a certificate file that is not there', async () => {
    const given = { server: '127.0.0.1:1', tls: { ca: '/nowhere/ca.pem' } }
    await expect(startSink('forward', given)).rejects.toMatchObject({ code: 'TLS_FILE' })
  })
})
