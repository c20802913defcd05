// Elasticsearch's bulk API, and what its shippers ask for before they use it.
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/core/limits.ts'
import { framesOf, recordsOf, send, startHttp } from './support.ts'

const headers = { 'content-type': 'application/x-ndjson' }
const bulk = (...lines: string[]) => lines.map((line) => `${line}\n`).join('')

describe('a bulk request', () => {
  it('has each document delivered with its action in front, byte for byte', async () => {
    const { site, address } = await startHttp()
    const body = bulk(
      '{"index":{"_index":"logs-a","_id":"7"}}',
      '{"message": "one",  "n":12345678901234567890}',
      '{ "create" : { "_index":"logs-b", "pipeline":"p" } }',
      '{}',
      '{"update":{"_index":"logs-a","_id":"8"}}',
      '{"doc":{"message":"two"},"doc_as_upsert":true}',
    )
    const { status, body: answer } = await send(`${address}/_bulk`, body, { headers })
    expect(framesOf(site)).toEqual([
      '{"@metadata":{"index":{"_index":"logs-a","_id":"7"}},"message": "one",  "n":12345678901234567890}\n',
      '{"@metadata":{ "create" : { "_index":"logs-b", "pipeline":"p" } }}\n',
      '{"@metadata":{"update":{"_index":"logs-a","_id":"8"}},"doc":{"message":"two"},"doc_as_upsert":true}\n',
    ])
    expect(status).toBe(200)
    expect(answer).toMatchObject({
      errors: false,
      items: [
        { index: { _index: 'logs-a', _id: '7', status: 201, result: 'created' } },
        { create: { _index: 'logs-b', status: 201 } },
        { update: { _index: 'logs-a', _id: '8', status: 200, result: 'updated' } },
      ],
    })
  })

  it('takes the index of its path where an action has none', async () => {
    const { site, address } = await startHttp()
    const body = bulk(
      '{"create":{}}',
      '{"a":1}',
      '{"create":{"_id":"x"}}',
      '{"a":2}',
      '{"create":{"_index":"own"}}',
      '{"a":3}',
    )
    await send(`${address}/my-logs/_bulk/?filter_path=errors`, body, { headers })
    expect(recordsOf(site)).toEqual([
      { '@metadata': { create: { _index: 'my-logs' } }, a: 1 },
      { '@metadata': { create: { _index: 'my-logs', _id: 'x' } }, a: 2 },
      { '@metadata': { create: { _index: 'own' } }, a: 3 },
    ])
  })

  it('with more documents than there are answers for is too large, so that its client splits it', async () => {
    const { site, address } = await startHttp()
    const deletes = (count: number) => bulk(...new Array<string>(count).fill('{"delete":{"_index":"i"}}'))
    const { status, body } = await send(`${address}/_bulk`, deletes(LIMITS.bulk_items_max + 1), { headers })
    expect([status, body]).toMatchObject([413, { error: { type: 'content_too_long_exception' } }])
    expect(site.said.map(({ name }) => name)).toEqual(['listening', 'refused_too_large'])
    expect((await send(`${address}/_bulk`, deletes(LIMITS.bulk_items_max), { headers })).status).toBe(200)
  })

  it('answers for each document: one that is no JSON does not refuse the others', async () => {
    const { site, address } = await startHttp()
    const body = bulk(
      '{"create":{"_index":"i"}}',
      '{"a":',
      '{"create":{"_index":"i"}}',
      '{"a":1}',
      '{"delete":{"_index":"i","_id":"1"}}',
    )
    const { body: answer } = await send(`${address}/_bulk`, body, { headers })
    expect(answer).toMatchObject({
      errors: true,
      items: [
        { create: { status: 400, error: { type: 'document_parsing_exception' } } },
        { create: { status: 201 } },
        { delete: { status: 404, result: 'not_found' } },
      ],
    })
    expect(recordsOf(site)).toEqual([{ '@metadata': { create: { _index: 'i' } }, a: 1 }])
    expect(site.said.find(({ name }) => name === 'documents_refused')?.facts).toMatchObject({ documents: 1 })
  })

  it.each([
    ['no line feed at its end', '{"create":{"_index":"i"}}\n{"a":1}', 'terminated by a newline'],
    [
      'an action that is none',
      bulk('{"create":{"_index":"i"}}', '{"a":1}', '{"secret-verb":{}}', '{}'),
      'action/metadata line [3]',
    ],
    ['two actions in one', bulk('{"create":{},"index":{}}', '{}'), 'line [1]'],
    ['an action cut short', bulk('{"create":{"_index":', '{}'), 'line [1]'],
    ['no document behind the last action', bulk('{"create":{"_index":"i"}}'), 'line [1]'],
    ['no index', bulk('{"create":{}}', '{}'), 'index is missing'],
    ['nothing', '', 'no requests added'],
  ])('is refused as a whole: %s', async (_name, body, reason) => {
    const { site, address } = await startHttp()
    const answer = await send(`${address}/_bulk`, body, { headers })
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(reason)])
    expect(JSON.stringify(answer.body)).not.toContain('secret')
    expect(site.batches).toEqual([])
  })

  it('is rejected as a full cluster would, so that its client sends it again', async () => {
    const { site, address } = await startHttp({ reply_ms_max: 30 })
    const body = bulk('{"create":{"_index":"i"}}', '{"a":1}')
    site.hold()
    const answer = await send(`${address}/_bulk`, body, { headers })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(answer.body).toMatchObject({ status: 503, error: { type: expect.any(String) } })
  })
})

describe('a document alone', () => {
  it('is delivered', async () => {
    const { site, address } = await startHttp()
    const created = await send(`${address}/logs-x/_doc`, '{\n"a":1\n}', { headers })
    expect(created).toMatchObject({ status: 201, body: { _index: 'logs-x', result: 'created' } })
    await send(`${address}/logs-x/_create/7`, '{"a":2}', { method: 'PUT', headers })
    expect(recordsOf(site)).toEqual([
      { '@metadata': { index: { _index: 'logs-x' } }, a: 1 },
      { '@metadata': { create: { _index: 'logs-x', _id: '7' } }, a: 2 },
    ])
    expect((await send(`${address}/logs-x/_doc`, '[1]', { headers })).status).toBe(400)
  })
})

describe('before they send, shippers', () => {
  it('hear of a product and a version that they talk to', async () => {
    const { address } = await startHttp({ elasticsearch_version: '7.17.9' })
    const get = await send(`${address}/`, undefined, { method: 'GET' })
    expect(get.body).toMatchObject({ version: { number: '7.17.9' }, tagline: 'You Know, for Search' })
    expect(get.headers.get('x-elastic-product')).toBe('Elasticsearch')
    expect((await send(`${address}/`, undefined, { method: 'HEAD' })).status).toBe(200)
  })

  it.each([
    ['GET', '/_license', 200],
    ['GET', '/_xpack', 200],
    ['GET', '/_cluster/health', 200],
    ['GET', '/_cat/health', 200],
    ['GET', '/_nodes/http', 200],
    ['HEAD', '/_index_template/filebeat-8.19.0', 404],
    ['PUT', '/_index_template/filebeat-8.19.0', 200],
    ['PUT', '/_ilm/policy/filebeat', 200],
    ['PUT', '/_data_stream/filebeat-8.19.0', 200],
    ['HEAD', '/logs-x', 404],
    ['PUT', '/logs-x', 200],
    ['GET', '/_search', 404],
    ['POST', '/logs-x/_search', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const { site, address } = await startHttp()
    const body = method === 'PUT' || method === 'POST' ? '{"settings":{}}' : undefined
    expect((await send(address + path, body, { method, headers })).status).toBe(status)
    expect(site.batches).toEqual([])
  })

  it('need a token for all of it, when there are tokens', async () => {
    const { address } = await startHttp({ tokens: ['t'] })
    const without = await send(`${address}/`, undefined, { method: 'GET' })
    expect(without).toMatchObject({ status: 401, body: { error: { type: 'security_exception' } } })
    const authorization = 'ApiKey t'
    expect((await send(`${address}/`, undefined, { method: 'GET', headers: { authorization } })).status).toBe(200)
  })
})
