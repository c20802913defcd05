// Sends requests over gRPC, by hand over node:http2: @grpc/grpc-js compresses at a level that costs four times as much
// for a tenth of the bytes, and does not tell a receiver that says "not now" from one that is not there. It knows the
// gRPC codes; retries are the pipeline's. The grammar is in the source's grpc_message.ts.
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { SinkError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import { decompress } from '../../net/compression.ts'
import { commonHeaders } from '../../net/http_client.ts'
import { refused, timedOut, Unacceptable, unreachable } from '../../net/http_verdict.ts'
import { decodeStatus, mayRepeat, Rpc, rpcName } from '../../net/rpc_status.ts'
import { loadClientTls } from '../../net/tls.ts'
import type { Exchange } from './exchange.ts'
import { GrpcSession } from './grpc_session.ts'
import type { OtlpSettings } from './settings.ts'

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const HEAD_BYTES = 5
const CANCEL = 8
/** What a proxy's answer without a gRPC status stands for (gRPC, doc/http-grpc-status-mapping.md). */
const RPC_OF_HTTP: Record<number, number> = {
  400: Rpc.internal,
  401: Rpc.unauthenticated,
  403: Rpc.permission_denied,
  404: Rpc.unimplemented,
  429: Rpc.unavailable,
  502: Rpc.unavailable,
  503: Rpc.unavailable,
  504: Rpc.unavailable,
}

const compress = promisify(gzip)

/** Dials nothing yet. */
export async function grpcExchange(settings: OtlpSettings): Promise<Exchange> {
  const { origin, protocol } = new URL(settings.endpoint)
  const tls = protocol === 'https:' && settings.tls !== undefined ? await loadClientTls(settings.tls) : null
  return new GrpcExchange(new GrpcSession(origin, tls, settings.timeout_ms), settings)
}

class GrpcExchange implements Exchange {
  private readonly session: GrpcSession
  private readonly headers: Record<string, string>
  private readonly isGzip: boolean
  private readonly timeout_ms: number

  constructor(session: GrpcSession, { compression, headers, timeout_ms }: OtlpSettings) {
    this.session = session
    this.timeout_ms = timeout_ms
    this.isGzip = compression === 'gzip'
    const coding: Record<string, string> = this.isGzip ? { 'grpc-encoding': 'gzip' } : {}
    this.headers = {
      ...commonHeaders(headers),
      ':method': 'POST',
      ':path': EXPORT,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-accept-encoding': 'gzip,identity',
      'grpc-timeout': `${Math.min(timeout_ms, 99_999_999)}m`,
      ...coding,
    }
  }

  async send(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const message = this.isGzip ? await compress(request, { level: constants.Z_BEST_SPEED }) : request
    const session = await this.session.get()
    if (signal.aborted) throw aborted()
    const stream = open(session, this.headers)
    return await this.call(session, stream, message, signal)
  }

  close(): void {
    this.session.close()
  }

  private call(
    session: ClientHttp2Session,
    stream: ClientHttp2Stream,
    message: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const head = Buffer.alloc(HEAD_BYTES)
    head[0] = this.isGzip ? 1 : 0
    head.writeUInt32BE(message.length, 1)
    stream.write(head)
    stream.end(message)
    return new Promise((resolve, reject) => {
      const answer = new Answer(stream)
      let given: SinkError | null = null
      const giveUp = (why: SinkError): void => {
        given ??= why
        stream.close(CANCEL)
      }
      const late = setTimeout(() => {
        giveUp(timedOut())
        this.session.doubt(session)
      }, this.timeout_ms)
      const abort = (): void => giveUp(aborted())
      signal.addEventListener('abort', abort, { once: true })
      stream.once('close', () => {
        clearTimeout(late)
        signal.removeEventListener('abort', abort)
        const outcome = given ?? answer.outcome()
        if (outcome instanceof SinkError) reject(outcome)
        else resolve(unpacked(outcome))
      })
    })
  }
}

/** Everything that comes on a stream, until it is closed. */
class Answer {
  private readonly stream: ClientHttp2Stream
  private status = 0
  private code = -1
  private details: Buffer | null = null
  private failure = ''
  private size = 0
  private readonly parts: Uint8Array[] = []

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    stream.on('response', (headers) => this.hear(headers))
    stream.on('trailers', (headers) => this.hear(headers))
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = error.code ?? 'unknown'
    })
    stream.on('data', (part: Uint8Array) => {
      this.size += part.length
      if (this.size <= LIMITS.response_bytes_max) this.parts.push(part)
    })
  }

  /** The message of the response with its head, or why there is none. */
  outcome(): Uint8Array | SinkError {
    if (this.code === Rpc.ok) return Buffer.concat(this.parts)
    const said = this.code >= 0 || this.status >= 300
    // Nobody answered: the connection broke, or the receiver went away with the stream.
    if (!said) return unreachable(this.failure || `stream ended (${this.stream.rstCode})`)
    const code = this.code >= 0 ? this.code : (RPC_OF_HTTP[this.status] ?? Rpc.unknown)
    const retry_after_ms = this.details === null ? undefined : decodeStatus(this.details).retry_after_ms
    const retryable = mayRepeat(code, retry_after_ms)
    // Bad data, or too much of it.
    const isAtFault = code === Rpc.invalid_argument || (code === Rpc.resource_exhausted && !retryable)
    return isAtFault ? new Unacceptable(rpcName(code)) : refused(rpcName(code), retryable, retry_after_ms)
  }

  private hear(headers: IncomingHttpHeaders): void {
    if (headers[':status'] !== undefined) this.status = Number(headers[':status'])
    const code = headers['grpc-status']
    if (typeof code === 'string') this.code = /^\d+$/.test(code) ? Number(code) : Rpc.unknown
    const details = headers['grpc-status-details-bin']
    if (typeof details === 'string') this.details = Buffer.from(details, 'base64')
  }
}

/** The message without its head. grpc-go answers in the compression of the request. */
async function unpacked(framed: Uint8Array): Promise<Uint8Array> {
  const message = framed.subarray(HEAD_BYTES)
  if (framed[0] !== 1 || message.length === 0) return message
  const inflated = await decompress('gzip', message, LIMITS.response_bytes_max)
  // The request was taken all the same; whoever reads this says that it is no response.
  return typeof inflated === 'string' ? message : inflated
}

function open(session: ClientHttp2Session, headers: Record<string, string>): ClientHttp2Stream {
  try {
    return session.request(headers)
  } catch (error) {
    // It was closed in this very moment.
    throw unreachable((error as NodeJS.ErrnoException).code ?? 'unknown')
  }
}

function aborted(): SinkError {
  return new SinkError('SINK_CLOSED', 'otlp', true)
}
