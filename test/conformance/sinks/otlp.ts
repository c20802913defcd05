// Receivers of OTLP that are not ours: a server of @grpc/grpc-js and one of node:http.

import { grpcReceiver, httpReceiver } from '../../sinks/otlp_receiver.ts'
import { batchOf } from '../../sinks/site.ts'
import { logsRequest } from '../../sources/otlp/messages.ts'
import type { SinkCase } from './case.ts'

const UNAVAILABLE = 14
const INVALID_ARGUMENT = 3

function textOf(received: readonly { readonly bytes: Buffer }[]): string {
  return received.map(({ bytes }) => bytes.toString('latin1')).join('')
}

export const otlpOverGrpc: SinkCase = {
  name: 'otlp over gRPC',
  troubles: ['busy', 'refusing', 'silent'],
  type: 'otlp',
  prepare: async () => {
    const { endpoint, received, replies } = await grpcReceiver()
    return {
      settings: { endpoint },
      batchOf: (texts) => batchOf('otlp', logsRequest(texts)),
      stored: () => textOf(received),
      trouble: {
        busy: () => replies.push({ code: UNAVAILABLE }),
        refusing: () => replies.push({ code: INVALID_ARGUMENT }),
        silent: () => replies.push('hang'),
      },
    }
  },
}

export const otlpOverHttp: SinkCase = {
  name: 'otlp over HTTP',
  type: 'otlp',
  prepare: async () => {
    const { endpoint, received, replies } = await httpReceiver()
    return {
      settings: { endpoint, protocol: 'http' },
      batchOf: (texts) => batchOf('otlp', logsRequest(texts)),
      stored: () => textOf(received),
      trouble: {
        busy: () => replies.push({ status: 503 }),
        refusing: () => replies.push({ status: 400 }),
        silent: () => replies.push('hang'),
        hanging_up: () => replies.push('hang up'),
      },
    }
  },
}

/** A count of the census for each text, as the place that it was found at. */
export const otlpCensus: SinkCase = {
  name: 'otlp_census',
  troubles: ['busy', 'refusing', 'silent'],
  type: 'otlp_census',
  prepare: async () => {
    const { endpoint, received, replies } = await grpcReceiver()
    return {
      settings: { endpoint },
      batchOf: (texts) => batchOf('json', ...texts.map(findingOf)),
      stored: () => textOf(received),
      trouble: {
        busy: () => replies.push({ code: UNAVAILABLE }),
        refusing: () => replies.push({ code: INVALID_ARGUMENT }),
        silent: () => replies.push('hang'),
      },
    }
  },
}

function findingOf(path: string): string {
  const window = { window_start: '2026-11-21T18:00:00.000Z', window_end: '2026-11-21T18:01:00.000Z' }
  const place = {
    id: 'c0ffee',
    seq: 1,
    ...window,
    instance: 'box-1',
    policy_version: 'v1',
    service: 'pay',
    source: 'app',
  }
  const rule = { rule: 'email', category: 'personal', severity: 'medium', action: 'mask', paths: [path] }
  return `${JSON.stringify({ event: 'finding', ...place, ...rule, matches: 1, records: 1 })}\n`
}
