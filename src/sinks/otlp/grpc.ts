// Sends requests over gRPC by @grpc/grpc-js, as bytes. It knows the gRPC codes; retries are the pipeline's.
import { createSecureContext } from 'node:tls'
import type { Client, Metadata, ServiceError } from '@grpc/grpc-js'
import { systemClock } from '../../core/clock.ts'
import { LIMITS } from '../../core/limits.ts'
import { sinkErrorOf } from '../../net/rpc_failure.ts'
import { loadClientTls } from '../../net/tls.ts'
import type { Exchange } from './exchange.ts'
import type { OtlpSettings } from './settings.ts'

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const GZIP = 2

const same = (bytes: Buffer): Buffer => bytes

/** Loads the library; dials nothing yet. */
export async function grpcExchange(settings: OtlpSettings): Promise<Exchange> {
  const grpc = await import('@grpc/grpc-js')
  const { hostname, port, protocol } = new URL(settings.endpoint)
  const secure = protocol === 'https:'
  const tls = secure ? await loadClientTls(settings.tls ?? { verify: true, min_version: 'TLSv1.2' }) : null
  const credentials =
    tls === null
      ? grpc.credentials.createInsecure()
      : grpc.credentials.createFromSecureContext(createSecureContext(tls), {
          rejectUnauthorized: tls.rejectUnauthorized,
        })
  const name = settings.tls?.server_name
  const client = new grpc.Client(`${hostname}:${port === '' ? (secure ? 443 : 80) : port}`, credentials, {
    'grpc.primary_user_agent': 'logveil',
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': LIMITS.otlp_response_bytes_max,
    'grpc.default_compression_algorithm': settings.compression === 'gzip' ? GZIP : 0,
    // The pipeline has a backoff of its own, and asks again as soon as that is over.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.keepalive_time_ms': 60_000,
    // Retries are the pipeline's, which counts them.
    'grpc.enable_retries': 0,
    ...(name === undefined ? {} : { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name }),
  })
  const metadata = new grpc.Metadata()
  for (const [header, value] of Object.entries(settings.headers)) metadata.set(header, value)
  return new GrpcExchange(client, metadata, settings.timeout_ms)
}

class GrpcExchange implements Exchange {
  private readonly client: Client
  private readonly metadata: Metadata
  private readonly timeout_ms: number

  constructor(client: Client, metadata: Metadata, timeout_ms: number) {
    this.client = client
    this.metadata = metadata
    this.timeout_ms = timeout_ms
  }

  send(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const deadline = systemClock.now_ms() + this.timeout_ms
    const bytes = Buffer.from(request.buffer, request.byteOffset, request.length)
    return new Promise((resolve, reject) => {
      let cancel = (): void => {}
      const done = (error: ServiceError | null, response?: Buffer): void => {
        signal.removeEventListener('abort', cancel)
        if (error === null) resolve(response ?? new Uint8Array(0))
        else reject(sinkErrorOf(error))
      }
      const call = this.client.makeUnaryRequest(EXPORT, same, same, bytes, this.metadata, { deadline }, done)
      cancel = () => call.cancel()
      if (signal.aborted) cancel()
      else signal.addEventListener('abort', cancel, { once: true })
    })
  }

  close(): void {
    this.client.close()
  }
}
