// The `loki` sink: records as lines of Grafana Loki's streams, by its push API in JSON. Few labels name a stream; what
// tells records apart is in their lines and their structured metadata. Loki knows a repeat by its time and its line.
import { z } from 'zod'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { type Document, documentsOf } from '../net/documents.ts'
import { basicAuth } from '../net/http_client.ts'
import { baseSetting, httpShape, pathBelow, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink } from '../net/http_sink.ts'
import { NameTemplate, nameSetting } from '../net/name_template.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'
import { pushBody } from './loki/push.ts'

const text = z.string().min(1)
const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'a label is letters, digits and _' })

const settings = z
  .strictObject({
    endpoint: baseSetting,
    labels: z
      .record(labelName, nameSetting())
      .default({ service_name: '{service}', source: '{source}' })
      .refine((labels) => Object.keys(labels).length > 0, { error: 'a stream has a label at least' })
      .refine((labels) => !/\{(yyyy|MM|dd|HH)\}/.test(JSON.stringify(labels)), {
        error: 'a label with a time in it makes streams without end',
      })
      .describe('Labels of the streams, in which {service} and {source} may stand'),
    structured_metadata: z
      .boolean()
      .default(true)
      .describe('Severity, trace and span beside each line; Loki before 3.0 may refuse them'),
    tenant: text.optional().describe('Tenant (`X-Scope-OrgID`)'),
    user: text.optional().describe('User, for a Loki behind a gateway that asks for one'),
    password: z.string().optional().describe('Password of `user`; write it as ${ENV} or ${file:…}'),
    format: formatSetting,
    ...httpShape({ compression: 'gzip', request_bytes_max: 1_000_000 }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)
  .refine((given) => (given.user === undefined) === (given.password === undefined), {
    error: '`user` and `password` go together',
    path: ['password'],
  })

type Settings = z.infer<typeof settings>

export const loki: SinkSpec<Settings> = {
  type: 'loki',
  summary: 'Stores records as lines in Grafana Loki, in streams by service and source',
  settings,
  example: { endpoint: 'http://127.0.0.1:3100', labels: { service_name: '{service}', job: 'logveil' } },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

const RECORDS_MAX = 10_000
/** Time, structured metadata, and quotes that are escaped in a line. */
const AROUND_BYTES = 256

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, labels, structured_metadata, tenant, user, password, format } = given
  const templates = Object.entries(labels).map(([name, template]) => [name, new NameTemplate(template)] as const)
  const headers = {
    'content-type': 'application/json',
    ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
    ...(user === undefined ? {} : { authorization: basicAuth(user, password ?? '') }),
  }
  const path = pathBelow(endpoint, '/loki/api/v1/push')
  return {
    bytes_max: given.request_bytes_max,
    around_bytes: AROUND_BYTES,
    records_max: RECORDS_MAX,
    records: (batch) => (holdsEvents(batch) ? eventDocuments(batch, format, false) : documentsOf(batch)),
    request({ records, places, origin, begun_ms }) {
      const labelsOf = (service: string): Record<string, string> =>
        Object.fromEntries(templates.map(([name, one]) => [name, one.of({ service, origin, time_ms: begun_ms })]))
      return { path, headers, body: pushBody({ records, places, begun_ms }, labelsOf, structured_metadata) }
    },
  }
}
