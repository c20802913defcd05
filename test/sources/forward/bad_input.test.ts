// What a client may do wrong: it is counted, nothing of it is forwarded, and a good client beside it is served.
import { randomBytes } from 'node:crypto'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { encode } from '@msgpack/msgpack'
import { afterEach, describe, expect, it } from 'vitest'
import { Client, type Running, startForward, until } from './support.ts'

let running: Running
const clients: Client[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await running.stop()
})

async function start(settings: Record<string, unknown> = {}): Promise<Client> {
  running = await startForward(settings)
  return open()
}

function open(): Client {
  const client = new Client(running.port)
  clients.push(client)
  return client
}

/** Opened after the bad one did its worst, and before: both must still be served. */
async function expectServed(before: Client): Promise<void> {
  const after = open()
  for (const client of [before, after]) client.send(['good', 1, { ok: true }, { chunk: 'good' }])
  await until(() => before.acks().includes('good') && after.acks().includes('good'), 'the good clients')
}

const tag = encode('bad')
const LIMITS = { frame_bytes_max: 100_000, decompressed_bytes_max: 200_000, assembly_bytes_max: 400_000 }

/** RLE blocks of 128 KiB from four bytes each (RFC 8878 section 3.1.1.2). */
function zstdBomb(blocks: number): Buffer {
  const block = (last: number) => {
    const head = ((128 * 1024) << 3) | (1 << 1) | last
    return Buffer.of(head & 255, (head >> 8) & 255, head >> 16, 0x61)
  }
  const body = Array.from({ length: blocks }, (_, n) => block(n === blocks - 1 ? 1 : 0))
  return Buffer.concat([Buffer.from('28b52ffd0068', 'hex'), ...body])
}

/** A frame that declares a window of two gigabytes. */
const zstdWindow = Buffer.concat([Buffer.from('28b52ffd00a8', 'hex'), Buffer.of(3, 0, 0, 0x61)])

describe('framing that can not be read closes the connection', () => {
  const cases: [string, string, Uint8Array][] = [
    ['a text protocol', 'malformed_request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['random bytes', 'malformed_request', Buffer.concat([Buffer.of(0x93, 0xc1), randomBytes(2000)])],
    ['a TLS hello without TLS', 'malformed_request', Buffer.from('160301020001', 'hex')],
    ['an array of one', 'malformed_request', encode(['x'])],
    ['an array of five', 'malformed_request', encode(['x', 1, {}, {}, 1])],
    ['a tag that is no str', 'malformed_request', encode([1, 1, {}])],
    ['a body that is a map', 'malformed_request', encode(['x', {}, {}])],
    ['options that are no map', 'malformed_request', encode(['x', 1, {}, 7])],
    ['an ack token without end', 'malformed_request', encode(['x', 1, {}, { chunk: 'c'.repeat(5000) }])],
    ['a tag without end', 'malformed_request', encode(['x'.repeat(20_000), 1, {}])],
    ['a reserved byte inside', 'malformed_request', Buffer.concat([Buffer.of(0x93), tag, Buffer.of(1, 0x81, 0xc1)])],
    ['bin of 4 GiB', 'frame_too_large', Buffer.concat([Buffer.of(0x92), tag, Buffer.from('c6ffffffff', 'hex')])],
    ['str of 4 GiB', 'frame_too_large', Buffer.concat([Buffer.of(0x92), tag, Buffer.from('dbffffffff', 'hex')])],
    ['an array of 4 G', 'frame_too_large', Buffer.concat([Buffer.of(0x92), tag, Buffer.from('ddffffffff', 'hex')])],
    ['a map of 4 G', 'frame_too_large', Buffer.concat([Buffer.of(0x93), tag, Buffer.from('01dfffffffff', 'hex')])],
    ['nesting without end', 'frame_too_large', Buffer.concat([Buffer.of(0x92), tag, Buffer.alloc(200_000, 0x91)])],
    ['maps without end', 'frame_too_large', Buffer.concat([Buffer.of(0x93), tag, Buffer.alloc(200_000, 0x81)])],
    ['a request over the limit', 'frame_too_large', encode(['x', Buffer.alloc(150_000)])],
    ['JSON nesting without end', 'frame_too_large', Buffer.alloc(200_000, '[')],
    ['deep JSON', 'malformed_request', Buffer.from(`["x",1,${'['.repeat(9000)}${']'.repeat(9000)}]`)],
  ]
  it.each(cases)('%s: %s', async (_name, event, bytes) => {
    const good = await start(LIMITS)
    const bad = open()
    bad.send(bytes)
    await until(() => bad.isClosed, 'the end of the connection')
    expect(running.site.count(event)).toBe(1)
    expect(running.site.batches).toEqual([])
    expect(bad.received.length).toBe(0)
    await expectServed(good)
  })

  it('and what came before it in the same read is still delivered and acknowledged', async () => {
    await start()
    const bad = open()
    bad.send(Buffer.concat([encode(['x', 1, { n: 1 }, { chunk: 'first' }]), Buffer.of(0xc1)]))
    await until(() => bad.isClosed)
    expect(bad.acks()).toEqual(['first'])
    expect(running.site.records()).toEqual([{ n: 1 }])
  })
})

describe('chunks that can not be decompressed are acknowledged, counted and not forwarded', () => {
  const noise = randomBytes(5000)
  const cases: [string, string, Uint8Array][] = [
    ['gzip cut short', 'gzip', gzipSync(noise).subarray(0, 3000)],
    ['gzip with noise inside', 'gzip', Buffer.concat([Buffer.from('1f8b080000000000', 'hex'), noise])],
    ['gzip with a wrong checksum', 'gzip', withWrongChecksum(gzipSync(noise))],
    ['a gzip bomb', 'gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['a bomb of many members', 'gzip', Buffer.concat(Array.from({ length: 60 }, () => gzipSync(Buffer.alloc(5000))))],
    ['a zstd bomb', 'zstd', zstdBomb(20_000)],
    ['a zstd window of 2 GiB', 'zstd', zstdWindow],
    ['zstd cut short', 'zstd', zstdBomb(10).subarray(0, 30)],
    ['zstd with noise inside', 'zstd', Buffer.concat([Buffer.from('28b52ffd0068', 'hex'), noise])],
    ['no gzip at all', 'gzip', noise.fill(7, 0, 1)],
    ['raw deflate', 'deflate', deflateRawSync(noise).fill(0x55, 0, 1)],
  ]
  it.each(cases)('%s', async (_name, compressed, bytes) => {
    const good = await start(LIMITS)
    const bad = open()
    bad.send(['bad', bytes, { compressed, chunk: 'poison' }], ['bad', 1, { n: 1 }, { chunk: 'next' }])
    await until(() => bad.acks().length === 2)
    expect(bad.acks()).toEqual(['poison', 'next'])
    expect(running.site.count('chunk_undecodable')).toBe(1)
    expect(running.site.records()).toEqual([{ n: 1 }])
    await expectServed(good)
  })
})

describe('a client', () => {
  it('that closes in the middle of a request is counted, and its half request is not forwarded', async () => {
    const good = await start()
    const bad = open()
    bad.send(encode(['bad', 1, { log: 'x'.repeat(1000) }]).subarray(0, 500))
    bad.socket.end()
    await until(() => bad.isClosed)
    expect(running.site.count('request_truncated')).toBe(1)
    await expectServed(good)
    expect(running.site.events.every(({ tag: one }) => one === 'good')).toBe(true)
  })

  it('that stops in the middle of a request is disconnected', async () => {
    const good = await start({ frame_timeout_ms: 100 })
    const bad = open()
    bad.send(encode(['bad', 1, {}]).subarray(0, 3))
    await until(() => bad.isClosed)
    expect(running.site.count('frame_timeout')).toBe(1)
    await expectServed(good)
  })

  it('that says nothing is left in peace when no handshake is due', async () => {
    const silent = await start({ frame_timeout_ms: 50, handshake_timeout_ms: 50 })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(silent.isClosed).toBe(false)
    await expectServed(silent)
  })

  it('that never reads its acks is disconnected, and its reading does not stop for them', async () => {
    const good = await start({ ack_bytes_max: 20_000 })
    const bad = open()
    bad.socket.pause()
    const token = 'c'.repeat(4000)
    const requests = Buffer.concat(Array.from({ length: 10 }, () => encode(['bad', 1, { n: 1 }, { chunk: token }])))
    const sender = setInterval(() => bad.socket.writable && bad.socket.write(requests), 0)
    await until(() => running.site.count('acks_unread') === 1, 'the verdict', 20_000)
    clearInterval(sender)
    await expectServed(good)
  })

  it('over connections_max is closed at once', async () => {
    const good = await start({ connections_max: 1 })
    await until(() => !good.socket.connecting)
    const one = open()
    await until(() => one.isClosed)
    await until(() => running.site.count('connections_full') === 1)
    good.send(['good', 1, {}, { chunk: 'good' }])
    await until(() => good.acks().length === 1)
  })

  it('that begins more requests than fit in memory is the one that pays', async () => {
    const good = await start({ frame_bytes_max: 200_000, assembly_bytes_max: 200_000 })
    const large = encode(['bad', Buffer.alloc(180_000)])
    const first = open().send(large.subarray(0, 150_000))
    await until(() => first.socket.bytesWritten === 150_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const second = open().send(large.subarray(0, 150_000))
    await until(() => second.isClosed)
    expect(running.site.count('assembly_full')).toBe(1)
    first.send(large.subarray(150_000))
    await until(() => running.site.batches.length === 1)
    await expectServed(good)
  })
})

function withWrongChecksum(bytes: Buffer): Buffer {
  bytes[bytes.length - 5] ^= 1
  return bytes
}
