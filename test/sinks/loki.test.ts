// The loki sink against a strict stand-in: streams, lines and structured metadata, and what refusals make of a batch.
import { describe, expect, it } from 'vitest'
import { batchOf, makeSink, never, startSink } from './site.ts'
import { loki } from './stand_ins/loki.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })

describe('the loki sink', () => {
  it('puts lines into streams by service and source, with severity and trace beside them', async () => {
    const store = await loki()
    const { sink } = await startSink('loki', { endpoint: store.endpoint, tenant: 'team-a', user: 'u', password: 'p' })
    const traced = record(1, { service: 'Pay "1"', level: 'warn', trace_id: 'ab', span_id: 'cd' })
    await sink.send(batchOf('json', record(0, { service: 'shop' }), traced), 'b1', never)
    const [shop, pay] = [...store.streams].map(([stream, lines]) => [JSON.parse(stream), [...lines.values()]])
    expect(shop).toEqual([
      { service_name: 'shop', source: 'app' },
      [['1795273200123456789', record(0, { service: 'shop' })]],
    ])
    expect(pay[0]).toEqual({ service_name: 'pay__1_', source: 'app' })
    expect(pay[1]).toEqual([['1795273200123456789', traced, { severity: 'warn', trace_id: 'ab', span_id: 'cd' }]])
    expect(store.asked[0].headers).toMatchObject({ 'x-scope-orgid': 'team-a', authorization: 'Basic dTpw' })
  })

  it('equal lines without a time are all kept, and a repeat of them is one', async () => {
    const store = await loki()
    store.troubles.push('take and hang')
    const { sink } = await startSink('loki', { endpoint: store.endpoint, timeout_ms: 300 })
    const batch = batchOf('json', '"same"', '"same"', '"same"')
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    await sink.send(batch, 'b1', never)
    expect([...store.streams.values()].map((lines) => lines.size)).toEqual([3])
  })

  it('a line that is too long is rejected alone and counted', async () => {
    const store = await loki({ line_bytes_max: 1000 })
    const { sink, said } = await startSink('loki', { endpoint: store.endpoint })
    const records = Array.from({ length: 20 }, (_, n) => record(n, n === 7 ? { fill: 'x'.repeat(2000) } : {}))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect([...store.streams.values()].map((lines) => lines.size)).toEqual([19])
    expect(said.at(-1)).toEqual({ name: 'records_rejected', facts: { rejected_records: 1 } })
    expect(JSON.stringify(said)).not.toContain('the line')
  })

  it.each([
    [429, { retryable: true }],
    [500, { retryable: true }],
    [401, { retryable: true, retry_after_ms: 30_000 }],
    [404, { retryable: true, retry_after_ms: 30_000 }],
  ])('status %i keeps the batch', async (status, expected) => {
    const store = await loki()
    store.troubles.push({ status })
    const { sink } = await startSink('loki', { endpoint: store.endpoint })
    await expect(sink.send(batchOf('json', record(0)), 'b1', never)).rejects.toMatchObject(expected)
  })

  it('a flood of service names makes a bounded number of streams', async () => {
    const store = await loki()
    const { sink } = await startSink('loki', { endpoint: store.endpoint, labels: { service: '{service}' } })
    const records = Array.from({ length: 1200 }, (_, n) => JSON.stringify({ service: `s${n}` }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(store.streams.size).toBe(1001)
    expect(store.streams.get('{"service":"other"}')?.size).toBe(200)
  })

  it.each([{ labels: {} }, { labels: { 'a-b': 'c' } }, { labels: { day: '{dd}' } }])('refuses %j', (settings) => {
    expect(() => makeSink('loki', { endpoint: 'http://a:1', ...settings })).toThrow()
  })
})
