// The elasticsearch sink and a real OpenSearch: what was sent twice is there once, and what it refuses is told apart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, never, startSink } from '../sinks/site.ts'
import { hasOpensearch, type Opensearch, startOpensearch } from './opensearch/process.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })
const hundred = batchOf(
  'json',
  ...Array.from({ length: 100 }, (_, n) => record(n, { service: n % 2 ? 'pay' : 'shop' })),
)

describe.skipIf(!hasOpensearch())('a real OpenSearch', () => {
  let opensearch: Opensearch
  beforeAll(async () => {
    opensearch = await startOpensearch()
  }, 150_000)
  afterAll(() => opensearch?.remove())

  const sink = (more: object) => startSink('elasticsearch', { endpoint: opensearch.endpoint, ...more })
  const count = async (index: string): Promise<unknown> => {
    await opensearch.ask('POST', `/${index}/_refresh`)
    return (await opensearch.ask('GET', `/${index}/_count`)).count
  }

  it('stores each record once, however often its batch is sent, into indexes by service', async () => {
    const { sink: store, said } = await sink({ index: 'once-{service}-{yyyy}' })
    for (let tries = 0; tries < 3; tries++) await store.send(hundred, 'b1', never)
    expect(await count('once-pay-2026')).toBe(50)
    expect(await count('once-shop-2026')).toBe(50)
    expect(said).toEqual([])
    const found = await opensearch.ask('GET', '/once-pay-2026/_doc/b1-1')
    expect(found._source).toEqual({
      ...JSON.parse(record(1, { service: 'pay' })),
      '@timestamp': '2026-11-21T15:00:00.123Z',
    })
  })

  it('stores into a data stream', async () => {
    const template = { index_patterns: ['stream-*'], data_stream: {}, priority: 10 }
    await opensearch.ask('PUT', '/_index_template/stream', template)
    const { sink: store, said } = await sink({ index: 'stream-logs-default' })
    for (let tries = 0; tries < 2; tries++) await store.send(hundred, 'b1', never)
    expect(await count('stream-logs-default')).toBe(100)
    expect(await opensearch.ask('GET', '/_data_stream/stream-logs-default')).toHaveProperty('data_streams.0')
    expect(said).toEqual([])
  })

  it('takes the good documents of a request and counts the bad one', async () => {
    const { sink: store, said } = await sink({ index: 'strict' })
    await store.send(batchOf('json', record(1)), 'b1', never)
    await store.send(batchOf('json', record(2), record(3, { n: { not: 'a number' } }), record(4)), 'b2', never)
    expect(await count('strict')).toBe(3)
    expect(said).toEqual([{ name: 'records_rejected', facts: { rejected_records: 1 } }])
  })

  it('a closed index keeps the batch until it is open, and so does one that is read-only', async () => {
    const { sink: store, said } = await sink({ index: 'shut' })
    await store.send(batchOf('json', record(1)), 'b1', never)
    await opensearch.ask('POST', '/shut/_close')
    const kept = { retryable: true, retry_after_ms: 30_000 }
    await expect(store.send(batchOf('json', record(2)), 'b2', never)).rejects.toMatchObject(kept)
    await opensearch.ask('POST', '/shut/_open')
    await opensearch.ask('PUT', '/shut/_settings', { 'index.blocks.write': true })
    await expect(store.send(batchOf('json', record(2)), 'b2', never)).rejects.toMatchObject(kept)
    await opensearch.ask('PUT', '/shut/_settings', { 'index.blocks.write': false })
    await store.send(batchOf('json', record(2)), 'b2', never)
    expect(await count('shut')).toBe(2)
    expect(said.map(({ name }) => name)).toEqual(['no_entry', 'no_entry'])
  })

  it('bodies of text and of maps are both stored', async () => {
    const { sink: store, said } = await sink({ index: 'bodies' })
    await store.send(batchOf('json', '{"body":"text"}', '{"body":{"n":1}}', '"line"', '{}'), 'b1', never)
    expect(await count('bodies')).toBe(4)
    expect(said).toEqual([])
  })
})
