// An OTLP/gRPC client for measurements: sends requests that are encoded already over one connection, many at once, and
// times every answer. It repeats nothing: a request that is refused is an error.
import { type ClientHttp2Session, connect, constants } from 'node:http2'

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

/** A request in its gRPC frame, ready to be sent any number of times. */
export interface OtlpMessage {
  readonly records: number
  /** Bytes of the request. */
  readonly size: number
  readonly framed: Buffer
}

/** Length-Prefixed-Message of gRPC: not compressed, u32be(length), content. */
export function otlpMessage(request: Uint8Array, records: number): OtlpMessage {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(request.length, 1)
  return { records, size: request.length, framed: Buffer.concat([head, request]) }
}

export class OtlpSender {
  /** Requests that wait for their answer. */
  unacknowledged = 0
  private readonly session: ClientHttp2Session

  constructor(port: number) {
    this.session = connect(`http://127.0.0.1:${port}`)
    // Each request hears of it, too.
    this.session.on('error', () => {})
  }

  /** Resolves with the milliseconds from here to the answer. */
  send({ framed }: OtlpMessage): Promise<number> {
    const began = performance.now()
    this.unacknowledged++
    return new Promise((resolve, reject) => {
      const stream = this.session.request({
        ':method': 'POST',
        ':path': EXPORT,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      let status = 'missing'
      const hear = (headers: Record<string, unknown>) => {
        if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status'])
      }
      stream.on('response', hear)
      stream.on('trailers', hear)
      stream.on('error', () => {})
      stream.once('close', () => {
        this.unacknowledged--
        if (status === '0') resolve(performance.now() - began)
        else reject(new Error(`a request was refused: gRPC status ${status}, HTTP/2 ${stream.rstCode}`))
      })
      stream.resume()
      stream.end(framed)
    })
  }

  /** What waits for an answer gets none. */
  close(): void {
    this.session.destroy(undefined, constants.NGHTTP2_CANCEL)
  }
}
