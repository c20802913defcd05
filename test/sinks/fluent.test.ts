// The fluent sink: fluent-logger in its thread, against the server of @fluent-org/logger, and against servers that
// freeze it. What it must never do is hold up this thread.
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type EventTime, FluentServer } from '@fluent-org/logger'
import { encode } from '@msgpack/msgpack'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CENSUS } from '../../src/core/plan.ts'
import { sinks } from '../../src/sinks/index.ts'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, makeSink, never, startSink, temporaryFolder, until } from './site.ts'

class Peer extends FluentServer {
  readonly entries: { tag: string; time: EventTime | number; record: Record<string, unknown> }[] = []

  protected override onEntry(tag: string, time: EventTime | number, record: Record<string, unknown>): void {
    this.entries.push({ tag, time, record })
  }
}

async function peer(options: ConstructorParameters<typeof FluentServer>[0] = {}, port = 0): Promise<Peer> {
  const server = new Peer({ listenOptions: { port, host: '127.0.0.1' }, ...options })
  await server.listen()
  onTestFinished(() => server.close())
  return server
}

/** A server that does `manner` with each connection. */
async function rude(manner: (socket: Socket) => void): Promise<{ server: string; connections(): number }> {
  let connections = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections++
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    manner(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { server: `127.0.0.1:${port}`, connections: () => connections }
}

const finding = { event: 'finding', id: 'c0ffee', window_end: '2026-11-21T18:01:00.500Z', service: 'pay', matches: 17 }
const more = {
  version: '0',
  severity: 'high',
  category: 'personal',
  rule: 'email',
  confidence: {},
  paths: [],
  action: 'mask',
}
const coverage = { event: 'coverage', id: 'decaf', window_end: '2026-11-21T18:01:00.500Z', service: 'pay' }
const batch = { ...batchOf('json', JSON.stringify(coverage), JSON.stringify(finding)), origin: CENSUS }

function large() {
  const frames = Array.from({ length: 200 }, (_, n) =>
    JSON.stringify({ ...finding, id: `${n}`, paths: ['x'.repeat(1000)] }),
  )
  return { ...batchOf('json', ...frames), origin: CENSUS }
}

describe('counts by fluent-logger', () => {
  it('arrive with tag, time and every field, and are acknowledged', async () => {
    const server = await peer()
    const { sink } = await startSink('fluent', { server: `127.0.0.1:${server.port}` })
    await sink.send(batch, 'id', never)
    expect(server.entries.map(({ tag, record }) => [tag, record])).toEqual([
      ['logveil.coverage', coverage],
      ['logveil.finding', finding],
    ])
    expect(server.entries[1].time).toMatchObject({
      epoch: Date.parse(finding.window_end) / 1000 - 0.5,
      nano: 500_000_000,
    })
    const sends = Array.from({ length: 20 }, (_, n) => sink.send(batch, `${n}`, never))
    await Promise.all(sends)
    expect(server.entries).toHaveLength(42)
  })

  it('in a format of lines are in `message`, under a tag of the settings', async () => {
    const server = await peer()
    const settings = { server: `127.0.0.1:${server.port}`, format: 'cef', tag: 'siem' }
    const { sink } = await startSink('fluent', settings)
    await sink.send(
      {
        ...batchOf('json', JSON.stringify({ ...finding, ...more })),
        origin: CENSUS,
      },
      'id',
      never,
    )
    expect(server.entries[0].tag).toBe('siem.finding')
    expect(server.entries[0].record.message).toMatch(/^CEF:0\|/)
  })

  it('shake hands, over TLS when asked, and are not given to a server with another key', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const tlsOptions = { cert: readFileSync(join(folder, 'server.pem')), key: readFileSync(join(folder, 'server.key')) }
    const security = { serverHostname: 'peer', sharedKey: 'key', authorize: true, userDict: { fluent: 'made-up' } }
    const server = await peer({ security, tlsOptions })
    const settings = {
      server: `localhost:${server.port}`,
      tls: { ca: join(folder, 'ca.pem') },
      shared_key: 'key',
      username: 'fluent',
      password: 'made-up',
      ack_timeout_ms: 1000,
    }
    const { sink } = await startSink('fluent', settings)
    await sink.send(batch, 'id', never)
    expect(server.entries).toHaveLength(2)
    for (const wrong of [{ shared_key: 'other' }, { password: 'other' }, { tls: {} }]) {
      const { sink: stranger } = await startSink('fluent', { ...settings, ...wrong })
      const sent = stranger.send(batch, 'id', never)
      await expect(sent).rejects.toMatchObject({ retryable: true })
      await expect(sent).rejects.not.toMatchObject({ message: expect.stringMatching(/other|made-up/) })
    }
    expect(server.entries).toHaveLength(2)
  })

  it('are sent again when the server is back', async () => {
    const first = await peer()
    const { port } = first
    const { sink } = await startSink('fluent', { server: `127.0.0.1:${port}`, ack_timeout_ms: 500 })
    await sink.send(batch, 'a', never)
    await first.close()
    await expect(sink.send(batch, 'b', never)).rejects.toMatchObject({ retryable: true })
    const second = await peer({}, port as number)
    await until(() =>
      sink.send(batch, 'b', never).then(
        () => true,
        () => false,
      ),
    )
    expect(second.entries.length).toBeGreaterThanOrEqual(2)
  })
})

describe('a client that freezes or throws', () => {
  it('holds up its own thread and nobody else: a server that half closes during a large send', async () => {
    const { server } = await rude((socket) => {
      socket.pause()
      socket.end()
    })
    const { sink } = await startSink('fluent', { server, ack_timeout_ms: 500 })
    let turns = 0
    const turning = setInterval(() => turns++, 5)
    onTestFinished(() => clearInterval(turning))
    await expect(sink.send(large(), 'id', never)).rejects.toMatchObject({ retryable: true })
    expect(turns).toBeGreaterThan(20)
  })

  it.each<[string, (socket: Socket) => void]>([
    ['never acknowledges', (socket) => void socket.resume()],
    ['acknowledges something else', (socket) => socket.on('data', () => socket.write(encode({ ack: 'other' })))],
    ['answers garbage', (socket) => socket.on('data', () => socket.write(Buffer.of(0xc1)))],
    ['closes at once', (socket) => void socket.destroy()],
  ])('begins anew with a server that %s', async (_name, manner) => {
    const { server, connections } = await rude(manner)
    const { sink } = await startSink('fluent', { server, ack_timeout_ms: 300 })
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
    expect(connections()).toBeGreaterThanOrEqual(2)
  })

  it('is given up with its sink', async () => {
    const { server } = await rude((socket) => void socket.resume())
    const { sink } = await startSink('fluent', { server })
    const abort = new AbortController()
    const one = sink.send(batch, 'a', abort.signal)
    abort.abort()
    await expect(one).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
    const other = sink.send(batch, 'b', never)
    const closed = sink.close(AbortSignal.timeout(50))
    await expect(other).rejects.toMatchObject({ code: 'SINK_CLOSED' })
    await closed
    await expect(sink.send(batch, 'c', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })
})

describe('settings', () => {
  const spec = sinks.find(({ type }) => type === 'fluent')!

  it.each([
    [{ server: '127.0.0.1:1', username: 'u' }, 'shared_key'],
    [{ server: 'unix:/run/fluent.sock', shared_key: 'k' }, 'handshake'],
  ])('%j are refused', (settings, why) => {
    expect(spec.settings.safeParse(settings).error?.message).toContain(why)
  })

  it('a sink that was never started closes', () => makeSink('fluent', { server: '127.0.0.1:9' }).sink.close(never))
})
