// The splunk_hec sink against a strict collector: what arrives, and what each reply code makes of a batch.
import { describe, expect, it } from 'vitest'
import { batchOf, never, startSink } from './site.ts'
import { splunkHec, TOKEN } from './stand_ins/splunk_hec.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })
const batch = batchOf('json', record(0), `${record(1, { service: 'pay' })}\n`, '"text alone"')
const fast = { token: TOKEN, ack_poll_ms: 20 }

describe('the splunk_hec sink', () => {
  it('sends each record with its time, its source and indexed fields', async () => {
    const hec = await splunkHec()
    const settings = { endpoint: hec.endpoint, token: TOKEN, index: 'logs', sourcetype: 'app', host: 'gateway' }
    const { sink } = await startSink('splunk_hec', settings)
    const otlp = record(2, {
      severity_text: 'WARN',
      resource: { attributes: { 'service.name': 'shop' } },
      body: { password: '****' },
    })
    await sink.send(batchOf('json', record(0), otlp, '{"n":3}'), 'b1', never)
    const same = { index: 'logs', sourcetype: 'app', host: 'gateway', source: 'app' }
    expect(hec.events).toEqual([
      { time: 1_795_273_200.123, ...same, event: JSON.parse(record(0)) },
      { time: 1_795_273_200.123, ...same, fields: { service: 'shop', severity: 'WARN' }, event: JSON.parse(otlp) },
      { time: expect.any(Number), ...same, event: { n: 3 } },
    ])
    expect(Math.abs(hec.events[2].time - Date.now() / 1000)).toBeLessThan(60)
    expect(hec.asked[0].headers['content-encoding']).toBe('gzip')
  })

  it.each([
    [403, 1, { retryable: true, retry_after_ms: 30_000 }],
    [401, 2, { retryable: true, retry_after_ms: 30_000 }],
    [401, 3, { retryable: true, retry_after_ms: 30_000 }],
    [403, 4, { retryable: true, retry_after_ms: 30_000 }],
    [400, 7, { retryable: true, retry_after_ms: 30_000 }],
    [500, 8, { retryable: true }],
    [503, 9, { retryable: true }],
    [400, 10, { retryable: true, retry_after_ms: 30_000 }],
    [400, 11, { retryable: true, retry_after_ms: 30_000 }],
    [503, 18, { retryable: true }],
    [503, 20, { retryable: true }],
    [503, 23, { retryable: true }],
    [429, 26, { retryable: true }],
    [503, 27, { retryable: true }],
    [429, 24, { retryable: true }],
    [400, 5, { retryable: false }],
    [400, 6, { retryable: false }],
    [400, 12, { retryable: false }],
    [400, 13, { retryable: false }],
  ])('HTTP %i with code %i', async (status, code, expected) => {
    const hec = await splunkHec()
    const { sink, said } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: TOKEN })
    hec.troubles.push({ status, body: { text: 'said the collector', code } })
    await expect(sink.send(batchOf('json', record(0)), 'b1', never)).rejects.toMatchObject(expected)
    expect(JSON.stringify(said)).not.toContain('said the collector')
    expect(said[0].facts).toMatchObject({ reason: expect.stringContaining(`HTTP ${status}, code ${code}`) })
  })

  it('a wrong token keeps the batch until the token is right again', async () => {
    const hec = await splunkHec()
    const { sink, said } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: 'wrong' })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 30_000 })
    expect(said).toMatchObject([{ name: 'no_entry', facts: { reason: expect.stringContaining('HTTP 403, code 4') } }])
    expect(JSON.stringify(said)).not.toContain('wrong')
  })

  it('events before a bad one are not sent again, and the bad one is counted', async () => {
    const hec = await splunkHec()
    const { sink, said } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: TOKEN })
    await sink.send(batchOf('json', record(0), record(1), '""', record(3), 'null', record(5)), 'b1', never)
    expect(hec.events.map(({ event }) => (event as { n: number }).n)).toEqual([0, 1, 3, 5])
    expect(said).toEqual([{ name: 'records_rejected', facts: { rejected_records: 2 } }])
  })

  it('an index that takes nothing keeps the batch', async () => {
    const hec = await splunkHec()
    const { sink } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: TOKEN, index: 'closed' })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true, retry_after_ms: 30_000 })
  })

  it('with acks, a batch counts as stored when it is indexed', async () => {
    const hec = await splunkHec({ acks: true })
    hec.manners.indexes = false
    const { sink } = await startSink('splunk_hec', { endpoint: hec.endpoint, ...fast })
    let done = 0
    const sends = ['b1', 'b2'].map((id) => sink.send(batch, id, never).then(() => done++))
    while (hec.questions.count < 3) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(done).toBe(0)
    hec.manners.indexes = true
    await Promise.all(sends)
    expect(hec.events).toHaveLength(6)
  })

  it('events that are never indexed are sent again; a query that fails is asked again', async () => {
    const hec = await splunkHec({ acks: true })
    hec.manners.indexes = false
    const { sink } = await startSink('splunk_hec', { endpoint: hec.endpoint, ...fast, ack_timeout_ms: 200 })
    const expected = { code: 'SINK_TIMEOUT', retryable: true }
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(expected)
    hec.manners.indexes = true
    const sent = sink.send(batch, 'b1', never)
    hec.troubles.push({ status: 200, body: { code: 0, ackId: 1 } }, { status: 503, body: 'busy' }, 'hang up')
    await expect(sent).rejects.toMatchObject(expected)
    await sink.send(batch, 'b1', never)
    expect(hec.events).toHaveLength(3)
  })

  it.each(['its lane', 'its close'])('%s can end the wait for acks', async (who) => {
    const hec = await splunkHec({ acks: true })
    hec.manners.indexes = false
    const { sink } = await startSink('splunk_hec', { endpoint: hec.endpoint, ...fast })
    const stop = new AbortController()
    const sent = sink.send(batch, 'b1', who === 'its lane' ? stop.signal : never)
    sent.catch(() => {})
    while (hec.questions.count < 1) await new Promise((resolve) => setTimeout(resolve, 10))
    const closed = sink.close(who === 'its lane' ? never : stop.signal)
    stop.abort()
    await expect(sent).rejects.toMatchObject({ retryable: true })
    await closed
  })

  it('413: the request is halved, whatever the code beside it', async () => {
    const hec = await splunkHec({ bytes_max: 20_000 })
    const { sink } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: TOKEN })
    hec.troubles.push({ status: 413, body: { code: 27 } })
    const records = Array.from({ length: 50 }, (_, n) => record(n, { fill: 'x'.repeat(1000) }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(hec.events).toHaveLength(50)
  })

  it('keeps requests to a megabyte with what stands around each event', async () => {
    const hec = await splunkHec()
    const { sink, said } = await startSink('splunk_hec', { endpoint: hec.endpoint, token: TOKEN })
    const small = Array.from({ length: 12_000 }, (_, n) => record(n, { service: 'pay', severity: 'INFO' }))
    await sink.send(batchOf('json', ...small), 'b1', never)
    expect(hec.events).toHaveLength(12_000)
    expect(said).toEqual([])
  })
})
