// Splunk's HTTP Event Collector: its endpoints, its codes.
import { describe, expect, it } from 'vitest'
import { framesOf, recordsOf, send, startHttp } from './support.ts'

const EVENT = '/services/collector/event'

describe('events', () => {
  it('are delivered as they came, however they are put one behind the other', async () => {
    const { site, address } = await startHttp()
    const about = '"time":1700000000.123,"host":"h","source":"s","sourcetype":"t","index":"i"'
    const one = `{${about},"event":{"a": 1},"fields":{"k":["v"]}}`
    const answer = await send(address + EVENT, `${one}{"event":"two"}\n\n{"event":3}`)
    expect([answer.status, answer.body]).toEqual([200, { text: 'Success', code: 0 }])
    expect(framesOf(site)).toEqual([`${one}\n`, '{"event":"two"}\n', '{"event":3}\n'])
  })

  it('get from the address what they do not say themselves', async () => {
    const { site, address } = await startHttp()
    await send(`${address}/services/collector?host=h%221&index=main`, '{"event":"a"}{"event":"b","host":"own"}')
    expect(recordsOf(site)).toEqual([
      { host: 'h"1', index: 'main', event: 'a' },
      { index: 'main', event: 'b', host: 'own' },
    ])
  })

  it.each([
    ['', 400, 5, undefined],
    ['{"event":"a"}{"event":', 400, 6, 1],
    ['["event"]', 400, 6, 0],
    ['{"event":"a"}{"event":"b"}{"message":"c"}{"event":"d"}', 400, 12, 2],
    ['{"event":""}', 400, 13, 0],
    ['{"event":null}', 400, 13, 0],
    ['{"event":"a","fields":{"k":{"nested":1}}}', 400, 15, 0],
    ['{"event":"a","fields":"no"}', 400, 15, 0],
  ])('%s: %i, code %i', async (body, status, code, number) => {
    const { site, address } = await startHttp()
    const answer = await send(address + EVENT, body)
    const told = number === undefined ? {} : { 'invalid-event-number': number }
    expect([answer.status, answer.body]).toEqual([status, { text: expect.any(String), code, ...told }])
    // Those before the one that is not taken are delivered, as in Splunk.
    expect(framesOf(site)).toHaveLength(number ?? 0)
  })
})

describe('raw lines', () => {
  it('become events', async () => {
    const { site, address } = await startHttp()
    const body = Buffer.from('one "1"\r\n\nzwei \xc3\xbc\ncaf\xe9 \x01', 'latin1')
    const channel = '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba'
    const answer = await send(`${address}/services/collector/raw/1.0?sourcetype=app&channel=${channel}`, body)
    expect(answer.body).toEqual({ text: 'Success', code: 0 })
    expect(recordsOf(site)).toEqual([
      { sourcetype: 'app', event: 'one "1"' },
      { sourcetype: 'app', event: 'zwei ü' },
      { sourcetype: 'app', event: 'café \u0001', encoding: 'latin1' },
    ])
  })
})

describe('a client', () => {
  it.each([
    [{}, '', 401, 2],
    [{ authorization: 'Negotiate abc' }, '', 401, 3],
    [{ authorization: 'Splunk wrong' }, '', 403, 4],
    [{}, '?token=t', 400, 16],
    [{ authorization: 'Splunk t', 'x-splunk-request-channel': 'no-guid' }, '', 400, 11],
    [{ authorization: 'Splunk t' }, '', 200, 0],
    [{ authorization: `Basic ${Buffer.from('x:t').toString('base64')}` }, '', 200, 0],
  ])('with %j%s: %i, code %i', async (headers, query, status, code) => {
    const { address } = await startHttp({ tokens: ['t'] })
    const answer = await send(address + EVENT + query, '{"event":"a"}', { headers: headers as Record<string, string> })
    expect([answer.status, answer.body]).toMatchObject([status, { code }])
  })

  it.each([
    ['GET', '/services/collector/health', 200, 17],
    ['GET', '/services/collector/health/1.0', 200, 17],
    ['OPTIONS', '/services/collector/event/1.0', 200, 0],
    ['POST', '/services/collector/ack', 400, 14],
    ['GET', EVENT, 405, 405],
    ['POST', '/services/collector/event/2.0', 404, 404],
    ['POST', '/services/collector/mint', 404, 404],
  ])('%s %s: %i, code %i', async (method, path, status, code) => {
    const { address } = await startHttp()
    const answer = await send(address + path, method === 'POST' ? '{"acks":[1]}' : undefined, { method })
    expect([answer.status, answer.body]).toMatchObject([status, { code }])
  })

  it('hears that there is no room, that it is slow, and that it asks for too much', async () => {
    const { site, address } = await startHttp({ reply_ms_max: 30, message_bytes_max: 1024 })
    site.makeRoom(false)
    const health = await send(`${address}/services/collector/health`, undefined, { method: 'GET' })
    expect(health).toMatchObject({ status: 503, body: { code: 18 } })
    const busy = await send(address + EVENT, '{"event":"a"}')
    expect([busy.status, busy.body, busy.headers.get('retry-after')]).toMatchObject([503, { code: 9 }, '1'])
    const large = await send(address + EVENT, `{"event":"${'x'.repeat(2000)}"}`)
    expect(large).toMatchObject({ status: 413, body: { code: 27 } })
  })
})
