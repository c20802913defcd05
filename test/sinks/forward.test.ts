import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ExtData, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { sinks } from '../../src/sinks/index.ts'
import { eventsOf, frame, polite, type Received, receiver } from './receiver.ts'
import { batchOf, never, startSink, temporaryFolder, until } from './site.ts'

function eventTime(seconds: number): ExtData {
  const data = Buffer.alloc(8)
  data.writeUInt32BE(seconds, 0)
  return new ExtData(0, data)
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => [from + at, { n: from + at }])

describe('chunks', () => {
  it('hold the frames of one tag together, with size and a chunk id of 24 characters', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, connections: 1 })
    const frames = [frame('a', numbered(0, 3)), frame('b', numbered(3, 1)), frame('a', numbered(4, 2))]
    await sink.send(batchOf('msgpack', ...frames), 'id', never)
    expect(server.received.map(({ tag, options }) => [tag, options.size])).toEqual([
      ['a', 5],
      ['b', 1],
    ])
    expect(eventsOf(server.received[0])).toEqual([...numbered(0, 3), ...numbered(4, 2)])
    for (const { options } of server.received) expect(options.chunk).toMatch(/^[A-Za-z0-9+/]{22}==$/)
  })

  it('are no larger than chunk_bytes_max, but for a frame that is', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, connections: 1, chunk_bytes_max: 1024 })
    const fill = (bytes: number) => frame('a', [[1, { fill: 'x'.repeat(bytes) }]])
    await sink.send(batchOf('msgpack', fill(400), fill(400), fill(400), fill(5000), fill(400)), 'id', never)
    expect(server.received.map(({ options }) => options.size)).toEqual([2, 1, 1, 1])
  })

  it('hold plain events: metadata and group markers are left out', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address })
    const events = [
      [eventTime(1), { plain: 1 }],
      [[eventTime(0xffffffff), { schema: 'otlp' }], { resource: {} }],
      [[eventTime(2), { otlp: { severity_number: 9 } }], { a: [1, 'x'] }],
      [[eventTime(0xfffffffe), {}], {}],
      [7, { plain: 2 }],
      [[8, {}], { b: 2 }],
    ]
    await sink.send(batchOf('msgpack', frame('t', events, { chunk: 'source side' })), 'id', never)
    const plain = [
      [eventTime(1), { plain: 1 }],
      [eventTime(2), { a: [1, 'x'] }],
      [7, { plain: 2 }],
      [8, { b: 2 }],
    ]
    expect(Buffer.from(server.received[0].events)).toEqual(Buffer.concat(plain.map((event) => encode(event))))
    expect(server.received[0].options.size).toBe(4)
  })

  it('hold every byte of the events with metadata v1.5', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, metadata: 'v1.5' })
    const events = [
      [[eventTime(0xffffffff), {}], { resource: {} }],
      [[1, { m: 1 }], { a: 1 }],
      [[eventTime(0xfffffffe), {}], {}],
    ]
    await sink.send(batchOf('msgpack', frame('t', events)), 'id', never)
    expect(Buffer.from(server.received[0].events)).toEqual(Buffer.concat(events.map((event) => encode(event))))
  })

  it('are not sent for a batch of markers alone', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address })
    await sink.send(batchOf('msgpack', frame('t', [[[eventTime(0xfffffffe), {}], {}]])), 'id', never)
    expect(server.received).toEqual([])
  })

  it('carry the tag of the settings', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, tag: 'redacted.{tag}' })
    await sink.send(batchOf('msgpack', frame('app', numbered(0, 1))), 'id', never)
    expect(server.received[0].tag).toBe('redacted.app')
  })

  it('are compressed when asked', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, compress: 'gzip' })
    await sink.send(batchOf('msgpack', frame('app', numbered(0, 100))), 'id', never)
    const [received] = server.received
    expect(received.options).toMatchObject({ compressed: 'gzip', size: 100 })
    expect(eventsOf({ ...received, events: gunzipSync(received.events) })).toEqual(numbered(0, 100))
  })

  it('never come from a frame that is not whole', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address })
    for (const bytes of [frame('t', ['no event']), frame('t', [[1, {}]]).subarray(0, -1), Uint8Array.of(0x92)]) {
      const sent = sink.send(batchOf('msgpack', bytes), 'id', never)
      await expect(sent).rejects.toMatchObject({ code: 'INTERNAL', retryable: false })
    }
    expect(server.received).toEqual([])
  })
})

describe('acks', () => {
  it('may come in any order', async () => {
    const held: { ack: (chunk: unknown) => void; chunk: unknown }[] = []
    const server = await receiver((received, _socket, ack) => {
      held.push({ ack, chunk: received.options.chunk })
      if (held.length === 4) for (const { ack, chunk } of held.reverse()) ack(chunk)
    })
    const { sink } = await startSink('forward', { server: server.address, connections: 1 })
    const sends = [0, 1, 2, 3].map((at) => sink.send(batchOf('msgpack', frame('t', numbered(at, 1))), `id${at}`, never))
    await Promise.all(sends)
    expect(server.sockets).toHaveLength(1)
  })

  it('are waited for: no more chunks than in_flight_chunks are on a connection', async () => {
    const server = await receiver(() => {})
    const { sink } = await startSink('forward', { server: server.address, connections: 2, in_flight_chunks: 2 })
    const giveUp = new AbortController()
    const send = (at: number) => sink.send(batchOf('msgpack', frame('t', numbered(at, 1))), `${at}`, giveUp.signal)
    const sends = Promise.allSettled(Array.from({ length: 10 }, (_, at) => send(at)))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(server.received).toHaveLength(4)
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(2)
    giveUp.abort()
    for (const result of await sends) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'SINK_TIMEOUT', retryable: true } })
    }
  })

  it.each<[string, Parameters<typeof receiver>[0], object]>([
    ['never come', () => {}, { code: 'SINK_TIMEOUT' }],
    ['are for another chunk', (_received, _socket, ack) => ack('other'), { code: 'SINK_REFUSED' }],
    ['are no ack', (_received, socket) => socket.write(encode({ nack: 1 })), { code: 'SINK_REFUSED' }],
    ['are garbage', (_received, socket) => socket.write(Buffer.of(0xc1)), { code: 'SINK_REFUSED' }],
    ['have no end', (_received, socket) => socket.write(Buffer.alloc(70_000, 0xdb)), { code: 'SINK_REFUSED' }],
    ['are JSON', (_received, socket) => socket.write('{"ack":"x"}'), { code: 'SINK_REFUSED' }],
    ['are a handshake', (_received, socket) => socket.write(encode(['HELO', {}])), { code: 'AUTH_FAILED' }],
    ['come not before the end', (_received, socket) => socket.end(), { code: 'SINK_UNREACHABLE' }],
    ['are cut off by a reset', (_received, socket) => socket.resetAndDestroy(), { code: 'SINK_UNREACHABLE' }],
  ])('that %s fail the send, and a retry on a new connection succeeds', async (_name, manner, expected) => {
    const server = await receiver(manner)
    const { sink } = await startSink('forward', { server: server.address, ack_timeout_ms: 300 })
    const batch = batchOf('msgpack', frame('t', numbered(0, 1)))
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ ...expected, retryable: true })
    server.manner = polite
    await sink.send(batch, 'id', never)
    expect(server.received[1]).toEqual({ ...server.received[0], connection: 1 })
  })

  it('fail only what was on their connection, and a retry sends only what has not arrived', async () => {
    const refused: unknown[] = []
    const server = await receiver((received, socket, ack) => {
      if (received.tag === 'bad' && refused.length === 0) {
        refused.push(received.options.chunk)
        setTimeout(() => socket.destroy(), 50)
      } else ack(received.options.chunk)
    })
    const { sink } = await startSink('forward', { server: server.address, connections: 2 })
    const batch = batchOf('msgpack', frame('good', numbered(0, 1)), frame('bad', numbered(1, 1)))
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(batch, 'id', never)
    expect(server.received.map(({ tag }) => tag).sort()).toEqual(['bad', 'bad', 'good'])
    await sink.send(batch, 'id', never)
    expect(server.received).toHaveLength(5)
  })

  it('are not asked for with require_ack false', async () => {
    const server = await receiver(() => {})
    const { sink } = await startSink('forward', { server: server.address, require_ack: false })
    await sink.send(batchOf('msgpack', frame('t', numbered(0, 2))), 'id', never)
    await until(() => server.received.length === 1)
    expect(server.received[0].options).toEqual({ size: 2 })
  })
})

describe('a batch given up before it is sent', () => {
  it('is not sent', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, connections: 1 })
    const batch = batchOf('msgpack', frame('t', numbered(0, 1)))
    await expect(sink.send(batch, 'a', AbortSignal.abort())).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    await sink.send(batch, 'b', never)
    expect(server.received).toHaveLength(1)
  })
})

describe('connections', () => {
  const batch = batchOf('msgpack', frame('t', numbered(0, 1)))

  it('reach a Unix socket, where there is no handshake', async () => {
    const server = await receiver(polite, join(temporaryFolder(), 'forward.sock'))
    const { sink } = await startSink('forward', { server: server.address, shared_key: 'unused' })
    await sink.send(batch, 'id', never)
    expect(server.received).toHaveLength(1)
  })

  it('turn to the next server when one does not answer', async () => {
    const gone = await receiver()
    await gone.close()
    const server = await receiver()
    const { sink, said } = await startSink('forward', { servers: [gone.address, server.address], connections: 1 })
    await sink.send(batch, 'id', never)
    server.sockets[0].destroy()
    await until(() => server.sockets[0].closed)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await sink.send(batch, 'id2', never)
    expect(said.map(({ name }) => name)).toEqual(['connect_failed', 'connected', 'connected'])
  })

  it('say that nobody is there, and come back when somebody is', async () => {
    const first = await receiver()
    await first.close()
    const { sink } = await startSink('forward', { server: first.address })
    const refused = sink.send(batch, 'id', never)
    await expect(refused).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    const second = await receiver(polite, Number(first.address.split(':')[1]))
    await sink.send(batch, 'id', never)
    expect(second.received).toHaveLength(1)
  })

  it('are closed when they have nothing to do, and opened again', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, idle_timeout_ms: 50 })
    await sink.send(batch, 'id', never)
    await until(() => server.sockets[0].closed)
    await sink.send(batch, 'id2', never)
    expect(server.sockets).toHaveLength(2)
  })

  it('give up on a server that takes them and says nothing of TLS', async () => {
    const server = await receiver()
    const { sink } = await startSink('forward', { server: server.address, tls: {}, connect_timeout_ms: 200 })
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
  })

  it('are closed with the sink, when what is in flight has arrived', async () => {
    const server = await receiver((received, _socket, ack) => void setTimeout(() => ack(received.options.chunk), 100))
    const { sink } = await startSink('forward', { server: server.address })
    const sent = sink.send(batch, 'id', never)
    await sink.close(never)
    await sent
    await until(() => server.sockets.every((socket) => socket.closed))
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })

  it('are dropped when closing takes too long', async () => {
    const server = await receiver(() => {})
    const { sink } = await startSink('forward', { server: server.address })
    const sent = sink.send(batch, 'id', never)
    const [result] = await Promise.allSettled([sent, sink.close(AbortSignal.timeout(100))])
    expect(result).toMatchObject({ status: 'rejected', reason: { retryable: true } })
  })
})

it('100 batches through a server that fails every third chunk arrive, each chunk acknowledged once', async () => {
  const acked: Received[] = []
  let count = 0
  const server = await receiver((received, socket, ack) => {
    if (++count % 3 === 0) {
      socket.destroy()
    } else if (!socket.destroyed) {
      acked.push(received)
      ack(received.options.chunk)
    }
  })
  const { sink } = await startSink('forward', { server: server.address, connections: 4 })
  const send = async (at: number) => {
    const batch = batchOf('msgpack', ...['a', 'b', 'c'].map((tag) => frame(tag, numbered(at, 1))))
    for (;;) {
      const failed = await sink.send(batch, `batch${at}`, never).then(
        () => null,
        (error) => error,
      )
      if (failed === null) return
      expect(failed.retryable).toBe(true)
    }
  }
  await Promise.all(Array.from({ length: 100 }, (_, at) => send(at)))
  expect(new Set(acked.map(({ options }) => options.chunk)).size).toBe(300)
})

it('settings name one server or several, and a user needs a key', () => {
  const spec = sinks.find(({ type }) => type === 'forward')
  const accepted = (given: object) => spec?.settings.safeParse(given).success
  expect(accepted({ server: 'a:1' })).toBe(true)
  expect(accepted({ servers: ['a:1', 'unix:/x'] })).toBe(true)
  for (const wrong of [{}, { server: 'a:1', servers: ['b:1'] }, { server: 'a' }, { server: 'a:1', username: 'u' }]) {
    expect(accepted(wrong)).toBe(false)
  }
})
