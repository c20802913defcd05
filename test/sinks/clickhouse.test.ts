// The clickhouse sink against a strict stand-in: tokens, settings and codes. A real server is met in test/interop.
import { describe, expect, it } from 'vitest'
import { batchOf, makeSink, never, startSink } from './site.ts'
import { clickhouse, failed, PASSWORD } from './stand_ins/clickhouse.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })
const batch = batchOf('json', record(0), record(1))
const start = async (endpoint: string, more = {}) =>
  await startSink('clickhouse', { endpoint, table: 'logs', user: 'writer', password: PASSWORD, ...more })

describe('the clickhouse sink', () => {
  it('inserts rows once, though the answer to the first attempt never came', async () => {
    const server = await clickhouse()
    server.troubles.push('take and hang')
    const { sink } = await start(server.endpoint, { timeout_ms: 300, settings: { max_insert_threads: 1 } })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    await sink.send(batch, 'b1', never)
    expect(server.rows.map(({ id }) => id)).toEqual(['b1-0', 'b1-1'])
    expect(server.asked.map(({ query }) => query.get('insert_deduplication_token'))).toEqual(['b1-0-2', 'b1-0-2'])
  })

  it('a record without a time has that of its first attempt', async () => {
    const server = await clickhouse()
    const { sink } = await start(server.endpoint)
    await sink.send(batchOf('json', '{"n":1}'), 'b1', never)
    const [{ timestamp }] = server.rows
    expect(Math.abs(Date.parse(`${String(timestamp).replace(' ', 'T')}Z`) - Date.now())).toBeLessThan(60_000)
  })

  it('bad rows are rejected and counted', async () => {
    const server = await clickhouse()
    const { sink, said } = await start(server.endpoint)
    const records = Array.from({ length: 30 }, (_, n) => record(n, n % 10 === 3 ? { fit: 'unfit' } : {}))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(server.rows).toHaveLength(27)
    expect(said.at(-1)).toEqual({ name: 'records_rejected', facts: { rejected_records: 3 } })
    expect(JSON.stringify(said)).not.toContain('the row')
  })

  it.each([
    [500, 252, { retryable: true, retry_after_ms: undefined }],
    [500, 241, { retryable: true }],
    [200, 241, { retryable: true }],
    [403, 516, { retryable: true, retry_after_ms: 30_000 }],
    [404, 60, { retryable: true, retry_after_ms: 30_000 }],
    [404, 115, { retryable: true, retry_after_ms: 30_000 }],
    [400, 27, { retryable: false }],
  ])('status %i with code %i', async (status, code, expected) => {
    const server = await clickhouse()
    const { sink } = await start(server.endpoint)
    server.troubles.push(failed(status, code))
    await expect(sink.send(batchOf('json', record(0)), 'b1', never)).rejects.toMatchObject(expected)
  })

  it.each([{ table: 'a; DROP TABLE b' }, { database: 'a.b' }, { table: '' }])('refuses %j', (settings) => {
    expect(() => makeSink('clickhouse', { endpoint: 'http://a:1', table: 'logs', ...settings })).toThrow()
  })
})
