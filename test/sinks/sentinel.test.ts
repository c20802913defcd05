// The sentinel sink against a strict stand-in of the Logs Ingestion API and of the authority that gives its tokens.
import { describe, expect, it } from 'vitest'
import { batchOf, makeSink, never, startSink } from './site.ts'
import { CREDENTIALS, RULE, type Sentinel, sentinel } from './stand_ins/sentinel.ts'

const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })
const batch = batchOf('json', record(0), record(1))
const settingsFor = ({ endpoint }: Sentinel, more = {}) => {
  return { endpoint, authority: endpoint, rule: RULE, stream: 'Custom-T_CL', ...CREDENTIALS, ...more }
}

describe('the sentinel sink', () => {
  it('sends rows with their time, by one token for many batches', async () => {
    const azure = await sentinel()
    const { sink } = await startSink('sentinel', settingsFor(azure))
    const own = '{"TimeGenerated":"2020-01-01T00:00:00Z","n":2}'
    await Promise.all([sink.send(batch, 'b1', never), sink.send(batchOf('json', own, '"line"', '{}'), 'b2', never)])
    const TimeGenerated = '2026-11-21T15:00:00.123Z'
    expect(azure.rows).toContainEqual({ ...JSON.parse(record(0)), TimeGenerated })
    expect(azure.rows).toContainEqual(JSON.parse(own))
    expect(azure.rows).toContainEqual({ TimeGenerated: expect.any(String), message: 'line' })
    expect(azure.rows).toHaveLength(5)
    expect(azure.tokens).toHaveLength(1)
  })

  it('keeps each call to a megabyte', async () => {
    const azure = await sentinel()
    const { sink, said } = await startSink('sentinel', settingsFor(azure))
    const records = Array.from({ length: 300 }, (_, n) => record(n, { fill: 'x'.repeat(8000) }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(azure.rows).toHaveLength(300)
    expect(said).toEqual([])
  })

  it('a token that ended before its time is fetched again', async () => {
    const azure = await sentinel()
    const { sink } = await startSink('sentinel', settingsFor(azure))
    await sink.send(batch, 'b1', never)
    azure.manners.ended = true
    const soon = { retryable: true, retry_after_ms: undefined }
    await expect(sink.send(batch, 'b2', never)).rejects.toMatchObject(soon)
    await sink.send(batch, 'b2', never)
    expect(azure.tokens).toHaveLength(2)
    expect(azure.rows).toHaveLength(4)
  })

  it('a token near its end is not used', async () => {
    const azure = await sentinel()
    azure.manners.expires_in = 0.001
    const { sink } = await startSink('sentinel', settingsFor(azure))
    await sink.send(batch, 'b1', never)
    await sink.send(batch, 'b2', never)
    expect(azure.tokens).toHaveLength(2)
  })

  it('a wrong secret keeps the batch, and neither the secret nor the words of the authority are said', async () => {
    const azure = await sentinel()
    const { sink, said } = await startSink('sentinel', settingsFor(azure, { client_secret: 'another-secret' }))
    const kept = { retryable: true, retry_after_ms: 30_000 }
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(kept)
    expect(said).toMatchObject([
      { name: 'no_entry', facts: { reason: expect.stringContaining('token: HTTP 401, invalid_client') } },
    ])
    expect(JSON.stringify(said)).not.toMatch(/another-secret|said the authority/)
  })

  it('a role that was not granted yet keeps the batch', async () => {
    const azure = await sentinel()
    azure.manners.granted = false
    const { sink } = await startSink('sentinel', settingsFor(azure))
    const kept = { retryable: true, retry_after_ms: 30_000 }
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(kept)
    azure.manners.granted = true
    await sink.send(batch, 'b1', never)
    expect(azure.rows).toHaveLength(2)
  })

  it('asked to wait, it says for how long', async () => {
    const azure = await sentinel()
    const { sink } = await startSink('sentinel', settingsFor(azure))
    await sink.send(batch, 'b1', never)
    azure.troubles.push({ status: 429, headers: { 'retry-after': '12' } })
    const later = { retryable: true, retry_after_ms: 12_000 }
    await expect(sink.send(batch, 'b2', never)).rejects.toMatchObject(later)
  })

  it('an authority that is away is tried again', async () => {
    const azure = await sentinel()
    azure.troubles.push({ status: 503 }, 'hang up')
    const { sink } = await startSink('sentinel', settingsFor(azure))
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    await sink.send(batch, 'b1', never)
  })

  it('refuses requests larger than the API takes', () => {
    const more = { request_bytes_max: 2_000_000 }
    expect(() => makeSink('sentinel', settingsFor({ endpoint: 'http://a:1' } as Sentinel, more))).toThrow()
  })
})
