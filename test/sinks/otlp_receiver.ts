// Receivers of OTLP that are not ours, whose manners a test decides: a server of @grpc/grpc-js and one of node:http.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { type handleUnaryCall, Metadata, Server, ServerCredentials } from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'

const SIGNALS = {
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
}
const SIZES = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 }

export interface Received {
  /** `logs`, `metrics` or `traces`; over HTTP the path. */
  readonly signal: string
  readonly bytes: Buffer
  readonly headers: Record<string, unknown>
}

/** What a gRPC server answers; `hang` never does. */
export type GrpcReply = 'hang' | { code?: number; message?: Uint8Array; status?: Uint8Array }

export interface Receiver<Reply> {
  readonly endpoint: string
  readonly received: Received[]
  /** Replies in order; when there are no more, an empty response. */
  readonly replies: Reply[]
  close(): Promise<void>
}

export async function grpcReceiver(at = '127.0.0.1:0', by = ServerCredentials.createInsecure()) {
  const received: Received[] = []
  const replies: GrpcReply[] = []
  /** Replies when there is nothing in `replies`. */
  const manners = { judge: (_request: Buffer): GrpcReply => ({}) }
  const server = new Server(SIZES)
  const same = (bytes: Buffer) => bytes
  const handler =
    (signal: string): handleUnaryCall<Buffer, Buffer> =>
    (sent, done) => {
      received.push({ signal, bytes: Buffer.from(sent.request), headers: sent.metadata.getMap() })
      const reply = replies.shift() ?? manners.judge(Buffer.from(sent.request))
      if (reply === 'hang') return
      const metadata = new Metadata()
      if (reply.status !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(reply.status))
      if (reply.code !== undefined) done({ code: reply.code, details: 'said the receiver', metadata })
      else done(null, Buffer.from(reply.message ?? []))
    }
  for (const [signal, path] of Object.entries(SIGNALS)) server.register(path, handler(signal), same, same, 'unary')
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(at, by, (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  const close = async (): Promise<void> => server.forceShutdown()
  onTestFinished(close)
  return { endpoint: `http://127.0.0.1:${port}`, received, replies, manners, close, port }
}

export type HttpReply = 'hang' | 'hang up' | { status?: number; headers?: Record<string, string>; body?: Uint8Array }

export async function httpReceiver(): Promise<Receiver<HttpReply>> {
  const received: Received[] = []
  const replies: HttpReply[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    received.push({ signal: request.url ?? '', bytes, headers: { ...request.headers, url: request.url } })
    const reply = replies.shift() ?? {}
    if (reply === 'hang') return
    if (reply === 'hang up') request.socket.destroy()
    else response.writeHead(reply.status ?? 200, reply.headers).end(reply.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(close)
  const port = typeof bound === 'string' ? 0 : bound?.port
  return { endpoint: `http://127.0.0.1:${port}`, received, replies, close }
}
