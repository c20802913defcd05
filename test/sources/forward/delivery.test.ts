// An ack is a promise: when it is written, when it is not, and what is read meanwhile.
import { createSocket } from 'node:dgram'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from '@msgpack/msgpack'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forward } from '../../../src/sources/forward.ts'
import { Client, Collector, type Running, startForward, until } from './support.ts'

let running: Running
let folder: string
const clients: Client[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logveil-forward-'))
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await running?.stop()
  rmSync(folder, { recursive: true })
})

async function start(settings: Record<string, unknown> = {}): Promise<Client> {
  running = await startForward(settings)
  return open()
}

function open(path?: string): Client {
  const client = new Client(running.port, path)
  clients.push(client)
  return client
}

/** Deliveries that wait until the test settles them. */
function held(): { resolve: () => void; reject: (error: Error) => void }[] {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  running.site.answer = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  return waiting
}

const pause = (wait_ms: number) => new Promise((resolve) => setTimeout(resolve, wait_ms))

describe('an ack', () => {
  it('is written when the batch is delivered, not before', async () => {
    const client = await start()
    const waiting = held()
    client.send(['app', 1, {}, { chunk: 'a' }])
    await until(() => waiting.length === 1)
    await pause(30)
    expect(client.received.length).toBe(0)
    waiting[0].resolve()
    await until(() => client.acks().length === 1)
  })

  it('is not written when the delivery fails: the connection is closed, with or without acks', async () => {
    for (const option of [{ chunk: 'a' }, null]) {
      const client = await start()
      const waiting = held()
      client.send(['app', 1, {}, option])
      await until(() => waiting.length === 1)
      waiting[0].reject(new Error('no'))
      await until(() => client.isClosed)
      expect(client.received.length).toBe(0)
      expect(running.site.count('delivery_failed')).toBe(1)
      await running.stop()
    }
  })

  it('does not wait for that of an earlier batch, and batches go out in order', async () => {
    const client = await start()
    const waiting = held()
    for (let n = 0; n < 3; n++) {
      client.send(['app', n, { n }, { chunk: `c${n}` }])
      await until(() => waiting.length === n + 1)
    }
    waiting[2].resolve()
    await until(() => client.acks().length === 1)
    waiting[0].resolve()
    waiting[1].resolve()
    await until(() => client.acks().length === 3)
    expect(client.acks()).toEqual(['c2', 'c0', 'c1'])
    expect(running.site.records()).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })
})

describe('reading', () => {
  const large = encode(['app', Buffer.alloc(200_000, 0x91)])

  it('stops while the pipeline has no room, and goes on when it has', async () => {
    const client = await start()
    running.site.makeRoom(false)
    for (let n = 0; n < 100; n++) client.send(large)
    await until(() => client.socket.bytesWritten > 0)
    await pause(100)
    expect(running.site.batches.length).toBeLessThan(5)
    running.site.makeRoom(true)
    await until(() => running.site.batches.length === 100)
  })

  it('stops while one connection has too much in flight, and others are read', async () => {
    const client = await start({ in_flight_bytes_max: 500_000 })
    const waiting = held()
    for (let n = 0; n < 50; n++) client.send(large)
    await until(() => waiting.length > 0)
    await pause(100)
    const stuck = waiting.length
    expect(stuck).toBeLessThanOrEqual(4)
    open().send(['other', 1, {}])
    await until(() => waiting.length === stuck + 1)
    running.site.answer = async () => {}
    for (const { resolve } of waiting) resolve()
    await until(() => running.site.batches.length === 51)
  })
})

describe('stop', () => {
  it('may come before start, and twice', async () => {
    const source = forward.create(forward.settings.parse({ listen: '127.0.0.1:0' }), new Collector())
    await source.stop(AbortSignal.timeout(100))
    await expect(source.start()).rejects.toMatchObject({ code: 'STOPPING' })
    const client = await start()
    await Promise.all([running.stop(), running.stop()])
    await running.stop()
    await until(() => client.isClosed)
  })

  it('waits for what is in flight and acknowledges it', async () => {
    const client = await start()
    const waiting = held()
    client.send(['app', 1, {}, { chunk: 'a' }])
    await until(() => waiting.length === 1)
    const stopped = running.stop()
    await pause(30)
    expect(client.isClosed).toBe(false)
    waiting[0].resolve()
    await stopped
    await until(() => client.isClosed)
    expect(client.acks()).toEqual(['a'])
  })

  it('does not wait longer than its signal', async () => {
    const client = await start()
    const waiting = held()
    client.send(['app', 1, {}, { chunk: 'a' }])
    await until(() => waiting.length === 1)
    await running.source.stop(AbortSignal.timeout(50))
    await until(() => client.isClosed)
    expect(client.received.length).toBe(0)
  })
})

describe('an address', () => {
  it('with port 0 is told as it became', async () => {
    await start()
    expect(running.source.addresses).toEqual([`127.0.0.1:${running.port}`])
    expect(running.port).toBeGreaterThan(0)
  })

  it('in use is an error that names it', async () => {
    await start()
    const second = forward.create(forward.settings.parse({ listen: `127.0.0.1:${running.port}` }), new Collector())
    await expect(second.start()).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: /EADDRINUSE/ })
    await second.stop(AbortSignal.timeout(100))
  })

  it('answers UDP heartbeats with one zero byte', async () => {
    await start({ udp_heartbeat: true })
    const udp = createSocket('udp4')
    const answer = new Promise<Buffer>((resolve) => udp.on('message', resolve))
    udp.send(Buffer.of(0), running.port, '127.0.0.1')
    expect(await answer).toEqual(Buffer.of(0))
    udp.close()
  })

  it('may be a Unix socket, with its mode, gone after stop', async () => {
    const path = join(folder, 'in.sock')
    await start({ listen: `unix:${path}`, unix_mode: '0620' })
    expect(running.source.addresses).toEqual([`unix:${path}`])
    expect(statSync(path).mode & 0o777).toBe(0o620)
    const client = open(path).send(['app', 1, {}, { chunk: 'u' }])
    await until(() => client.acks().length === 1)
    await running.stop()
    expect(existsSync(path)).toBe(false)
  })

  it('takes over a socket file that nobody answers, and no other', async () => {
    const path = join(folder, 'stale.sock')
    const settings = { listen: `unix:${path}` }
    const other = createServer().listen(path)
    await new Promise((resolve) => other.once('listening', resolve))
    await expect(startForward(settings)).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: /EADDRINUSE/ })
    other.close()
    const { execFileSync } = await import('node:child_process')
    const leave = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`
    expect(() => execFileSync(process.execPath, ['-e', leave])).toThrow()
    expect(existsSync(path)).toBe(true)
    await start(settings)
    await running.stop()
    writeFileSync(path, 'precious')
    chmodSync(path, 0o600)
    await expect(startForward(settings)).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: /no socket/ })
    expect(existsSync(path)).toBe(true)
  })
})
