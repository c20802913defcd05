// The `sentinel` sink: records and events into a table of Microsoft Sentinel, by the Logs Ingestion API of Azure
// Monitor and a data collection rule. Columns that the rule does not know are dropped there without a word.
import { z } from 'zod'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { factsOf, isoTime, timeOf_ms } from '../net/document_facts.ts'
import { arrayOf, type Document, documentsOf, joinPieces } from '../net/documents.ts'
import { baseSetting, endpointSetting, httpShape, pathBelow, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink, judge } from '../net/http_sink.ts'
import { errorOf } from '../net/http_verdict.ts'
import { Oauth } from '../net/oauth.ts'
import { withMember } from '../wire/transcode/document_member.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'

/** Of a call, before and after compression. */
const CALL_BYTES_MAX = 1_048_576
const text = z.string().min(1)

const shape = httpShape({ compression: 'gzip', request_bytes_max: 1_000_000 })

const settings = z
  .strictObject({
    endpoint: baseSetting.describe('Logs ingestion endpoint of the data collection rule or of its endpoint'),
    rule: text.describe('Immutable id of the data collection rule: dcr-…'),
    stream: text.describe('Stream of the rule: Custom-NAME_CL'),
    tenant: text.describe('Id of the tenant (directory)'),
    client_id: text.describe('Id of the application that may send to the rule'),
    client_secret: text.describe('Its secret; write it as ${ENV} or ${file:…}'),
    authority: endpointSetting
      .default('https://login.microsoftonline.com')
      .describe('Where tokens come from; other clouds have their own'),
    scope: text.default('https://monitor.azure.com/.default').describe('What the token is for'),
    format: formatSetting,
    ...shape,
    request_bytes_max: shape.request_bytes_max.refine((bytes) => bytes <= CALL_BYTES_MAX, {
      error: 'the API takes 1 MiB at most',
    }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)

type Settings = z.infer<typeof settings>

export const sentinel: SinkSpec<Settings> = {
  type: 'sentinel',
  summary: 'Stores records and events in Microsoft Sentinel (Azure Monitor), by the Logs Ingestion API',
  settings,
  example: {
    endpoint: 'https://logs-abcd.eastus-1.ingest.monitor.azure.com',
    rule: 'dcr-00000000000000000000000000000000',
    stream: 'Custom-Logveil_CL',
    tenant: '00000000-0000-0000-0000-000000000000',
    client_id: '00000000-0000-0000-0000-000000000000',
    client_secret: 'made-up',
  },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

const RECORDS_MAX = 10_000
const AROUND_BYTES = 48

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, rule, stream, tenant, authority, format } = given
  const url = `${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  const oauth = new Oauth({ ...given, url }, { ...given, tls: undefined })
  const place = `/dataCollectionRules/${encodeURIComponent(rule)}/streams/${encodeURIComponent(stream)}`
  const path = pathBelow(endpoint, `${place}?api-version=2023-01-01`)
  /** The last token, and whether it was ever taken: one that was has ended before its time. */
  let token = ''
  let isProven = false
  return {
    bytes_max: given.request_bytes_max,
    around_bytes: AROUND_BYTES,
    records_max: RECORDS_MAX,
    records: (batch) => (holdsEvents(batch) ? eventDocuments(batch, format) : documentsOf(batch)),
    async request({ records, begun_ms }, signal) {
      const current = await oauth.get(signal)
      if (current !== token) isProven = false
      token = current
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      return { path, headers, body: arrayOf(records.map((record) => row(record, begun_ms))) }
    },
    hear(answer) {
      if (answer.status === 401) {
        oauth.forget(token)
        if (isProven) throw errorOf('later', 'HTTP 401: the token has ended')
      }
      const remains = judge(answer)
      isProven = true
      return remains
    },
    close: () => oauth.close(),
  }
}

/** Every table has it. */
const COLUMN = 'TimeGenerated'

function row(record: Document, begun_ms: number): Document {
  const facts = record.facts ?? factsOf(record.bytes)
  if (facts.members !== null && COLUMN in facts.members) return record
  const time_ms = timeOf_ms(facts, begun_ms)
  return { bytes: joinPieces(withMember(record.bytes, COLUMN, `"${isoTime(time_ms)}"`)) }
}
