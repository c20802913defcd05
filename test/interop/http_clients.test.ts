// Clients that others wrote, as their users run them: curl, the official clients of Elasticsearch for Node and Python
// with their bulk helpers (and their question whether this is Elasticsearch at all), rsyslog's output for
// Elasticsearch, and Splunk's client for its event collector.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Client } from '@elastic/elasticsearch'
// @ts-expect-error: it has no types.
import { Logger } from 'splunk-logging'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../conformance/site.ts'
import { makeCertificates } from '../net/certificates.ts'
import { framesOf, recordsOf, startHttp } from '../sources/http/support.ts'
import { inspect, policy, rule } from '../worker/harness.ts'
import { available } from './forward/run.ts'
import { feed, numbersOf, startRsyslog, upTo } from './rsyslog.ts'

const PYTHON = '/usr/bin/python3'
const hasCurl = available('curl', ['--version'], 'curl')
const hasPython = available(PYTHON, ['-c', 'import elasticsearch'], 'python3-elasticsearch')

const hasRsyslog = available(
  'sh',
  ['-c', 'rsyslogd -v && ls /usr/lib/*/rsyslog/omelasticsearch.so'],
  'rsyslog-elasticsearch',
)

const execute = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'logveil-http-'))
const curl = async (...args: string[]): Promise<string> =>
  (await execute('curl', ['--silent', '--show-error', '--max-time', '30', ...args])).stdout

describe.runIf(hasCurl)('curl', () => {
  it('posts a file of lines, whatever it says that they are', async () => {
    const { site, address } = await startHttp()
    const file = join(folder, 'lines.ndjson')
    writeFileSync(file, '{"n":1}\n{"n":2}\n')
    expect(await curl('--data-binary', `@${file}`, `http://${address}/`)).toBe('{"records":2}')
    const type = ['-H', 'content-type: text/plain']
    expect(await curl('--data-binary', `@${file}`, ...type, `http://${address}/`)).toBe('{"records":2}')
    expect(site.batches.map(({ format }) => format)).toEqual(['json', 'text'])
  })

  it('sends gzip in chunks over TLS, with a certificate and a token of its own', async () => {
    makeCertificates(folder)
    const path = (name: string) => join(folder, name)
    const tls = { cert: path('server.pem'), key: path('server.key'), ca: path('ca.pem'), verify_client: true }
    const { site, address } = await startHttp({ tls, tokens: ['t'] })
    writeFileSync(path('events.gz'), gzipSync('{"event":"a"}{"event":"b"}'))
    const url = `https://localhost:${address.split(':')[1]}/services/collector`
    const trust = ['--cacert', path('ca.pem'), '-H', 'transfer-encoding: chunked', '-H', 'content-encoding: gzip']
    const body = ['--data-binary', `@${path('events.gz')}`]
    const client = ['--cert', path('client.pem'), '--key', path('client.key'), '-H', 'authorization: Splunk t']
    await expect(curl(...trust, ...body, url)).rejects.toThrow()
    expect(await curl(...trust, ...client, ...body, url)).toBe('{"text":"Success","code":0}')
    expect(framesOf(site)).toEqual(['{"event":"a"}\n', '{"event":"b"}\n'])
  })

  it('posts to a Unix socket', async () => {
    const path = join(folder, 'http.sock')
    const { site } = await startHttp({ listen: `unix:${path}` })
    expect(await curl('--unix-socket', path, '-d', 'one', 'http://logveil/')).toBe('{"records":1}')
    expect(framesOf(site)).toEqual(['one\n'])
  })
})

describe('the client of Elasticsearch for Node', () => {
  it('sends by its bulk helper, and hears which document was not taken', async () => {
    const { site, address } = await startHttp({ tokens: ['a2V5OnNlY3JldA=='] })
    const client = new Client({ node: `http://${address}`, auth: { apiKey: 'a2V5OnNlY3JldA==' }, compression: true })
    onTestFinished(() => client.close())
    expect((await client.info()).version.number).toBe('8.19.0')
    const dropped: unknown[] = []
    const documents = Array.from({ length: 500 }, (_, n) => (n === 250 ? '[250]' : JSON.stringify({ n })))
    const outcome = await client.helpers.bulk({
      datasource: documents,
      flushBytes: 2000,
      onDocument: () => ({ create: { _index: 'logs-js' } }),
      onDrop: ({ status }) => dropped.push(status),
    })
    expect(outcome).toMatchObject({ total: 500, successful: 499, failed: 1 })
    expect(dropped).toEqual([400])
    const numbers = recordsOf(site).map((record) => (record as { n: number }).n)
    expect(numbers.sort((a, b) => a - b)).toEqual(documents.map((_, n) => n).filter((n) => n !== 250))
  })

  it('sends again what there was no room for', async () => {
    const { site, address } = await startHttp({ reply_ms_max: 50 })
    const client = new Client({ node: `http://${address}`, maxRetries: 5 })
    onTestFinished(() => client.close())
    site.makeRoom(false)
    const sent = client.bulk({ operations: [{ create: { _index: 'logs' } }, { n: 1 }] })
    setTimeout(() => site.makeRoom(true), 120)
    expect(await sent).toMatchObject({ errors: false })
    expect(recordsOf(site)).toEqual([{ '@metadata': { create: { _index: 'logs' } }, n: 1 }])
  })
})

describe.runIf(hasPython)('the client of Elasticsearch for Python', () => {
  it('sends by its bulk helper', async () => {
    // It refuses servers of version 8.
    const { site, address } = await startHttp({ elasticsearch_version: '7.17.0' })
    const script = new URL('./http/bulk.py', import.meta.url).pathname
    const { stdout } = await execute(PYTHON, [script, `http://${address}`, '1000'], { timeout: 60_000 })
    expect(stdout.trim()).toBe('1000 0')
    expect(recordsOf(site).map((record) => (record as { n: number }).n)).toEqual(
      Array.from({ length: 1000 }, (_, n) => n),
    )
  })
})

describe.runIf(hasRsyslog)('rsyslog, as a shipper for Elasticsearch', () => {
  it('sends what comes to it', async () => {
    const { site, address } = await startHttp({ users: [{ username: 'u', password: 'p' }] })
    const [host, port] = address.split(':')
    const { input } = await startRsyslog(
      `type="omelasticsearch" server="${host}" serverport="${port}" bulkmode="on" uid="u" pwd="p" searchIndex="logs"
       searchType="" queue.dequeueBatchSize="50"`,
    )
    await feed(input, 0, 200)
    await until(() => framesOf(site).length >= 200, 'the documents')
    const records = recordsOf(site) as Record<string, unknown>[]
    expect(numbersOf(records)).toEqual(upTo(200))
    expect(records[0]).toMatchObject({ '@metadata': { index: { _index: 'logs' } } })
  })
})

describe("Splunk's client for its event collector", () => {
  const sendAll = (config: object, messages: readonly unknown[]): Promise<unknown> => {
    const logger = new Logger({ maxBatchCount: 0, maxRetries: 5, ...config })
    return new Promise((resolve, reject) => {
      logger.error = reject
      for (const message of messages) logger.send({ message, metadata: { host: 'h', sourcetype: 'app' } })
      logger.flush((error: unknown, _response: unknown, body: unknown) => (error ? reject(error) : resolve(body)))
    })
  }

  it('sends a batch with its token', async () => {
    const { site, address } = await startHttp({ tokens: ['t'] })
    const url = `http://${address}`
    expect(await sendAll({ token: 't', url }, ['one', { n: 2 }])).toEqual({ text: 'Success', code: 0 })
    expect(recordsOf(site)).toMatchObject([
      { host: 'h', sourcetype: 'app', event: { message: 'one', severity: 'info' } },
      { host: 'h', sourcetype: 'app', event: { message: { n: 2 } } },
    ])
    await expect(sendAll({ token: 'wrong', url }, ['three'])).rejects.toBeDefined()
    expect(recordsOf(site)).toHaveLength(2)
  })
})

it('what a protocol carries beside the document is looked at like the document', async () => {
  const { site, address } = await startHttp()
  const card = '4111111111111111'
  const post = (path: string, body: string) =>
    fetch(`http://${address}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  await post('/_bulk', `{"index":{"_index":"of ${card}","_id":"${card}","routing":"${card}"}}\n{"a":1}\n`)
  await post(`/for%20${card}/_bulk`, '{"index":{}}\n{"a":1}\n')
  await post(`/i/_doc/${card}`, '{"a":1}')
  await post(`/services/collector?source=${card}`, `{"event":1,"fields":{"k":"${card}"},"${card}":2}`)
  await post(`/services/collector/raw?host=${card}&index=${card}`, card)
  const cards = policy([rule('card', { detector: 'payment_card' })])
  const frames = framesOf(site)
  expect(frames.join('').split(card)).toHaveLength(12)
  expect(inspect(cards, 'json', frames).text).not.toContain(card)
})
