// Listens for OTLP/gRPC: HTTP/2 by node:http2, gRPC by hand. @grpc/grpc-js refuses zstd for good, and a Collector with
// `compression: zstd` would then drop its data.
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { Server } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { Address } from '../../net/address.ts'
import { peerOf, watchConnections, watchErrors } from '../../net/connections.ts'
import type { Listener } from '../../net/http/source.ts'
import { closeServer, listen } from '../../net/listen.ts'
import { answerCall } from './grpc_call.ts'
import type { House } from './house.ts'

/** What a client may send on a stream, and on all of a connection, before we have read it. */
const STREAM_WINDOW_BYTES = 1024 * 1024
const SESSION_WINDOW_BYTES = 8 * 1024 * 1024
/** In MB: Node counts streams, headers and what waits to be sent against it, and refuses streams over it. */
const SESSION_MEMORY_MB = 64

export class GrpcListener implements Listener {
  private readonly server: Http2Server
  private readonly sessions = new Set<ServerHttp2Session>()
  private readonly house: House
  private readonly address: Address

  constructor(address: Address, tls: TlsOptions | null, house: House) {
    this.house = house
    this.address = address
    const options = {
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { maxConcurrentStreams: house.settings.streams_max, initialWindowSize: STREAM_WINDOW_BYTES },
    }
    this.server = tls === null ? createServer(options) : createSecureServer({ ...options, ...tls })
    watchConnections(this.server as Server, house.site, house.settings.connections_max)
    this.server.on('session', (session) => this.open(session))
    this.server.on('stream', (stream, headers) => answerCall(stream, headers, house))
    // A client that speaks no HTTP/2, or does not go on with it.
    this.server.on('unknownProtocol', (socket) => socket.destroy())
  }

  async start(): Promise<string> {
    const bound = await listen(this.server as Server, this.address, Number.parseInt(this.house.settings.unix_mode, 8))
    watchErrors(this.server as Server, this.house.site)
    return bound
  }

  async finish(): Promise<void> {
    const closed = closeServer(this.server as Server)
    // GOAWAY: clients open no more streams here, and those that are open are answered.
    for (const session of this.sessions) session.close()
    await closed
  }

  drop(): void {
    for (const session of this.sessions) session.destroy()
  }

  private open(session: ServerHttp2Session): void {
    const peer = peerOf(session.socket)
    this.sessions.add(session)
    session.setLocalWindowSize(SESSION_WINDOW_BYTES)
    session.once('close', () => this.sessions.delete(session))
    // Resets and broken frames are how some clients leave. The session is closed by Node.
    session.on('error', (error: NodeJS.ErrnoException) => {
      this.house.site.emit('debug', 'connection_error', 'A connection failed', { peer, code: error.code })
    })
    // Reset by whatever goes over the connection, pings too.
    session.setTimeout(this.house.settings.idle_ms_max, () => session.close())
  }
}
