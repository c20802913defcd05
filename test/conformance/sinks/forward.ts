// A forward server that keeps what it is sent, and acknowledges when the test does not want otherwise.
import { frame, polite, receiver } from '../../sinks/receiver.ts'
import { batchOf } from '../../sinks/site.ts'
import type { SinkCase } from './case.ts'

export const forward: SinkCase = {
  name: 'forward',
  troubles: ['silent', 'hanging_up'],
  type: 'forward',
  prepare: async () => {
    const server = await receiver()
    const next = (manner: typeof server.manner) => () => {
      server.manner = (...chunk) => {
        server.manner = polite
        manner(...chunk)
      }
    }
    return {
      settings: { server: server.address, connections: 1 },
      batchOf: (texts) =>
        batchOf(
          'msgpack',
          frame(
            'app',
            texts.map((log) => [1_764_000_000, { log }]),
          ),
        ),
      stored: () => server.received.map(({ events }) => Buffer.from(events).toString('latin1')).join(''),
      trouble: { silent: next(() => {}), hanging_up: next((_received, socket) => socket.destroy()) },
      ids: () => server.received.map(({ options }) => String(options.chunk)),
    }
  },
}
