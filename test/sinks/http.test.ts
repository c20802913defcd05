// The http sink against a receiver that is not ours: what arrives, and what each of its answers makes of a batch.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, makeSink, never, startSink, temporaryFolder } from './site.ts'
import { documentsIn, standIn } from './stand_in.ts'

const batch = batchOf('json', '{"n":0}\n', '  {\r\n "n": 1 }\n', '\n', '{"n":2}')
const many = (count: number) => batchOf('json', ...Array.from({ length: count }, (_, n) => `{"n":${n}}\n`))
const numbersIn = (body: Buffer) => documentsIn(body).map(({ n }) => n)

describe('the http sink', () => {
  it.each(['none', 'gzip'])('sends lines, one a record, compression %s', async (compression) => {
    const receiver = await standIn()
    const headers = { 'X-Tenant': 'a' }
    const { sink } = await startSink('http', { endpoint: `${receiver.endpoint}/logs?x=1`, compression, headers })
    await sink.send(batch, 'b1', never)
    const [asked] = receiver.asked
    expect(asked.body.toString()).toBe('{"n":0}\n{   "n": 1 }\n{"n":2}\n')
    expect(asked).toMatchObject({ method: 'POST', path: '/logs' })
    expect(asked.query.get('x')).toBe('1')
    expect(asked.headers).toMatchObject({ 'x-tenant': 'a', 'content-type': 'application/x-ndjson' })
    expect(asked.headers['user-agent']).toMatch(/^logveil\//)
  })

  it('sends an array', async () => {
    const receiver = await standIn()
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, encoding: 'json' })
    await sink.send(batch, 'b1', never)
    expect(JSON.parse(receiver.asked[0].body.toString())).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
    expect(receiver.asked[0].headers['content-type']).toBe('application/json')
  })

  it('keeps requests to their size and their number of records; one larger record goes alone', async () => {
    const receiver = await standIn()
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, request_bytes_max: 1024, records_max: 50 })
    const large = JSON.stringify({ n: 'x'.repeat(2000) })
    await sink.send(batchOf('json', ...Array.from({ length: 60 }, () => '{"n":1}'), large, '{"n":2}'), 'b1', never)
    expect(receiver.asked.map(({ body }) => documentsIn(body).length)).toEqual([50, 10, 1, 1])
  })

  it.each([
    [429, { 'retry-after': '7' }, { code: 'SINK_REFUSED', retryable: true, retry_after_ms: 7000 }],
    [503, {}, { code: 'SINK_REFUSED', retryable: true, retry_after_ms: undefined }],
    [408, {}, { retryable: true }],
    [401, {}, { retryable: true, retry_after_ms: 30_000 }],
    [403, {}, { retryable: true, retry_after_ms: 30_000 }],
    [404, {}, { retryable: true, retry_after_ms: 30_000 }],
    [301, { location: 'http://127.0.0.1/' }, { retryable: true, retry_after_ms: 30_000 }],
  ])('status %i keeps the batch', async (status, headers, expected) => {
    const receiver = await standIn()
    receiver.troubles.push({ status, headers: headers as Record<string, string>, body: 'said the receiver' })
    const { sink, said } = await startSink('http', { endpoint: receiver.endpoint })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject(expected)
    // What a receiver says may repeat what it was sent.
    expect(JSON.stringify(said)).not.toContain('said the receiver')
    const isShut = 'retry_after_ms' in expected && expected.retry_after_ms === 30_000
    expect(said[0].name).toBe(isShut ? 'no_entry' : 'request_refused')
    await sink.send(batch, 'b1', never)
  })

  it('a date in Retry-After counts too', async () => {
    const receiver = await standIn()
    const date = new Date(Date.now() + 60_000).toUTCString()
    receiver.troubles.push({ status: 503, headers: { 'retry-after': date } })
    const { sink } = await startSink('http', { endpoint: receiver.endpoint })
    const error = await sink.send(batch, 'b1', never).catch((reason) => reason)
    expect(error.retry_after_ms).toBeGreaterThan(30_000)
    expect(error.retry_after_ms).toBeLessThan(61_000)
  })

  it('no answer, a broken connection and nobody there: the batch is tried again', async () => {
    const receiver = await standIn()
    receiver.troubles.push('hang', 'hang up')
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, timeout_ms: 300 })
    const retryable = true
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable })
    await receiver.close()
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable })
  })

  it('a repeat has the same key, after an answer that never came', async () => {
    const receiver = await standIn()
    receiver.troubles.push('take and hang')
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, timeout_ms: 300, records_max: 2 })
    await expect(sink.send(batch, 'b1', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    await sink.send(batch, 'b1', never)
    const keys = receiver.asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(['b1-0-2', 'b1-0-2', 'b1-2-1'])
    expect(receiver.asked[1].body).toEqual(receiver.asked[0].body)
  })

  it('a retry sends only what is not there yet', async () => {
    const receiver = await standIn()
    receiver.troubles.push({}, {}, { status: 503 })
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, records_max: 2 })
    await expect(sink.send(many(8), 'b1', never)).rejects.toMatchObject({ retryable: true })
    await sink.send(many(8), 'b1', never)
    expect(receiver.asked.map(({ body }) => numbersIn(body)).slice(2)).toEqual([
      [4, 5],
      [4, 5],
      [6, 7],
    ])
  })

  it('413: sends halves, and later batches do not try again; one record too large alone is counted', async () => {
    const taken: unknown[] = []
    const receiver = await standIn(({ body }) => {
      if (body.length > 40_000) return { status: 413 }
      taken.push(...numbersIn(body))
      return {}
    })
    const { sink, said } = await startSink('http', { endpoint: receiver.endpoint })
    const fill = 'x'.repeat(5000)
    const records = (count: number, at: number) =>
      Array.from({ length: count }, (_, n) => JSON.stringify({ n: n === at ? 'y'.repeat(50_000) : n, fill }))
    await sink.send(batchOf('json', ...records(20, 3)), 'b1', never)
    expect(taken).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => n !== 3))
    expect(said.at(-1)).toEqual({ name: 'records_rejected', facts: { rejected_records: 1 } })
    const before = said.length
    await sink.send(batchOf('json', ...records(20, -1)), 'b2', never)
    expect(said).toHaveLength(before)
    expect(taken).toHaveLength(39)
  })

  it('one bad record does not keep the others from being taken, and is counted', async () => {
    const taken: unknown[] = []
    const receiver = await standIn(({ body }) => {
      const numbers = numbersIn(body)
      if (numbers.includes(13) || numbers.includes(77)) return { status: 400 }
      taken.push(...numbers)
      return {}
    })
    const { sink, said } = await startSink('http', { endpoint: receiver.endpoint })
    await sink.send(many(100), 'b1', never)
    expect(taken).toEqual(Array.from({ length: 100 }, (_, n) => n).filter((n) => n !== 13 && n !== 77))
    expect(said.at(-1)).toEqual({ name: 'records_rejected', facts: { rejected_records: 2 } })
    expect(receiver.asked.length).toBeLessThan(40)
  })

  it('a receiver that takes nothing of a batch as good has the batch refused, after few requests', async () => {
    const receiver = await standIn(() => ({ status: 400 }))
    const { sink, said } = await startSink('http', { endpoint: receiver.endpoint })
    await expect(sink.send(many(5000), 'b1', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: false })
    expect(receiver.asked.length).toBeLessThan(60)
    expect(said.filter(({ name }) => name === 'records_rejected')).toEqual([])
  })

  it('signs by Standard Webhooks, over the body as it is sent', async () => {
    const receiver = await standIn()
    const key = Buffer.from('made up for this test')
    const secret = `whsec_${key.toString('base64')}`
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, secret, compression: 'gzip' })
    await sink.send(batch, 'b1', never)
    const [{ headers, sent }] = receiver.asked
    const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature } = headers
    const expected = createHmac('sha256', key).update(`${id}.${seconds}.`).update(sent).digest('base64')
    expect(signature).toBe(`v1,${expected}`)
    expect(Math.abs(Number(seconds) * 1000 - Date.now())).toBeLessThan(60_000)
  })

  it('fills a template for each record, and nothing in a record can break out of it', async () => {
    const receiver = await standIn()
    const template =
      '{"text": "{{html service}}: {{matches}} of {{rule.id}}", "more": {{json paths}}, "all": {{json .}}}'
    const { sink } = await startSink('http', { endpoint: receiver.endpoint, template })
    const bad = { service: '"}<!channel>\n', matches: 3, rule: { id: 'iban' }, paths: ['a.b'], __proto__: {} }
    await sink.send(batchOf('json', JSON.stringify(bad), '{"rule.id":"flat"}'), 'b1', never)
    const bodies = receiver.asked.map(({ body }) => JSON.parse(body.toString()))
    expect(bodies[0]).toEqual({ text: '"}&lt;!channel&gt;\n: 3 of iban', more: ['a.b'], all: bad })
    expect(bodies[1]).toMatchObject({ text: ':  of flat', more: null })
  })

  it.each(['{"a": {{b}}', '{{json .}} {{', '{"a": "{{json b}}"', 'plain {{text}}'])(
    'refuses template %s',
    (template) => {
      expect(() => makeSink('http', { endpoint: 'http://127.0.0.1:1', template })).toThrow()
    },
  )

  it('speaks TLS with a client certificate', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const receiver = await standIn(undefined, { folder })
    const tls = { ca: `${folder}/ca.pem`, cert: `${folder}/client.pem`, key: `${folder}/client.key` }
    const trusting = await startSink('http', { endpoint: receiver.endpoint, tls })
    await trusting.sink.send(batch, 'b1', never)
    const doubtful = await startSink('http', { endpoint: receiver.endpoint })
    await expect(doubtful.sink.send(batch, 'b1', never)).rejects.toMatchObject({ retryable: true })
    expect(receiver.asked).toHaveLength(1)
  })

  it('closes when it has sent what is under way, and takes no more', async () => {
    const receiver = await standIn()
    const { sink } = await startSink('http', { endpoint: receiver.endpoint })
    const sent = sink.send(batch, 'b1', never)
    await sink.close(never)
    await sent
    await expect(sink.send(batch, 'b2', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })
})
