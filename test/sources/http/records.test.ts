// Plain posts: what is a record in which body, and what clients hear.
import { once } from 'node:events'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { frameRecords } from '../../../src/sources/http/records.ts'
import { zstd } from '../otlp/support.ts'
import { framesOf, send, startHttp, writeAndLeave } from './support.ts'

function framed(mediaType: string, body: string): { format: string; frames: string[] } | null {
  const bytes = Buffer.from(body, 'latin1')
  const made = frameRecords(mediaType, bytes)
  if (made === null) return null
  const frames = [...made.ends].map((end, at) =>
    Buffer.from(made.bytes.subarray(at === 0 ? 0 : made.ends[at - 1], end)).toString('latin1'),
  )
  return { format: made.format, frames }
}

const NDJSON = 'application/x-ndjson'
const JSON_TYPE = 'application/json'

describe('a body', () => {
  it.each([
    ['lines of JSON', NDJSON, '{"a":1}\n\n{"b":2}', 'json', ['{"a":1}\n', '{"b":2}\n']],
    ['a line that is no JSON is left to the worker', NDJSON, '{"a":\n{"b":2}\n', 'json', ['{"a":\n', '{"b":2}\n']],
    ['an array', JSON_TYPE, ' [ {"a":1} , {"b":[2]}, 3 ]\n', 'json', ['{"a":1}\n', '{"b":[2]}\n', '3\n']],
    ['an array of none', JSON_TYPE, '[]', 'json', []],
    ['documents back to back', JSON_TYPE, '{"a":1}{"b":2}\r\n{"c":3}', 'json', ['{"a":1}\n', '{"b":2}\n', '{"c":3}\n']],
    ['a document over lines is one line', JSON_TYPE, '{\n "a": 1\n}\n', 'json', ['{  "a": 1 }\n']],
    [
      'a broken document among good ones',
      JSON_TYPE,
      '{"a":1}\n{"b":\n{"c":3}\n',
      'json',
      ['{"a":1}\n', '{"b":\n', '{"c":3}\n'],
    ],
    ['lines of text', 'text/plain', 'one\r\n\ntwo', 'text', ['one\r\n', 'two\n']],
    ['text that is no UTF-8', 'text/plain', 'caf\xe9\n', 'text', ['caf\xe9\n']],
    [
      'JSON of which nobody said so',
      'application/x-www-form-urlencoded',
      '{"a":1}\n{"b":2}',
      'json',
      ['{"a":1}\n', '{"b":2}\n'],
    ],
    ['text that begins like JSON', '', '[warn] one\n{"a":1}\n', 'text', ['[warn] one\n', '{"a":1}\n']],
    ['nothing', JSON_TYPE, '', 'json', []],
  ])('%s', (_name, mediaType, body, format, frames) => {
    expect(framed(mediaType, body)).toEqual({ format, frames })
  })

  it.each([
    ['an array cut short', '[{"a":1},'],
    ['an array with junk behind an item', '[{"a":1} x]'],
    ['no JSON at all', 'hello'],
  ])('is refused as JSON: %s', (_name, body) => {
    expect(framed(JSON_TYPE, body)).toBe(null)
  })

  it('keeps the bytes of each document', () => {
    const document = '{"a": 1.0,  "b":"\\u0041\xc3\xa9", "a":12345678901234567890}'
    expect(framed(NDJSON, `${document}\n`)?.frames).toEqual([`${document}\n`])
    expect(framed(JSON_TYPE, `[${document}]`)?.frames).toEqual([`${document}\n`])
  })
})

describe('a post', () => {
  it('is answered with the number of its records, once they are delivered', async () => {
    const { site, address } = await startHttp()
    const headers = { 'content-type': NDJSON }
    expect(await send(`${address}/`, '{"a":1}\n{"b":2}\n', { headers })).toMatchObject({
      status: 200,
      body: { records: 2 },
    })
    expect(framesOf(site)).toEqual(['{"a":1}\n', '{"b":2}\n'])
    expect(site.batches[0]).toMatchObject({ format: 'json', origin: site.name })
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstd],
  ])('may come in %s', async (coding, compress) => {
    const { site, address } = await startHttp()
    const headers = { 'content-type': NDJSON, 'content-encoding': coding }
    const body = Array.from({ length: 3000 }, (_, n) => `{"n":${n}}\n`)
    expect((await send(`${address}/`, compress(Buffer.from(body.join(''))), { headers })).status).toBe(200)
    expect(framesOf(site)).toEqual(body)
  })

  it('goes to the path of the settings, and to no other', async () => {
    const { site, address } = await startHttp({ path: '/in/logs' })
    expect((await send(`${address}/in/logs/?a=b`, 'one', {})).status).toBe(200)
    expect((await send(`${address}/in/other`, 'two', {})).status).toBe(404)
    expect((await send(`${address}/%ff`, 'three', {})).status).toBe(404)
    expect((await send(`${address}/in/logs`, undefined, { method: 'DELETE' })).status).toBe(405)
    expect(framesOf(site)).toEqual(['one\n'])
    expect(site.count('refused_path')).toBe(2)
  })

  it.each([
    ['undecodable', 'no gzip', { 'content-encoding': 'gzip' }, 400],
    ['undecodable', gzipSync('{"a":1}').subarray(0, 15), { 'content-encoding': 'gzip' }, 400],
    ['compression', 'x', { 'content-encoding': 'br' }, 415],
    ['malformed', '[1,', { 'content-type': JSON_TYPE }, 400],
    ['too_large', 'x'.repeat(70_000), {}, 413],
    ['too_large', gzipSync('x'.repeat(70_000)), { 'content-encoding': 'gzip' }, 413],
  ])('is refused for good: %s', async (why, body, headers, status) => {
    const { site, address } = await startHttp({ message_bytes_max: 65_536 })
    const answer = await send(`${address}/`, body, { headers: headers as Record<string, string> })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, null])
    expect(site.count(`refused_${why}`)).toBe(1)
    expect(site.batches).toEqual([])
  })

  it('is told when to come again while there is no room, and while it can not be delivered', async () => {
    const { site, address } = await startHttp({
      reply_ms_max: 50,
      retry_after_ms: 2000,
      message_bytes_max: 1024,
      in_flight_bytes_max: 8192,
    })
    site.makeRoom(false)
    const late = send(`${address}/`, 'one')
    expect((await late).status).toBe(503)
    site.makeRoom(true)
    site.answer = () => Promise.reject(new Error('said by the test'))
    const undelivered = await send(`${address}/`, 'two')
    expect([undelivered.status, undelivered.headers.get('retry-after')]).toEqual([503, '2'])
    site.hold()
    const many = await Promise.all(Array.from({ length: 6 }, () => send(`${address}/`, 'three')))
    const full = many.filter(({ status }) => status === 429)
    expect(full.length).toBeGreaterThan(0)
    for (const { headers } of full) expect(headers.get('retry-after')).toBe('2')
  })

  it('that does not arrive in time is told to come again', async () => {
    const { site, address } = await startHttp({ receive_ms_max: 100 })
    const [host, port] = address.split(':')
    const { connect } = await import('node:net')
    const socket = connect({ host, port: Number(port) })
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"a":1}\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1/i)
    socket.destroy()
    expect([site.count('refused_slow'), site.batches.length]).toEqual([1, 0])
  })

  it('whose client goes away in the middle is not delivered at all', async () => {
    const { site, source, address } = await startHttp()
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: ${NDJSON}\r\n`
    await writeAndLeave(address, `${head}content-length: 1000\r\n\r\n{"a":1}\n{"b":2}\n`)
    await writeAndLeave(address, `${head}transfer-encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n`)
    await source.stop(AbortSignal.timeout(2000))
    expect(site.batches).toEqual([])
  })

  it('is not asked for its body when it is refused by its head', async () => {
    const { address } = await startHttp({ tokens: ['right'] })
    const headers = { expect: '100-continue', 'content-length': '10' }
    const [host, port] = address.split(':')
    const { request } = await import('node:http')
    const status = await new Promise<number | string>((resolve) => {
      const asked = request({ host, port, method: 'POST', path: '/', headers })
      asked.on('continue', () => resolve('continue'))
      asked.on('response', (response) => resolve(response.statusCode ?? 0))
      asked.on('error', () => resolve('error'))
      asked.flushHeaders()
    })
    expect(status).toBe(401)
  })
})

describe('who may come in', () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

  it.each([
    ['Bearer t1', 200],
    ['bearer  t2', 200],
    ['Splunk t1', 200],
    ['ApiKey t1', 200],
    [basic('ann:pass:word'), 200],
    [basic('x:t1'), 200],
    [basic('ann:pass'), 401],
    [basic('ann'), 401],
    ['Bearer t3', 401],
    ['Bearer', 401],
    ['Digest t1', 401],
    ['', 401],
  ])('%s: %i', async (authorization, status) => {
    const { site, address } = await startHttp({
      tokens: ['t1', 't2'],
      users: [{ username: 'ann', password: 'pass:word' }],
    })
    const headers = authorization === '' ? undefined : { authorization }
    expect((await send(`${address}/`, 'one', { headers })).status).toBe(status)
    expect(site.batches).toHaveLength(status === 200 ? 1 : 0)
  })
})
