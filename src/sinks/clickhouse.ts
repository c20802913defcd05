// The `clickhouse` sink: records and events as rows of a ClickHouse table, by its HTTP interface. A row is there when
// the insert is answered: inserts are not put off (async_insert) there, and a repeat is known by its token.
import { z } from 'zod'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { type Document, documentsOf, linesOfDocuments } from '../net/documents.ts'
import { baseSetting, httpShape, pathBelow, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink } from '../net/http_sink.ts'
import { readFailure } from './clickhouse/failures.ts'
import { rowOf } from './clickhouse/rows.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'

const text = z.string().min(1)
const identifier = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'letters, digits and _' })

const settings = z
  .strictObject({
    endpoint: baseSetting,
    database: identifier.default('default').describe('Database of the table'),
    table: identifier.describe('Table; docs/sinks.md shows one'),
    rows: z
      .enum(['columns', 'documents'])
      .default('columns')
      .describe('`columns`: id, timestamp, service, severity, source, record. `documents`: members are columns'),
    user: text.default('default').describe('User'),
    password: z.string().default('').describe('Password of `user`; write it as ${ENV} or ${file:…}'),
    settings: z
      .record(identifier, z.union([z.string(), z.number()]))
      .default({})
      .describe('Settings of each insert, over ours; an empty text takes one of ours away'),
    format: formatSetting,
    ...httpShape({ compression: 'gzip', request_bytes_max: 10_000_000 }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)

type Settings = z.infer<typeof settings>

export const clickhouse: SinkSpec<Settings> = {
  type: 'clickhouse',
  summary: 'Stores records and events as rows of a ClickHouse table, by HTTP',
  settings,
  example: { endpoint: 'http://127.0.0.1:8123', table: 'logs' },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

const RECORDS_MAX = 100_000
/** The columns beside the record, and quotes that are escaped in it. */
const AROUND_BYTES = 384
/** The answer comes when all is written, and says whether it was. */
const OURS = { async_insert: 0, wait_end_of_query: 1 }

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, database, table, rows, user, password, format } = given
  const query = `INSERT INTO ${database}.${table} FORMAT JSONEachRow`
  const headers = {
    'content-type': 'application/x-ndjson',
    'x-clickhouse-user': user,
    ...(password === '' ? {} : { 'x-clickhouse-key': password }),
  }
  return {
    bytes_max: given.request_bytes_max,
    around_bytes: AROUND_BYTES,
    records_max: RECORDS_MAX,
    records: (batch) => (holdsEvents(batch) ? eventDocuments(batch, format) : documentsOf(batch)),
    request({ id, origin, records, places, begun_ms }) {
      const insert_deduplication_token = `${id}-${places[0]}-${places.length}`
      const all = { ...OURS, insert_deduplication_token, ...given.settings }
      const asked = new URLSearchParams({ query })
      for (const [name, value] of Object.entries(all)) if (value !== '') asked.set(name, String(value))
      const path = pathBelow(endpoint, `/?${asked}`)
      const sent =
        rows === 'documents'
          ? records
          : records.map((record, at) => rowOf(record, record.id ?? `${id}-${places[at]}`, origin, begun_ms))
      return { path, headers, body: linesOfDocuments(sent) }
    },
    hear: readFailure,
  }
}
