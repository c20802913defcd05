// Receivers of OTLP for what logveil says of itself: they keep requests as bytes. Texts in them are compared as bytes,
// for nothing decodes a protobuf message into another one that would hold such a text by chance.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as grpc from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'

export interface OtlpRequest {
  /** `metrics`, `traces` or `logs`. */
  readonly signal: string
  readonly headers: Record<string, unknown>
  readonly bytes: Buffer
}

/** Null: it never answers. Bytes: the response. */
type Answer = (request: OtlpRequest) => Buffer | grpc.ServiceError | Partial<grpc.StatusObject> | null

export interface OtlpReceiver {
  readonly endpoint: string
  readonly requests: OtlpRequest[]
  close(): Promise<void>
}

const OK = () => Buffer.alloc(0)
const SERVICES = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** Ends with the test. `port` 0: any. */
export async function grpcReceiver(answer: Answer = OK, port = 0): Promise<OtlpReceiver> {
  const requests: OtlpRequest[] = []
  const server = new grpc.Server()
  for (const [signal, path] of Object.entries(SERVICES)) {
    const same = (bytes: Buffer) => bytes
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
    }
    const definition = { Export: { ...method, responseSerialize: same, responseDeserialize: same } }
    server.addService(definition, {
      Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
        const request = { signal, headers: call.metadata.getMap(), bytes: call.request }
        requests.push(request)
        const given = answer(request)
        if (given === null) return
        if (Buffer.isBuffer(given)) reply(null, given)
        else reply(given)
      },
    })
  }
  const bound = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error ? reject(error) : resolve(at)))
  })
  const close = async () => server.forceShutdown()
  onTestFinished(close)
  return { endpoint: `http://127.0.0.1:${bound}`, requests, close }
}

export async function httpReceiver(status = 200): Promise<OtlpReceiver> {
  const requests: OtlpRequest[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      requests.push({ signal: request.url ?? '', headers: request.headers, bytes: Buffer.concat(parts) })
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close }
}
