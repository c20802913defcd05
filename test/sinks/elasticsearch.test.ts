// The elasticsearch sink against a strict stand-in: what arrives under which name, and what becomes of a batch of which
// only some documents are taken. A real OpenSearch is met in test/interop.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf, makeSink, never, startSink } from './site.ts'
import { API_KEY, elasticsearch, failed } from './stand_ins/elasticsearch.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })
const three = batchOf('json', record(0), record(1), record(2))
const start = async (endpoint: string, more = {}) =>
  await startSink('elasticsearch', { endpoint, api_key: API_KEY, index: 'logs', ...more })

describe('the elasticsearch sink', () => {
  it('stores records under ids of batch and place, with a time, into indexes by service and day', async () => {
    const elastic = await elasticsearch()
    const { sink } = await start(elastic.endpoint, { index: 'logs-{service}-{yyyy}.{MM}.{dd}', pipeline: 'my pipe' })
    const shop = record(1, { resource: { attributes: { 'service.name': '../Shop "A"' } } })
    await sink.send(batchOf('json', record(0, { service: 'pay' }), shop, '{}', '"line"'), 'b1', never)
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '.')
    expect([...elastic.indexes.keys()].sort()).toEqual([
      'logs-pay-2026.11.21',
      'logs-shop__a_-2026.11.21',
      `logs-unknown-${today}`,
    ])
    expect(elastic.indexes.get('logs-pay-2026.11.21')?.get('b1-0')).toEqual({
      ...JSON.parse(record(0, { service: 'pay' })),
      '@timestamp': '2026-11-21T15:00:00.123Z',
    })
    const others = elastic.indexes.get(`logs-unknown-${today}`)
    expect(others?.get('b1-2')).toEqual({ '@timestamp': expect.any(String) })
    expect(others?.get('b1-3')).toEqual({ '@timestamp': expect.any(String), message: 'line' })
    expect(elastic.asked[0].query.get('pipeline')).toBe('my pipe')
  })

  it('a body of text and a body that is a map do not meet in one field', async () => {
    const elastic = await elasticsearch()
    const { sink, said } = await start(elastic.endpoint)
    const bodies = [
      { body: 'text' },
      { body: { n: 1 } },
      { body: 3 },
      { '@timestamp': '2020-01-01T00:00:00Z', body: {} },
    ]
    await sink.send(batchOf('json', ...bodies.map((body) => JSON.stringify(body))), 'b1', never)
    const stored = [...(elastic.indexes.get('logs')?.values() ?? [])]
    expect(stored.map(({ body, message }) => message ?? body)).toEqual(['text', { n: 1 }, 3, {}])
    expect(stored[3]['@timestamp']).toBe('2020-01-01T00:00:00Z')
    expect(said).toEqual([])
  })

  it('only the documents that may be taken later are sent again, under their ids', async () => {
    const elastic = await elasticsearch()
    elastic.faults.set('b1-1', failed(429, 'es_rejected_execution_exception'))
    elastic.faults.set('b1-2', failed(503, 'unavailable_shards_exception'))
    const { sink } = await start(elastic.endpoint)
    await expect(sink.send(three, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: true })
    await sink.send(three, 'b1', never)
    const ids = elastic.asked.map(({ body }) => [...body.toString().matchAll(/"_id":"([^"]+)"/g)].map(([, id]) => id))
    expect(ids).toEqual([
      ['b1-0', 'b1-1', 'b1-2'],
      ['b1-1', 'b1-2'],
    ])
    expect(elastic.indexes.get('logs')?.size).toBe(3)
  })

  it('what exists is there: a batch whose answer never came is stored once', async () => {
    const elastic = await elasticsearch()
    elastic.troubles.push('take and hang')
    const { sink, said } = await start(elastic.endpoint, { timeout_ms: 300 })
    await expect(sink.send(three, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
    await sink.send(three, 'b1', never)
    expect(elastic.indexes.get('logs')?.size).toBe(3)
    expect(said).toEqual([])
  })

  it('a bad document is rejected and counted; its value is in no word of ours', async () => {
    const elastic = await elasticsearch()
    elastic.faults.set('b1-1', failed(400, 'document_parsing_exception'))
    const { sink, said } = await start(elastic.endpoint)
    await sink.send(three, 'b1', never)
    expect(said).toEqual([{ name: 'records_rejected', facts: { rejected_records: 1 } }])
    expect(elastic.indexes.get('logs')?.size).toBe(2)
  })

  it('a closed index keeps the batch, says so, and gets it when it is open', async () => {
    const elastic = await elasticsearch()
    elastic.closed.add('logs')
    const { sink, said } = await start(elastic.endpoint)
    await expect(sink.send(three, 'b1', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 30_000 })
    const reason = expect.stringContaining('HTTP 400 for a document (index_closed_exception)')
    expect(said).toMatchObject([{ name: 'no_entry', facts: { reason } }])
    elastic.closed.clear()
    await sink.send(three, 'b1', never)
    expect(elastic.indexes.get('logs')?.size).toBe(3)
  })

  it.each([
    [401, { retryable: true, retry_after_ms: 30_000 }],
    [429, { retryable: true, retry_after_ms: undefined }],
    [502, { retryable: true }],
    [400, { retryable: false }],
  ])('status %i of the whole request', async (status, expected) => {
    const elastic = await elasticsearch()
    elastic.troubles.push({ status }, { status }, { status })
    const { sink } = await start(elastic.endpoint)
    await expect(sink.send(batchOf('json', record(0)), 'b1', never)).rejects.toMatchObject(expected)
  })

  it('an answer that is none of the bulk API does not count as stored', async () => {
    const elastic = await elasticsearch()
    elastic.troubles.push({ body: '<html>welcome</html>' }, { body: { errors: false, items: [] } })
    const { sink } = await start(elastic.endpoint)
    await expect(sink.send(three, 'b1', never)).rejects.toMatchObject({ retryable: true })
    await expect(sink.send(three, 'b1', never)).rejects.toMatchObject({ retryable: true })
  })

  it('413: the request is halved', async () => {
    const elastic = await elasticsearch({ bytes_max: 50_000 })
    const { sink } = await start(elastic.endpoint)
    const records = Array.from({ length: 100 }, (_, n) => record(n, { fill: 'x'.repeat(1000) }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(elastic.indexes.get('logs')?.size).toBe(100)
  })

  it('refuses a name with an unknown place, and two kinds of credentials', () => {
    const refused = [{ index: 'logs-{tenant}' }, { index: 'logs-{' }, { user: 'a' }, { user: 'a', password: 'b' }]
    for (const settings of refused) {
      expect(() => makeSink('elasticsearch', { endpoint: 'http://a:1', api_key: 'k', ...settings })).toThrow()
    }
  })

  it('a flood of service names makes a bounded number of indexes', async () => {
    const elastic = await elasticsearch()
    const { sink } = await start(elastic.endpoint, { index: 'logs-{service}' })
    const records = Array.from({ length: 1500 }, (_, n) => JSON.stringify({ service: `s${n}` }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(elastic.indexes.size).toBe(1001)
    expect(elastic.indexes.get('logs-other')?.size).toBe(500)
  })

  it('a clock that jumps back between two attempts makes no second copy', async () => {
    const elastic = await elasticsearch()
    elastic.troubles.push('take and hang')
    const settings = {
      endpoint: elastic.endpoint,
      api_key: API_KEY,
      index: 'logs-{yyyy}.{MM}.{dd}-{HH}',
      timeout_ms: 300,
    }
    const { sink } = await startSink('elasticsearch', settings)
    const batch = batchOf('json', '{"n":1}', '{"n":2}')
    onTestFinished(() => void vi.restoreAllMocks())
    const noon_ms = Date.parse('2026-11-21T12:00:00Z')
    const now = vi.spyOn(systemClock, 'now_ms').mockReturnValue(noon_ms)
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    now.mockReturnValue(noon_ms - 26 * 3_600_000)
    await sink.send(batch, 'b1', never)
    expect([...elastic.indexes.keys()]).toEqual(['logs-2026.11.21-12'])
    expect(elastic.indexes.get('logs-2026.11.21-12')?.size).toBe(2)
  })
})
