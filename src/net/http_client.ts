// The one HTTP client, by undici: sends a request and gives the whole answer, whatever its status. It knows timeouts,
// TLS and compression; what a status means is http_verdict.ts's to say, and retries are the pipeline's.
import type { ConnectionOptions } from 'node:tls'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Dispatcher, Pool } from 'undici'
import { SinkError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import { version } from '../core/version.ts'
import { timedOut, unreachable } from './http_verdict.ts'
import { type ClientTls, loadClientTls } from './tls.ts'

const TIMEOUTS: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']

const compress = promisify(gzip)

export interface HttpClientSettings {
  readonly tls?: ClientTls
  readonly compression: 'none' | 'gzip'
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly timeout_ms: number
}

export interface HttpRequest {
  readonly method?: 'GET' | 'PUT'
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** As it is before compression. */
  readonly body?: Uint8Array
  /** More headers that depend on the body as it goes out: a signature. */
  sign?(body: Uint8Array): Record<string, string>
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export class HttpClient {
  private readonly pool: Pool
  private readonly isGzip: boolean
  private readonly headers: Record<string, string>

  private constructor(pool: Pool, { compression, headers }: HttpClientSettings) {
    this.pool = pool
    this.isGzip = compression === 'gzip'
    this.headers = commonHeaders(headers)
  }

  /** Loads the library; dials nothing yet. Rejects with TLS_FILE. */
  static async open(origin: string, settings: HttpClientSettings): Promise<HttpClient> {
    const { Pool } = await import('undici')
    const tls: ConnectionOptions = settings.tls === undefined ? {} : await loadClientTls(settings.tls)
    const { timeout_ms, connections } = settings
    const connect = { ...tls, timeout: timeout_ms } as ConnectionOptions & { timeout: number }
    const times = { headersTimeout: timeout_ms, bodyTimeout: timeout_ms }
    return new HttpClient(new Pool(origin, { connections, pipelining: 1, ...times, connect }), settings)
  }

  /** Resolves with the answer of any status. Rejects with a SinkError when there was none. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { path, body } = request
    const zip = this.isGzip && body !== undefined
    // The lowest level: logs shrink to a tenth with it, and the others cost several times as much.
    const bytes = zip ? await compress(body, { level: constants.Z_BEST_SPEED }) : body
    const coding: Record<string, string> = zip ? { 'content-encoding': 'gzip' } : {}
    const signature = bytes === undefined ? {} : (request.sign?.(bytes) ?? {})
    const headers = { ...this.headers, ...request.headers, ...coding, ...signature }
    try {
      const method = request.method ?? 'POST'
      const answer = await this.pool.request({ path, method, headers, body: bytes, signal })
      return { status: answer.statusCode, headers: answer.headers, body: await readBounded(answer.body) }
    } catch (cause) {
      throw sinkErrorOf(cause)
    }
  }

  close(): void {
    void this.pool.destroy()
  }
}

/** The operator's headers, their names in lower case: the same one in two cases would be sent twice. */
export function commonHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { 'user-agent': `logveil/${version()}`, ...Object.fromEntries(lower) }
}

/** HTTP Basic (RFC 7617). */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

async function readBounded(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    // Leaving the loop ends the connection with it.
    if (size > LIMITS.response_bytes_max) break
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function sinkErrorOf(cause: unknown): SinkError {
  const { code, name } = cause as { code?: string; name?: string }
  if (name === 'AbortError') return new SinkError('SINK_CLOSED', 'given up before the answer', true)
  if (code !== undefined && TIMEOUTS.includes(code)) return timedOut()
  return unreachable(code ?? 'unknown')
}
