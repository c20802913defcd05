// Clients of the forward protocol: a connection for each send, PackedForward with a chunk id, and the wait for its ack.
import { encode } from '@msgpack/msgpack'
import { onTestFinished } from 'vitest'
import { Client } from '../../sources/forward/support.ts'
import { until } from '../site.ts'
import type { SourceCase } from './case.ts'

/** A request of HTTP, a byte that msgpack has no use for, sizes without end, events that are none. */
const nonsenseWith = (secret: string): string[] => [
  `GET /${secret} HTTP/1.1\r\n\r\n`,
  `\xc1${secret}`,
  `\x93\xa1a\xdd\xff\xff\xff\xff${secret}`,
  `[["${secret}`,
  `\x92\xbd${secret}\xc6\xff`,
]

export const forward: SourceCase = {
  name: 'forward',
  type: 'forward',
  names: true,
  prepare: () => ({
    settings: { listen: '127.0.0.1:0' },
    async send(texts, [address]) {
      const client = clientOf(address)
      const events = Buffer.concat(texts.map((text) => encode([1_764_000_000, { log: text }])))
      const chunk = texts[0]
      client.send(encode(['app.log', events, { chunk, size: texts.length }]))
      await until(() => client.isClosed || client.acks().length > 0, 'an ack', 25_000).catch(() => {})
      return client.acks().includes(chunk)
    },
    async sendNonsense(secret, [address]) {
      for (const bytes of nonsenseWith(secret)) {
        const client = clientOf(address)
        client.socket.end(Buffer.from(bytes, 'latin1'))
        await until(() => client.isClosed, 'the end of the connection')
      }
    },
    clash: ([address]) => ({ listen: address }),
  }),
}

function clientOf(address: string): Client {
  const client = new Client(Number(address.split(':').at(-1)))
  onTestFinished(() => client.close())
  return client
}
