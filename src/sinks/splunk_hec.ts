// The `splunk_hec` sink: records and events to Splunk's HTTP Event Collector. With a token that has indexer
// acknowledgement a batch counts as stored when it is indexed; without, when Splunk has taken it, which is less.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { factsOf } from '../net/document_facts.ts'
import { type Document, documentsOf, joinPieces, type Piece } from '../net/documents.ts'
import { baseSetting, httpShape, pathBelow, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink } from '../net/http_sink.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'
import { Acks } from './splunk_hec/acks.ts'
import { readReply } from './splunk_hec/replies.ts'

const text = z.string().min(1)
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

const settings = z
  .strictObject({
    endpoint: baseSetting,
    token: text.describe('Token of the collector; write it as ${ENV} or ${file:…}'),
    index: text.optional().describe('Index; absent: the one that belongs to the token'),
    sourcetype: text.default('_json').describe('Sourcetype of each event'),
    source: text.optional().describe('Source of each event; absent: the name of the source here'),
    host: text.optional().describe('Host of each event; absent: the one that Splunk sees'),
    format: formatSetting,
    ack_poll_ms: milliseconds.default(2000).describe('Time between questions whether events are indexed'),
    ack_timeout_ms: milliseconds.default(300_000).describe('Events that are not indexed by then are sent again'),
    ...httpShape({ compression: 'gzip', request_bytes_max: 1_000_000 }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)

type Settings = z.infer<typeof settings>

export const splunkHec: SinkSpec<Settings> = {
  type: 'splunk_hec',
  summary: "Sends records and events to Splunk's HTTP Event Collector, and waits for its indexers when the token does",
  settings,
  example: { endpoint: 'https://splunk.example:8088', token: '00000000-0000-0000-0000-000000000000', index: 'logs' },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

const RECORDS_MAX = 10_000
/** Time, and the indexed fields. */
const AROUND_BYTES = 160

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, token, format, ack_poll_ms, ack_timeout_ms } = given
  // Harmless without acks; with them it names us.
  const channel = randomUUID()
  const headers = {
    authorization: `Splunk ${token}`,
    'content-type': 'application/json',
    'x-splunk-request-channel': channel,
  }
  const path = pathBelow(endpoint, '/services/collector/event')
  const acks = new Acks({
    path: `${pathBelow(endpoint, '/services/collector/ack')}?channel=${channel}`,
    headers,
    poll_ms: ack_poll_ms,
    timeout_ms: ack_timeout_ms,
  })
  return {
    bytes_max: given.request_bytes_max,
    around_bytes: AROUND_BYTES + Buffer.byteLength(JSON.stringify(metadata(given, ''))),
    records_max: RECORDS_MAX,
    records: (batch) => (holdsEvents(batch) ? eventDocuments(batch, format) : documentsOf(batch)),
    request({ records, origin, begun_ms }) {
      const meta = JSON.stringify(metadata(given, origin)).slice(1, -1)
      return { path, headers, body: joinPieces(records.flatMap((record) => envelope(record, meta, begun_ms))) }
    },
    async hear(answer, { records }, send, signal) {
      const { remains, ack_id } = readReply(answer, records.length)
      if (ack_id !== undefined) await acks.wait(ack_id, send, signal)
      return remains
    },
    close: () => acks.close(),
  }
}

function metadata({ index, sourcetype, source, host }: Settings, origin: string): Record<string, string | undefined> {
  return { sourcetype, source: source ?? origin, host, index }
}

//   {"time":1700000000.123,"sourcetype":…,"source":…,"fields":{"service":…,"severity":…},"event":{…}}
function envelope(record: Document, meta: string, begun_ms: number): Piece[] {
  const { time, service, severity } = record.facts ?? factsOf(record.bytes)
  const seconds = time === null ? begun_ms / 1000 : time.seconds + Math.floor(time.nanos / 1e6) / 1000
  const named = service === '' ? [] : [`"service":${JSON.stringify(service)}`]
  if (severity !== '') named.push(`"severity":${JSON.stringify(severity)}`)
  const fields = named.length === 0 ? '' : `,"fields":{${named.join()}}`
  return [`{"time":${seconds.toFixed(3)},${meta}${fields},"event":`, record.bytes, '}\n']
}
