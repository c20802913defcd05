// Exporters of OpenTelemetry: @grpc/grpc-js for one protocol, fetch for the other.
import { Client, credentials } from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import { logsRequest } from '../../sources/otlp/messages.ts'
import { call } from '../../sources/otlp/support.ts'
import type { SourceCase } from './case.ts'

/** Bytes that are no protobuf, a length that is too large, JSON of another kind. */
const nonsenseWith = (secret: string): string[] => [`\xff\xff${secret}`, `\x0a\x7f${secret}`, `{"${secret}":7}`]

export const otlpOverGrpc: SourceCase = {
  name: 'otlp over gRPC',
  type: 'otlp',
  prepare: () => {
    const send = async (address: string, message: Uint8Array): Promise<boolean> => {
      const client = new Client(address, credentials.createInsecure())
      onTestFinished(() => client.close())
      return (await call(client, message)).code === 0
    }
    return {
      settings: { grpc: '127.0.0.1:0' },
      send: (texts, [address]) => send(address, logsRequest(texts)),
      async sendNonsense(secret, [address]) {
        await Promise.all(nonsenseWith(secret).map((bytes) => send(address, Buffer.from(bytes, 'latin1'))))
      },
      clash: ([address]) => ({ grpc: address }),
    }
  },
}

export const otlpOverHttp: SourceCase = {
  name: 'otlp over HTTP',
  type: 'otlp',
  prepare: () => {
    const headers = { 'content-type': 'application/x-protobuf' }
    const post = (address: string, body: Uint8Array): Promise<boolean> =>
      fetch(`http://${address}/v1/logs`, { method: 'POST', headers, body: Buffer.from(body) }).then(
        ({ ok }) => ok,
        () => false,
      )
    return {
      settings: { http: '127.0.0.1:0' },
      send: (texts, [address]) => post(address, logsRequest(texts)),
      async sendNonsense(secret, [address]) {
        await Promise.all(nonsenseWith(secret).map((bytes) => post(address, Buffer.from(bytes, 'latin1'))))
      },
      clash: ([address]) => ({ http: address }),
    }
  },
}
