// An OTLP/gRPC server for measurements: counts what comes and answers every request with success. It reads nothing.
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** What a peer may send before we have read it: a receiver must not be what is waited for. */
const WINDOW_BYTES = 8 * 1024 * 1024
/** An empty ExportLogsServiceResponse in its gRPC frame. */
const SUCCESS = Buffer.alloc(5)

export class OtlpReceiver {
  requests = 0
  bytes = 0
  port = 0
  private readonly server: Http2Server
  private readonly sessions = new Set<ServerHttp2Session>()

  constructor() {
    this.server = createServer({ settings: { initialWindowSize: WINDOW_BYTES } })
    this.server.on('session', (session) => {
      session.setLocalWindowSize(WINDOW_BYTES)
      this.sessions.add(session)
      session.once('close', () => this.sessions.delete(session))
    })
    this.server.on('stream', (stream) => {
      stream.on('error', () => {})
      stream.on('data', (part: Uint8Array) => {
        this.bytes += part.length
      })
      stream.once('end', () => {
        // A client that measures goes without a goodbye.
        if (stream.destroyed) return
        this.requests++
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        stream.end(SUCCESS)
      })
    })
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port
        resolve()
      })
    })
  }

  close(): void {
    for (const session of this.sessions) session.destroy()
    this.server.close()
  }
}
