// Every sink over HTTP behind one real pipeline, with receivers that are troubled: each record arrives, where repeats
// can be known it arrives once, the counts add up to the truth, and what was injected is nowhere.
import { expect, it, onTestFinished } from 'vitest'
import { CENSUS } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { HandSource, heapLogger, plannedSource } from '../pipeline/kit.ts'
import { batchOf } from './site.ts'
import { documentsIn, standIn } from './stand_in.ts'
import { clickhouse, PASSWORD } from './stand_ins/clickhouse.ts'
import { API_KEY, elasticsearch } from './stand_ins/elasticsearch.ts'
import { loki } from './stand_ins/loki.ts'
import { BUCKET, KEYS, s3Store } from './stand_ins/s3.ts'
import { CREDENTIALS, RULE, sentinel } from './stand_ins/sentinel.ts'
import { splunkHec, TOKEN } from './stand_ins/splunk_hec.ts'

const BATCHES = 30
const RECORDS = 20
const CARD = '4111 1111 1111 1111'
const NUMBERS = Array.from({ length: BATCHES * RECORDS }, (_, n) => n)

/** The text of a record, in which each has an address of its own, and every other one a card. */
const textOf = (n: number) => `n=${n}; user${n}@private.example ${n % 2 === 0 ? `paid by ${CARD}` : 'left'}`
const numbersIn = (text: string) => [...text.matchAll(/n=(\d+);/g)].map(([, n]) => Number(n))
const once = (text: string) => expect(numbersIn(text).sort((a, b) => a - b)).toEqual(NUMBERS)
const atLeastOnce = (text: string) => expect(new Set(numbersIn(text)).size).toBe(NUMBERS.length)

it('every record arrives, counts are true, and nothing raw leaves', async () => {
  const stores = {
    http: await standIn(),
    hec: await splunkHec({ acks: true }),
    elastic: await elasticsearch(),
    azure: await sentinel(),
    loki: await loki(),
    clickhouse: await clickhouse(),
    s3: await s3Store(),
  }
  const { s3, ...overHttp } = stores
  for (const store of Object.values(overHttp)) store.troubles.push('hang up', { status: 503 }, 'take and hang')
  s3.troubles.push('hang up', 503, 'take and hang')
  const quick = { timeout_ms: 400, inputs: ['app', CENSUS] }
  const at = (store: { endpoint: string }) => ({ endpoint: store.endpoint, ...quick })
  const config = {
    sources: { app: { type: 'forward', listen: '127.0.0.1:24224' } },
    sinks: {
      http: { type: 'http', ...at(stores.http) },
      hec: { type: 'splunk_hec', ...at(stores.hec), token: TOKEN, ack_poll_ms: 20, ack_timeout_ms: 500 },
      elastic: { type: 'elasticsearch', ...at(stores.elastic), api_key: API_KEY, index: 'all-{source}' },
      azure: {
        type: 'sentinel',
        ...at(stores.azure),
        ...{ authority: stores.azure.endpoint, rule: RULE, stream: 'Custom-T_CL', ...CREDENTIALS },
      },
      loki: { type: 'loki', ...at(stores.loki) },
      clickhouse: { type: 'clickhouse', ...at(stores.clickhouse), table: 'logs', user: 'writer', password: PASSWORD },
      s3: {
        type: 's3',
        ...at(s3),
        bucket: BUCKET,
        path_style: true,
        linger_ms: 20,
        ...KEYS,
        key: '{source}-{batch}.gz',
      },
      nowhere: { type: 'blackhole', inputs: ['app'] },
    },
    policy: { packs: ['default'] },
  }
  const loaded = await loadConfig(JSON.stringify(config), 'c.yaml')
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
  const hand = new HandSource()
  const { logger, log } = heapLogger()
  const plan = { ...loaded.plan, admin: null, sources: [plannedSource('app', hand)] }
  const pipeline = await startPipeline(plan, { logger })
  onTestFinished(() => pipeline.stop(true).then(() => {}))

  for (let first = 0; first < NUMBERS.length; first += RECORDS) {
    const records = NUMBERS.slice(first, first + RECORDS)
    await hand.deliver(
      batchOf('json', ...records.map((n) => `${JSON.stringify({ service: `s${n % 3}`, m: textOf(n) })}\n`)),
    )
  }
  const metrics = await pipeline.metrics()
  expect(await pipeline.stop()).toMatchObject({ delivered: true })

  const elastic = [...(stores.elastic.indexes.get('all-app')?.values() ?? [])]
  once(JSON.stringify(elastic))
  once([...stores.loki.streams.values()].flatMap((lines) => [...lines.keys()]).join('\n'))
  once(JSON.stringify(stores.clickhouse.rows))
  const keys = await s3.keys()
  once((await Promise.all(keys.map((key) => s3.lines(key)))).flat().join('\n'))
  atLeastOnce(stores.http.asked.map(({ body }) => body).join('\n'))
  atLeastOnce(JSON.stringify(stores.hec.events))
  atLeastOnce(JSON.stringify(stores.azure.rows))

  // Events have ids of their own, so the counts are true by each store that knows repeats.
  const events = [...(stores.elastic.indexes.get('all-census')?.values() ?? [])]
  const matches = (rule: string) =>
    events.reduce((sum, event) => sum + (event.rule === rule ? Number(event.matches) : 0), 0)
  expect(matches('email')).toBe(NUMBERS.length)
  expect(matches('payment_card')).toBe(NUMBERS.length / 2)
  const posted = stores.http.asked.flatMap(({ body }) => documentsIn(body)).filter(({ event }) => event !== undefined)
  expect(new Set(posted.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)))

  const everything = [...Object.values(stores).map((store) => store.bytes().toString('latin1')), ...log, metrics]
  const stored = (await Promise.all(keys.map((key) => s3.lines(key)))).flat()
  for (const text of [...everything, ...stored]) {
    expect(text).not.toContain('private.example')
    expect(text).not.toContain('4111 1111')
  }
}, 60_000)
