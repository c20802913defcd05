// The `elasticsearch` sink: records and events into indexes or data streams of Elasticsearch or OpenSearch, by the bulk
// API. Each has an id of its own, so that a batch that is sent again is stored once.
import { z } from 'zod'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { factsOf, timeOf_ms } from '../net/document_facts.ts'
import { type Document, documentsOf, joinPieces, type Piece } from '../net/documents.ts'
import { basicAuth } from '../net/http_client.ts'
import { baseSetting, httpShape, pathBelow, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink, judge } from '../net/http_sink.ts'
import { NameTemplate, nameSetting } from '../net/name_template.ts'
import { FILTER, prepared, readItems } from './elasticsearch/bulk.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'

const text = z.string().min(1)

const settings = z
  .strictObject({
    endpoint: baseSetting,
    index: nameSetting()
      .default('logs-logveil-default')
      .describe('Index or data stream, in which {service}, {source}, {yyyy}, {MM}, {dd} and {HH} may stand'),
    pipeline: text.optional().describe('Ingest pipeline that the documents go through there'),
    api_key: text.optional().describe('API key (its `encoded` form); write it as ${ENV} or ${file:…}'),
    user: text.optional().describe('User, in place of an API key'),
    password: z.string().optional().describe('Password of `user`; write it as ${ENV} or ${file:…}'),
    format: formatSetting,
    ...httpShape({ compression: 'gzip', request_bytes_max: 5_000_000 }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)
  .refine((given) => (given.user === undefined) === (given.password === undefined), {
    error: '`user` and `password` go together',
    path: ['password'],
  })
  .refine((given) => given.user === undefined || given.api_key === undefined, {
    error: 'give `api_key`, or `user` and `password`',
    path: ['api_key'],
  })

type Settings = z.infer<typeof settings>

export const elasticsearch: SinkSpec<Settings> = {
  type: 'elasticsearch',
  summary: 'Stores records and events in Elasticsearch or OpenSearch, each once, in indexes or data streams',
  settings,
  example: { endpoint: 'http://127.0.0.1:9200', index: 'logs-{service}-default' },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

const RECORDS_MAX = 10_000
/** The action, the time that a document may be given, and line feeds. */
const AROUND_BYTES = 256

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, index, pipeline, format } = given
  const names = new NameTemplate(index)
  const headers = { 'content-type': 'application/x-ndjson', ...authorization(given) }
  const through = pipeline === undefined ? '' : `&pipeline=${encodeURIComponent(pipeline)}`
  const path = pathBelow(endpoint, `/_bulk?${FILTER}${through}`)
  return {
    bytes_max: given.request_bytes_max,
    around_bytes: AROUND_BYTES,
    records_max: RECORDS_MAX,
    records: (batch) => (holdsEvents(batch) ? eventDocuments(batch, format) : documentsOf(batch)),
    request({ id, origin, begun_ms, records, places }) {
      const pieces: Piece[] = []
      for (const [at, record] of records.entries()) {
        const facts = record.facts ?? factsOf(record.bytes)
        const time_ms = timeOf_ms(facts, begun_ms)
        const _index = names.of({ service: facts.service, origin, time_ms })
        const action = JSON.stringify({ create: { _index, _id: record.id ?? `${id}-${places[at]}` } })
        pieces.push(`${action}\n`, ...prepared(record.bytes, facts, time_ms), '\n')
      }
      return { path, headers, body: joinPieces(pieces) }
    },
    hear(answer, { records }) {
      judge(answer)
      return readItems(answer, records.length)
    },
  }
}

function authorization({ api_key, user, password }: Settings): Record<string, string> {
  if (api_key !== undefined) return { authorization: `ApiKey ${api_key}` }
  return user === undefined ? {} : { authorization: basicAuth(user, password ?? '') }
}
