// HELO, PING and PONG, TLS and mutual TLS: who gets in, who does not, and what they are told.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { decode, encode } from '@msgpack/msgpack'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodePing, keyDigest, readHelo, readPong } from '../../../src/net/handshake.ts'
import { forward } from '../../../src/sources/forward.ts'
import { makeCertificates } from '../../net/certificates.ts'
import { Client, type Running, startForward, until } from './support.ts'

let running: Running
const clients: Client[] = []
const SECRET = { shared_key: 'k3y' }
const USERS = { ...SECRET, users: [{ username: 'ann', password: 'pw' }] }
/** Fluent Bit's salt: random bytes, sent as str. */
const SALT = Buffer.from('00ff80fe01c3280a0000000000000000', 'hex')

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await running.stop()
})

async function start(settings: Record<string, unknown>): Promise<void> {
  running = await startForward(settings)
}

function open(): Client {
  const client = new Client(running.port)
  clients.push(client)
  return client
}

interface Own {
  hostname?: string
  sharedKey?: string
  username?: string
  password?: string
}

/** Shakes hands; resolves with the PONG, or null when the connection was closed without one. */
async function shake(client: Client, own: Own) {
  await until(() => client.received.length > 0)
  const helo = readHelo(client.received)
  if (helo === null) throw new Error('no HELO')
  client.received = Buffer.alloc(0)
  client.send(encodePing(helo, { hostname: 'client', sharedKey: 'k3y', ...own }, SALT))
  await until(() => client.received.length > 0 || client.isClosed)
  const pong = readPong(client.received)
  client.received = Buffer.alloc(0)
  return { helo, pong }
}

describe('a HELO', () => {
  it('is one small write with bin nonce and auth', async () => {
    await start(USERS)
    const client = open()
    await until(() => client.received.length > 0)
    expect(client.received.length).toBeLessThan(1024)
    const [name, options] = decode(client.received) as [
      string,
      { nonce: Uint8Array; auth: Uint8Array; keepalive: boolean },
    ]
    expect(name).toBe('HELO')
    expect(options.nonce.length).toBe(16)
    expect(options.auth.length).toBe(16)
    expect(options.keepalive).toBe(true)
  })

  it('differs each time, and asks for a user only when there are users', async () => {
    await start(SECRET)
    const two = [open(), open()]
    await until(() => two.every((client) => client.received.length > 0))
    const [a, b] = two.map((client) => readHelo(client.received))
    expect(a?.auth.length).toBe(0)
    expect(Buffer.from(a?.nonce ?? []).equals(Buffer.from(b?.nonce ?? []))).toBe(false)
  })
})

describe('a client', () => {
  it('with the key gets in and learns that we have it too', async () => {
    await start({ ...SECRET, server_name: 'gate-1' })
    const client = open()
    const { helo, pong } = await shake(client, {})
    expect(pong?.accepted).toBe(true)
    const proof = keyDigest(SALT, Buffer.from('gate-1'), helo.nonce, 'k3y')
    expect(Buffer.from(pong?.digest ?? []).toString()).toBe(proof)
    client.send(['app', 1, { n: 1 }, { chunk: 'c' }])
    await until(() => client.acks().length === 1)
  })

  it('may send the handshake in pieces, and data right behind it', async () => {
    await start(SECRET)
    const client = open()
    await until(() => client.received.length > 0)
    const helo = readHelo(client.received)
    if (helo === null) throw new Error('no HELO')
    const ping = encodePing(helo, { hostname: 'client', sharedKey: 'k3y' }, SALT)
    for (const byte of Buffer.concat([ping, encode(['app', 1, { n: 1 }])])) {
      client.send(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => running.site.batches.length === 1)
    expect(running.site.records()).toEqual([{ n: 1 }])
  })

  it('with the key and a user gets in', async () => {
    await start(USERS)
    expect((await shake(open(), { username: 'ann', password: 'pw' })).pong?.accepted).toBe(true)
  })

  it.each([
    ['a wrong key', { sharedKey: 'other', username: 'ann', password: 'pw' }, 'shared_key mismatch'],
    ['a wrong password', { username: 'ann', password: 'x' }, 'username/password mismatch'],
    ['an unknown user', { username: 'eve', password: '' }, 'username/password mismatch'],
    ['no user', {}, 'username/password mismatch'],
    ['our own name', { hostname: 'gate-1', username: 'ann', password: 'pw' }, 'same hostname between input and output'],
  ])('with %s is told so and disconnected', async (_name, own, reason) => {
    await start({ ...USERS, server_name: 'gate-1' })
    const client = open()
    const { pong } = await shake(client, own)
    expect(pong?.accepted).toBe(false)
    expect(Buffer.from(pong?.reason ?? []).toString()).toBe(reason)
    expect(pong?.digest.length).toBe(0)
    await until(() => client.isClosed)
    expect(running.site.count('auth_failed')).toBe(1)
  })

  it.each([
    ['a request', encode(['app', 1, {}])],
    ['a PING of five', encode(['PING', 'a', 'b', 'c', 'd'])],
    ['another word', encode(['PONG', 'a', 'b', 'c', 'd', 'e'])],
    ['a PING without end', Buffer.concat([Buffer.of(0x96, 0xdb, 0, 1, 0, 0), Buffer.alloc(9000)])],
    ['a PING of numbers', encode(['PING', 1, 2, 3, 4, 5])],
  ])('that sends %s in place of its PING is disconnected, and nothing of it forwarded', async (_name, bytes) => {
    await start(SECRET)
    const client = open().send(bytes)
    await until(() => client.isClosed)
    expect(running.site.count('auth_failed')).toBe(1)
    expect(running.site.batches).toEqual([])
  })

  it('that says nothing is disconnected after handshake_timeout_ms', async () => {
    await start({ ...SECRET, handshake_timeout_ms: 200 })
    const client = open()
    await until(() => client.isClosed)
    expect(running.site.count('handshake_timeout')).toBe(1)
  })
})

describe('TLS', () => {
  let folder: string
  const file = (name: string) => join(folder, name)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'logveil-tls-'))
    makeCertificates(folder)
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const server = () => ({ cert: file('server.pem'), key: file('server.key') })

  function sendTls(options: ConnectionOptions): Promise<string> {
    return new Promise((resolve) => {
      const socket = connectTls({
        port: running.port,
        ca: readFileSync(file('ca.pem')),
        servername: 'localhost',
        ...options,
      })
      socket.on('data', (chunk) => {
        resolve((decode(chunk) as { ack: string }).ack)
        socket.end()
      })
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', () => resolve('closed'))
      socket.write(encode(['app', 1, { n: 1 }, { chunk: 'tls' }]))
    })
  }

  it('carries the same bytes', async () => {
    await start({ tls: server() })
    expect(await sendTls({})).toBe('tls')
  })

  it('lets in only clients with a certificate from `ca` when it verifies them', async () => {
    await start({ tls: { ...server(), ca: file('ca.pem'), verify_client: true } })
    const own = { cert: readFileSync(file('client.pem')), key: readFileSync(file('client.key')) }
    expect(await sendTls(own)).toBe('tls')
    expect(await sendTls({})).not.toBe('tls')
    expect(running.site.batches.length).toBe(1)
    await until(() => running.site.count('tls_failed') === 1)
  })

  it('refuses plain text, and a client that says nothing, in time', async () => {
    await start({ tls: server(), handshake_timeout_ms: 700 })
    const [plain, silent] = [open().send(['app', 1, {}]), open()]
    await until(() => plain.isClosed && silent.isClosed)
    expect(running.site.count('tls_failed')).toBe(2)
    expect(running.site.batches).toEqual([])
    expect(await sendTls({})).toBe('tls')
  })

  it('says which file it can not use', async () => {
    await start({})
    const missing = startForward({ tls: { cert: '/no/such.pem', key: file('server.key') } })
    await expect(missing).rejects.toMatchObject({ code: 'TLS_FILE', message: /such\.pem \(ENOENT\)/ })
    const swapped = startForward({ tls: { cert: file('server.key'), key: file('server.pem') } })
    await expect(swapped).rejects.toMatchObject({ code: 'TLS_FILE' })
  })
})

it('settings that make no sense are refused', async () => {
  await start({})
  const bad = [{ listen: 'nowhere' }, { users: [{ username: 'a', password: 'b' }] }, { unix_mode: '9' }, { port: 1 }]
  for (const settings of bad) expect(forward.settings.safeParse(settings).success).toBe(false)
  expect(forward.settings.safeParse({ tls: { cert: 'a', key: 'b', verify_client: true } }).success).toBe(false)
})
