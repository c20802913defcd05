// Sends requests over HTTP, as protobuf. It knows OTLP's statuses; retries are the pipeline's.
import { HttpClient } from '../../net/http_client.ts'
import { refused, retryAfter_ms, Unacceptable } from '../../net/http_verdict.ts'
import type { Exchange } from './exchange.ts'
import type { OtlpSettings } from './settings.ts'

const PATH = '/v1/logs'
const HEADERS = { 'content-type': 'application/x-protobuf' }
/** OTLP specification, "Failures" of OTLP/HTTP: all others are final. */
const REPEATABLE: readonly number[] = [429, 502, 503, 504]
/** Bad data, or too much of it. */
const AT_FAULT: readonly number[] = [400, 413, 422]

/** Dials nothing yet. */
export async function httpExchange(settings: OtlpSettings): Promise<Exchange> {
  const { origin, pathname, search } = new URL(settings.endpoint)
  const client = await HttpClient.open(origin, settings)
  const path = `${pathname === '/' ? PATH : pathname}${search}`
  return {
    async send(body, signal) {
      const answer = await client.send({ path, headers: HEADERS, body }, signal)
      const { status } = answer
      if (status >= 200 && status < 300) return answer.body
      if (AT_FAULT.includes(status)) throw new Unacceptable(`HTTP ${status}`)
      throw refused(`HTTP ${status}`, REPEATABLE.includes(status), retryAfter_ms(answer.headers['retry-after']))
    },
    close: () => client.close(),
  }
}
