// Sends requests over HTTP by undici, as protobuf. It knows the HTTP statuses; retries are the pipeline's.
import type { ConnectionOptions } from 'node:tls'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Dispatcher, Pool } from 'undici'
import { systemClock } from '../../core/clock.ts'
import { SinkError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import { loadClientTls } from '../../net/tls.ts'
import { commonHeaders, type Exchange, refused, timedOut, Unacceptable, unreachable } from './exchange.ts'
import type { OtlpSettings } from './settings.ts'

const PATH = '/v1/logs'
/** OTLP specification, "Failures" of OTLP/HTTP: all others are final. */
const REPEATABLE: readonly number[] = [429, 502, 503, 504]
/** Bad data, or too much of it. */
const AT_FAULT: readonly number[] = [400, 413, 422]
const TIMEOUTS: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']

const compress = promisify(gzip)

/** Loads the library; dials nothing yet. */
export async function httpExchange(settings: OtlpSettings): Promise<Exchange> {
  const { Pool } = await import('undici')
  const { origin, pathname, search } = new URL(settings.endpoint)
  const tls: ConnectionOptions = settings.tls === undefined ? {} : await loadClientTls(settings.tls)
  const pool = new Pool(origin, {
    connections: settings.connections,
    pipelining: 1,
    headersTimeout: settings.timeout_ms,
    bodyTimeout: settings.timeout_ms,
    connect: { ...tls, timeout: settings.timeout_ms } as ConnectionOptions & { timeout: number },
  })
  return new HttpExchange(pool, `${pathname === '/' ? PATH : pathname}${search}`, settings)
}

class HttpExchange implements Exchange {
  private readonly pool: Pool
  private readonly path: string
  private readonly isGzip: boolean
  private readonly headers: Record<string, string>

  constructor(pool: Pool, path: string, { compression, headers }: OtlpSettings) {
    this.pool = pool
    this.path = path
    this.isGzip = compression === 'gzip'
    const coding: Record<string, string> = this.isGzip ? { 'content-encoding': 'gzip' } : {}
    this.headers = { ...commonHeaders(headers), 'content-type': 'application/x-protobuf', ...coding }
  }

  async send(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    // The lowest level: logs shrink to a tenth with it, and the others cost several times as much.
    const body = this.isGzip ? await compress(request, { level: constants.Z_BEST_SPEED }) : request
    const { statusCode, headers, body: answer } = await this.request(body, signal)
    const bytes = await readBounded(answer)
    if (statusCode >= 200 && statusCode < 300) return bytes
    if (AT_FAULT.includes(statusCode)) throw new Unacceptable(`HTTP ${statusCode}`)
    throw refused(`HTTP ${statusCode}`, REPEATABLE.includes(statusCode), retryAfter(headers['retry-after']))
  }

  close(): void {
    void this.pool.destroy()
  }

  private async request(body: Uint8Array, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await this.pool.request({ path: this.path, method: 'POST', headers: this.headers, body, signal })
    } catch (cause) {
      throw sinkErrorOf(cause)
    }
  }
}

async function readBounded(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of body) {
      size += part.length
      // Leaving the loop ends the connection with it.
      if (size > LIMITS.otlp_response_bytes_max) break
      parts.push(part)
    }
  } catch (cause) {
    throw sinkErrorOf(cause)
  }
  return Buffer.concat(parts)
}

function sinkErrorOf(cause: unknown): SinkError {
  const { code, name } = cause as { code?: string; name?: string }
  if (name === 'AbortError') return new SinkError('SINK_CLOSED', 'otlp', true)
  if (code !== undefined && TIMEOUTS.includes(code)) return timedOut()
  return unreachable(code ?? 'unknown')
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at_ms = Date.parse(header)
  return Number.isNaN(at_ms) ? undefined : Math.max(0, at_ms - systemClock.now_ms())
}
