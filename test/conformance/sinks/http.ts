// Stores over HTTP: the strict stand-ins of test/sinks, and s3rver.
import { batchOf } from '../../sinks/site.ts'
import { type Asked, type StandIn, standIn } from '../../sinks/stand_in.ts'
import * as ch from '../../sinks/stand_ins/clickhouse.ts'
import * as es from '../../sinks/stand_ins/elasticsearch.ts'
import * as lo from '../../sinks/stand_ins/loki.ts'
import { BUCKET, KEYS, s3Store } from '../../sinks/stand_ins/s3.ts'
import * as az from '../../sinks/stand_ins/sentinel.ts'
import * as hec from '../../sinks/stand_ins/splunk_hec.ts'
import type { SinkBench, SinkCase } from './case.ts'

interface More {
  readonly settings?: Readonly<Record<string, unknown>>
  stored(): string | Promise<string>
  /** The name of a request's records. */
  id?(asked: Asked): string
}

function benchOf(store: StandIn, { settings, stored, id }: More): SinkBench {
  const { endpoint, troubles, asked } = store
  return {
    settings: { endpoint, ...settings },
    batchOf: (texts) => batchOf('json', ...texts.map((log) => `${JSON.stringify({ log })}\n`)),
    stored,
    trouble: {
      busy: () => troubles.push({ status: 503 }),
      refusing: () => troubles.push({ status: 400 }),
      silent: () => troubles.push('hang'),
      hanging_up: () => troubles.push('hang up'),
    },
    ...(id === undefined ? {} : { ids: () => asked.map(id) }),
  }
}

export const http: SinkCase = {
  name: 'http',
  type: 'http',
  prepare: async () => {
    const taken: Buffer[] = []
    const store = await standIn(({ body }) => {
      taken.push(body)
      return {}
    })
    const id = ({ headers }: Asked): string => String(headers['idempotency-key'])
    return benchOf(store, { stored: () => taken.join(''), id })
  },
}

export const splunkHec = splunk(false)
export const splunkHecWithAcks = splunk(true)

function splunk(acks: boolean): SinkCase {
  return {
    name: acks ? 'splunk_hec with acks' : 'splunk_hec',
    type: 'splunk_hec',
    prepare: async () => {
      const store = await hec.splunkHec({ acks })
      const settings = { token: hec.TOKEN, ack_poll_ms: 20 }
      return benchOf(store, { settings, stored: () => JSON.stringify(store.events) })
    },
  }
}

export const elasticsearch: SinkCase = {
  name: 'elasticsearch',
  type: 'elasticsearch',
  prepare: async () => {
    const store = await es.elasticsearch()
    const stored = () => JSON.stringify([...store.indexes.values()].flatMap((index) => [...index.values()]))
    const id = ({ body }: Asked): string => String(body.toString().match(/"_id":"[^"]+"/g))
    return benchOf(store, { settings: { api_key: es.API_KEY }, stored, id })
  },
}

export const loki: SinkCase = {
  name: 'loki',
  type: 'loki',
  prepare: async () => {
    const store = await lo.loki()
    const stored = () => [...store.streams.values()].flatMap((lines) => [...lines.keys()]).join('\n')
    return benchOf(store, { stored, id: ({ body }) => body.toString() })
  },
}

export const clickhouse: SinkCase = {
  name: 'clickhouse',
  type: 'clickhouse',
  prepare: async () => {
    const store = await ch.clickhouse()
    const settings = { table: 'logs', user: 'writer', password: ch.PASSWORD }
    const id = ({ query }: Asked): string => String(query.get('insert_deduplication_token'))
    return benchOf(store, { settings, stored: () => JSON.stringify(store.rows), id })
  },
}

export const sentinel: SinkCase = {
  name: 'sentinel',
  type: 'sentinel',
  prepare: async () => {
    const store = await az.sentinel()
    const { endpoint: authority, troubles } = store
    const settings = { authority, rule: az.RULE, stream: 'Custom-T_CL', ...az.CREDENTIALS }
    const bench = benchOf(store, { settings, stored: () => JSON.stringify(store.rows) })
    // Its first request is for a token.
    const refusing = () => void troubles.push('none', { status: 400 })
    return { ...bench, trouble: { ...bench.trouble, refusing } }
  },
}

/** It refuses no object for good: whatever is wrong, the object is not. */
export const s3: SinkCase = {
  name: 's3',
  troubles: ['busy', 'silent', 'hanging_up'],
  type: 's3',
  prepare: async () => {
    const { endpoint, troubles, asked, keys, lines } = await s3Store()
    return {
      settings: { endpoint, bucket: BUCKET, path_style: true, linger_ms: 20, ...KEYS },
      batchOf: (texts) => batchOf('json', ...texts.map((log) => `${JSON.stringify({ log })}\n`)),
      stored: async () => (await Promise.all((await keys()).map(lines))).flat().join('\n'),
      trouble: {
        busy: () => troubles.push(503),
        silent: () => troubles.push('hang'),
        hanging_up: () => troubles.push('hang up'),
      },
      ids: () => asked,
    }
  },
}
