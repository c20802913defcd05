// The `http` sink: records to any receiver over HTTP, as lines or as an array; or one by one in a body that the
// operator writes (a webhook, a chat). Signed when a secret is given.
import { z } from 'zod'
import { systemClock } from '../core/clock.ts'
import type { SinkSpec } from '../core/component.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { arrayOf, type Document, documentsOf, linesOfDocuments } from '../net/documents.ts'
import type { HttpRequest } from '../net/http_client.ts'
import { endpointSetting, httpShape, tlsNeedsHttps } from '../net/http_settings.ts'
import { type Dialect, HttpSink } from '../net/http_sink.ts'
import { eventDocuments, formatSetting } from './formats/index.ts'
import { signedHeaders, signingKey } from './http/signature.ts'
import { compileTemplate, faultOf } from './http/template.ts'

const settings = z
  .strictObject({
    endpoint: endpointSetting.describe('Where to send: the whole URL of the receiver'),
    encoding: z.enum(['ndjson', 'json']).default('ndjson').describe('`ndjson`: one line a record. `json`: an array'),
    template: z
      .string()
      .superRefine((text, context) => {
        const fault = faultOf(text)
        if (fault !== null) context.addIssue({ code: 'custom', message: fault })
      })
      .optional()
      .describe('JSON to send for each record in place of `encoding`, with {{names}} of its members: for webhooks'),
    secret: z
      .string()
      .min(8)
      .optional()
      .describe('Signs each request by Standard Webhooks (`whsec_…` or any text); write it as ${ENV} or ${file:…}'),
    records_max: z.int().min(1).max(100_000).default(10_000).describe('Records in a request'),
    format: formatSetting,
    ...httpShape({ compression: 'none', request_bytes_max: 1024 * 1024 }),
  })
  .refine(tlsNeedsHttps.check, tlsNeedsHttps.complaint)

type Settings = z.infer<typeof settings>

export const http: SinkSpec<Settings> = {
  type: 'http',
  summary: 'Sends records to any receiver over HTTP: lines or an array of JSON, or a signed webhook of your own making',
  settings,
  example: { endpoint: 'http://127.0.0.1:8080/logs', encoding: 'ndjson', compression: 'gzip' },
  create: (given, site) => new HttpSink(new URL(given.endpoint).origin, given, dialectOf(given), site),
}

function dialectOf(given: Settings): Dialect<Document> {
  const { endpoint, encoding, template, secret, records_max, request_bytes_max, format } = given
  const { pathname, search } = new URL(endpoint)
  const fill = template === undefined ? null : compileTemplate(template)
  const key = secret === undefined ? null : signingKey(secret)
  const isLines = fill === null && encoding === 'ndjson'
  const type = isLines ? 'application/x-ndjson' : 'application/json'
  return {
    bytes_max: request_bytes_max,
    around_bytes: 1,
    records_max: fill === null ? records_max : 1,
    // In an array, lines of text are strings; a template asks for the event's own members.
    records: (batch) =>
      holdsEvents(batch) ? eventDocuments(batch, fill === null ? format : 'json', !isLines) : documentsOf(batch),
    request({ id, places, records }): HttpRequest {
      // A receiver that remembers it knows a repeat of the same records.
      const message = `${id}-${places[0]}-${places.length}`
      const body = fill !== null ? fill(records[0].bytes) : isLines ? linesOfDocuments(records) : arrayOf(records)
      const headers = { 'content-type': type, 'idempotency-key': message }
      const request = { path: `${pathname}${search}`, headers, body }
      if (key === null) return request
      return { ...request, sign: (sent) => signedHeaders(key, message, systemClock.now_ms(), sent) }
    },
  }
}
