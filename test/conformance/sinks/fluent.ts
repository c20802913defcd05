// A forward server, as fluent-logger sees it; what it is sent are events of the census.
import { CENSUS } from '../../../src/core/plan.ts'
import { polite, receiver } from '../../sinks/receiver.ts'
import { batchOf } from '../../sinks/site.ts'
import type { SinkCase } from './case.ts'

const window_end = '2026-11-21T18:01:00.000Z'

export const fluent: SinkCase = {
  name: 'fluent',
  troubles: ['hanging_up'],
  type: 'fluent',
  prepare: async () => {
    const server = await receiver()
    const next = (manner: typeof server.manner) => () => {
      server.manner = (...chunk) => {
        server.manner = polite
        manner(...chunk)
      }
    }
    const event = (service: string) => JSON.stringify({ event: 'coverage', window_end, service })
    return {
      settings: { server: server.address, ack_timeout_ms: 2_000 },
      batchOf: (texts) => ({ ...batchOf('json', ...texts.map(event)), origin: CENSUS }),
      stored: () => server.received.map(({ events }) => Buffer.from(events).toString('latin1')).join(''),
      // Silence is tried in test/sinks/fluent.test.ts: here the thread may not have begun when it is to end.
      trouble: { hanging_up: next((_received, socket) => socket.destroy()) },
    }
  },
}
