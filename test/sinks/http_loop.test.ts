// The sinks over HTTP against our own http source, which knows the same APIs from the other side.
import { expect, it } from 'vitest'
import { recordsOf, startHttp } from '../sources/http/support.ts'
import { batchOf, never, startSink } from './site.ts'

const batch = batchOf('json', '{"timestamp":"2026-11-21T15:00:00Z","n":1,"service":"pay"}\n', '{"n":2}\n')

it.each([
  ['http', { encoding: 'json', compression: 'gzip' }, { n: 2 }],
  ['http', { encoding: 'ndjson' }, { n: 2 }],
  ['splunk_hec', {}, { event: { n: 2 }, source: 'app', sourcetype: '_json' }],
  ['elasticsearch', {}, { n: 2, '@metadata': { create: { _index: 'logs-logveil-default', _id: 'b1-1' } } }],
])('%s %j is taken by the http source', async (type, more, second) => {
  const token = '11111111-2222-3333-4444-555555555555'
  const { site, address } = await startHttp({ tokens: [token] })
  const credentials = { http: { headers: { authorization: `Bearer ${token}` } }, splunk_hec: { token } }
  const own = credentials[type as keyof typeof credentials] ?? { api_key: token }
  const { sink, said } = await startSink(type, { endpoint: `http://${address}/`, ...own, ...more })
  await sink.send(batch, 'b1', never)
  const records = recordsOf(site)
  expect(records).toHaveLength(2)
  expect(records[1]).toMatchObject(second)
  expect(said).toEqual([])
})

it.each(['splunk_hec', 'elasticsearch', 'http'])('%s with a wrong token keeps its batch', async (type) => {
  const { site, address } = await startHttp({ tokens: ['right'] })
  const credentials = { http: {}, splunk_hec: { token: 'wrong' }, elasticsearch: { api_key: 'wrong' } }
  const own = credentials[type as keyof typeof credentials]
  const { sink } = await startSink(type, { endpoint: `http://${address}/`, ...own })
  await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 30_000 })
  expect(site.batches).toEqual([])
})
