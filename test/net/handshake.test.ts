import { createHash } from 'node:crypto'
import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import * as handshake from '../../src/net/handshake.ts'

const helo = handshake.newHelo(true, true)
const own = { hostname: 'client', sharedKey: 'k3y', username: 'ann', password: 'pw' }

describe('the handshake', () => {
  it('goes both ways', () => {
    const heard = handshake.readHelo(handshake.encodeHelo(helo))
    expect(heard).toEqual(helo)
    const salt = Buffer.from([0, 255, 254, 0x80])
    const ping = handshake.readPing(handshake.encodePing(helo, own, salt))
    expect(Buffer.from(ping?.salt ?? []).equals(salt)).toBe(true)
    const said = { accepted: true, reason: '', hostname: 'server', digest: 'd' }
    const pong = handshake.readPong(handshake.encodePong(said))
    expect(pong?.accepted).toBe(true)
    expect(Buffer.from(pong?.hostname ?? []).toString()).toBe('server')
  })

  it('proves the key by SHA-512 over salt, name, nonce and key, in lower case', () => {
    const [salt, name, nonce] = ['salt', 'name', 'nonce'].map((text) => Buffer.from(text))
    const want = createHash('sha512').update('saltnamenoncek3y').digest('hex')
    expect(handshake.keyDigest(salt, name, nonce, 'k3y')).toBe(want)
    expect(handshake.sameDigest(Buffer.from(want), want)).toBe(true)
    expect(handshake.sameDigest(Buffer.from(want.toUpperCase()), want)).toBe(false)
    expect(handshake.sameDigest(Buffer.alloc(0), want)).toBe(false)
  })

  it('sends no user to a server that asks for none', () => {
    const ping = decode(handshake.encodePing({ ...helo, auth: new Uint8Array(0) }, own, Buffer.from('s'))) as unknown[]
    expect(ping.slice(4)).toEqual(['', ''])
    expect(ping.length).toBe(6)
  })

  it('reads a HELO whose nonce is str, as Fluent Bit sends it', () => {
    const raw = Buffer.from('9281a568656c6c6f01', 'hex')
    expect(handshake.readHelo(raw)).toBeNull()
    const parts = ['92', 'a448454c4f', '82', 'a56e6f6e6365', 'a3fffe80', 'a46d6f7265', 'c0']
    const heard = handshake.readHelo(Buffer.from(parts.join(''), 'hex'))
    expect(Buffer.from(heard?.nonce ?? []).toString('hex')).toBe('fffe80')
    expect(heard?.auth.length).toBe(0)
  })

  it.each([
    { value: [] },
    { value: [1] },
    { value: 'PING' },
    { value: ['PING'] },
    { value: ['PING', 'a', 'b', 'c', 'd', 'e', 'f'] },
    { value: ['PING', 1, 2, 3, 4, 5] },
    { value: { PING: 1 } },
  ])('does not take $value for a PING', ({ value }) => {
    expect(handshake.readPing(encode(value))).toBeNull()
    expect(handshake.readPing(encode(value).subarray(0, 1))).toBeNull()
  })
})
