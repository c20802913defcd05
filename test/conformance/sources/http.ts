// Shippers over HTTP: lines of JSON, Elasticsearch's `_bulk`, Splunk's HTTP Event Collector. fetch is the client.
import type { SourceCase } from './case.ts'

interface Way {
  readonly name: string
  readonly path: string
  readonly type: string
  body(texts: readonly string[]): string
}

const WAYS: readonly Way[] = [
  {
    name: 'lines of JSON',
    path: '/',
    type: 'application/x-ndjson',
    body: (texts) => texts.map((text) => `{"message":"${text}"}\n`).join(''),
  },
  {
    name: 'the bulk API',
    path: '/_bulk',
    type: 'application/x-ndjson',
    body: (texts) => texts.map((text) => `{"create":{"_index":"logs"}}\n{"message":"${text}"}\n`).join(''),
  },
  {
    name: 'the HTTP Event Collector',
    path: '/services/collector/event',
    type: 'application/json',
    body: (texts) => texts.map((text) => `{"event":"${text}"}`).join(''),
  },
]

/** Broken from the first byte, broken at the end, of another kind, and no gzip. */
const nonsenseWith = (secret: string): string[] => [`\xff{${secret}`, `{"event":"${secret}`, `["${secret}"]`, secret]

export const httpCases: readonly SourceCase[] = WAYS.map(({ name, path, type, body }) => ({
  name: `http by ${name}`,
  type: 'http',
  prepare: () => {
    const post = (address: string, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<boolean> =>
      fetch(`http://${address}${path}`, {
        method: 'POST',
        headers: { 'content-type': type, ...headers },
        body: Buffer.from(bytes),
      }).then(
        ({ ok }) => ok,
        () => false,
      )
    return {
      settings: { listen: '127.0.0.1:0' },
      send: (texts, [address]) => post(address, Buffer.from(body(texts))),
      async sendNonsense(secret, [address]) {
        for (const bytes of nonsenseWith(secret)) {
          await post(address, Buffer.from(bytes, 'latin1'))
          await post(address, Buffer.from(bytes, 'latin1'), { 'content-encoding': 'gzip' })
        }
        await fetch(`http://${address}/${secret}/%ff?token=${secret}`, { method: 'POST', body: secret })
      },
      clash: ([address]) => ({ listen: address }),
    }
  },
}))
