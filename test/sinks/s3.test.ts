// The s3 sink against s3rver: what is in the bucket under which key, and that a batch counts as stored when its
// object is.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PART_BYTES } from '../../src/sinks/s3/store.ts'
import { batchOf, makeSink, never, startSink } from './site.ts'
import { BUCKET, KEYS, type Store, s3Store } from './stand_ins/s3.ts'

const record = (n: number, more = {}) => JSON.stringify({ n, ...more })
const settingsFor = ({ endpoint }: Store, more = {}) => {
  return { bucket: BUCKET, endpoint, path_style: true, linger_ms: 20, key: '{batch}.gz', ...KEYS, ...more }
}

describe('the s3 sink', () => {
  it('stores compressed lines under keys by time, service, source and batch', async () => {
    const store = await s3Store()
    const key = 'a/{yyyy}/{MM}/{dd}/{HH}/{service}/{source}-{batch}.ndjson.gz'
    const { sink } = await startSink('s3', settingsFor(store, { key }))
    const records = [record(0, { service: 'pay' }), record(1, { service: '../../Etc' }), record(2, { service: 'pay' })]
    await sink.send(batchOf('json', ...records), 'b1', never)
    const hour = new Date().toISOString().slice(0, 13).replace('T', '-').replaceAll('-', '/')
    expect(await store.keys()).toEqual([`a/${hour}/etc/app-b1.ndjson.gz`, `a/${hour}/pay/app-b1.ndjson.gz`])
    expect(await store.lines(`a/${hour}/pay/app-b1.ndjson.gz`)).toEqual([records[0], records[2]])
  })

  it('collects batches into one object, and none counts as stored before it', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { linger_ms: 300 }))
    let done = 0
    const sends = [1, 2, 3].map((n) => sink.send(batchOf('json', record(n)), `b${n}`, never).then(() => done++))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(done).toBe(0)
    await Promise.all(sends)
    expect(await store.keys()).toEqual(['b1.gz'])
    expect(await store.lines('b1.gz')).toEqual([record(1), record(2), record(3)])
  })

  it('a full object does not wait', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { linger_ms: 600_000, object_bytes: 2000, gzip: false }))
    const batch = batchOf('json', record(1, { fill: 'x'.repeat(1200) }))
    await Promise.all([sink.send(batch, 'b1', never), sink.send(batch, 'b2', never)])
    expect(await store.keys()).toEqual(['b1.gz'])
  })

  it('a retry overwrites: the object that an answer never came for is there once', async () => {
    const store = await s3Store()
    store.troubles.push('take and hang', 503, 'hang up')
    const { sink, said } = await startSink('s3', settingsFor(store, { timeout_ms: 300, linger_ms: 50 }))
    const send = () => Promise.allSettled([1, 2].map((n) => sink.send(batchOf('json', record(n)), `b${n}`, never)))
    const outcomes = async () => (await send()).map((one) => (one.status === 'rejected' ? one.reason : null))
    expect(await outcomes()).toMatchObject([{ code: 'SINK_TIMEOUT' }, { code: 'SINK_TIMEOUT' }])
    // As the pipeline does it: one batch is tried, and the others follow.
    const first = sink.send(batchOf('json', record(1)), 'b1', never)
    await expect(first).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: true })
    await expect(sink.send(batchOf('json', record(2)), 'b2', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(batchOf('json', record(1)), 'b1', never)
    const before = store.asked.length
    await sink.send(batchOf('json', record(2)), 'b2', never)
    expect(store.asked).toHaveLength(before)
    expect(await store.keys()).toEqual(['b1.gz'])
    expect(await store.lines('b1.gz')).toEqual([record(1), record(2)])
    expect(said.map(({ name }) => name)).toEqual(['request_refused'])
  })

  it('a large object goes in parts, and a failure leaves none behind', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { gzip: false, object_bytes: PART_BYTES }))
    const large = batchOf('json', ...Array.from({ length: 18 }, (_, n) => record(n, { fill: 'x'.repeat(1024 ** 2) })))
    // The upload begins, its first part is taken, its second is not.
    store.troubles.push('none', 'none', 503)
    await expect(sink.send(large, 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: true })
    expect(store.asked.at(-1)).toMatch(/^DELETE .*uploadId=/)
    await sink.send(large, 'b1', never)
    expect(await store.lines('b1.gz')).toHaveLength(18)
  })

  it.each([
    ['a bucket that is not there', { bucket: 'missing' }, 'HTTP 404 NoSuchBucket'],
    // s3rver does not check signatures of version 4, but it knows its accounts.
    ['an unknown key', { access_key_id: 'another' }, 'HTTP 403 InvalidAccessKeyId'],
  ])('%s keeps the batch, and says so', async (_, more, reason) => {
    const store = await s3Store()
    const { sink, said } = await startSink('s3', settingsFor(store, more))
    const kept = { retryable: true, retry_after_ms: 30_000 }
    await expect(sink.send(batchOf('json', record(1)), 'b1', never)).rejects.toMatchObject(kept)
    expect(said).toMatchObject([{ name: 'no_entry', facts: { reason: expect.stringContaining(reason) } }])
    expect(JSON.stringify(said)).not.toContain('another')
  })

  it('keeps nothing of services whose objects are stored', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { key: '{service}/{batch}.gz', linger_ms: 1 }))
    const records = Array.from({ length: 20 }, (_, n) => record(n, { service: `s${n}` }))
    await sink.send(batchOf('json', ...records), 'b1', never)
    expect(await store.keys()).toHaveLength(20)
    expect(Reflect.get(sink, 'open').size).toBe(0)
  })

  it('closing stores what waits for more', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { linger_ms: 600_000 }))
    const sent = sink.send(batchOf('json', record(1)), 'b1', never)
    await sink.close(never)
    await sent
    expect(await store.keys()).toEqual(['b1.gz'])
    await expect(sink.send(batchOf('json', record(1)), 'b2', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })

  it('who gives up waits no longer', async () => {
    const store = await s3Store()
    const { sink } = await startSink('s3', settingsFor(store, { linger_ms: 600_000 }))
    const stop = new AbortController()
    const sent = sink.send(batchOf('json', record(1)), 'b1', stop.signal)
    stop.abort()
    await expect(sent).rejects.toMatchObject({ code: 'SINK_CLOSED', retryable: true })
  })

  it('says which package is missing, when it is', async () => {
    vi.doMock('@aws-sdk/client-s3', () => {
      throw new Error('it is not there')
    })
    onTestFinished(() => void vi.doUnmock('@aws-sdk/client-s3'))
    const { sink } = makeSink('s3', { bucket: BUCKET })
    await expect(sink.start()).rejects.toMatchObject({
      code: 'DEPENDENCY',
      message: expect.stringContaining('@aws-sdk/client-s3'),
    })
  })

  it('refuses keys that would overwrite each other', () => {
    expect(() => makeSink('s3', { bucket: BUCKET, key: 'logs/{yyyy}.gz' })).toThrow()
  })
})
