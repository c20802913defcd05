// The two npm clients of the forward protocol deliver every record, in order, in each of their modes.
import { describe, expect, it } from 'vitest'
import { startForward } from '../sources/forward/support.ts'
import { certificate, numbers, run } from './forward/run.ts'

const MODES = ['Message', 'PackedForward', 'CompressedPackedForward']
const COUNT = 300
const client = (name: string) => new URL(`./forward/${name}.mjs`, import.meta.url).pathname
const node = (name: string, options: unknown, event_time = false) =>
  run(process.execPath, [client(name), JSON.stringify({ count: COUNT, options, event_time })])
const all = Array.from({ length: COUNT }, (_, n) => n)

describe('fluent-logger', () => {
  it.each(MODES.flatMap((mode) => [true, false].map((acks) => [mode, acks] as const)))(
    'in %s mode, acks %s',
    async (eventMode, requireAckResponse) => {
      const { site, port, stop } = await startForward()
      await node('fluent_logger', { port, eventMode, requireAckResponse })
      await numbers(site, all)
      expect(site.events[7].event[1]).toEqual({
        n: 7,
        log: 'line 7 of 4111 1111 1111 1111',
        uni: 'naïve ☕',
        deep: { list: [1, 'two', null, true] },
      })
      expect(site.events[0].tag).toBe('app.web')
      await stop()
    },
  )

  it('with EventTime', async () => {
    const { site, port, stop } = await startForward()
    await node('fluent_logger', { port, requireAckResponse: true }, true)
    await numbers(site, all)
    expect(site.events[0].event[0]).toMatchObject({ type: 0 })
    await stop()
  })

  it('over a Unix socket, without the handshake that its TCP port would ask for', async () => {
    const path = `/tmp/logveil-${process.pid}.sock`
    const { site, stop } = await startForward({ listen: `unix:${path}`, shared_key: 'k3y' })
    await node('fluent_logger', { path, requireAckResponse: true })
    await numbers(site, all)
    await stop()
  })

  it.each(MODES)('in %s mode over TLS, with shared key and user', async (eventMode) => {
    const tls = certificate()
    const users = [{ username: 'ann', password: 'pw' }]
    const { site, port, stop } = await startForward({ tls, shared_key: 'k3y', users })
    // It listens for an ack only once its write has called back, which over TLS comes after the fastest of acks.
    site.answer = () => new Promise((resolve) => setTimeout(resolve, 20))
    const security = { clientHostname: 'client', sharedKey: 'k3y', username: 'ann', password: 'pw' }
    const tlsOptions = { rejectUnauthorized: false }
    await node('fluent_logger', { port, eventMode, requireAckResponse: true, tls: true, tlsOptions, security })
    await numbers(site, all)
    await stop()
  })

  it('with a wrong key is told so', async () => {
    const { site, port, stop } = await startForward({ shared_key: 'k3y' })
    const security = { clientHostname: 'client', sharedKey: 'other' }
    await expect(node('fluent_logger', { port, requireAckResponse: true, security })).rejects.toThrow()
    expect(site.count('auth_failed')).toBeGreaterThan(0)
    expect(site.batches).toEqual([])
    await stop()
  })
})

describe('@fluent-org/logger', () => {
  it.each([...MODES, 'Forward'].flatMap((mode) => [true, false].map((acks) => [mode, acks] as const)))(
    'in %s mode, acks %s',
    async (eventMode, acks) => {
      const { site, port, stop } = await startForward()
      await node('fluent_org', { eventMode, socket: { port, host: '127.0.0.1' }, ...(acks ? { ack: {} } : {}) })
      await numbers(site, all)
      await stop()
    },
  )

  it('with shared key and user, EventTime and acks', async () => {
    const users = [{ username: 'ann', password: 'pw' }]
    const { site, port, stop } = await startForward({ shared_key: 'k3y', users })
    const security = { clientHostname: 'client', sharedKey: 'k3y', username: 'ann', password: 'pw' }
    await node('fluent_org', { socket: { port, host: '127.0.0.1' }, ack: {}, security, milliseconds: true })
    await numbers(site, all)
    await stop()
  })
})
