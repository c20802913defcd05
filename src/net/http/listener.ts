// Listens for HTTP/1.1 by node:http, with and without TLS. What a request may say is in call.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { Site } from '../../core/component.ts'
import type { Address } from '../address.ts'
import { peerOf, watchConnections, watchErrors } from '../connections.ts'
import { closeServer, listen } from '../listen.ts'
import { HttpCall, type HttpHouse } from './call.ts'
import type { Listener } from './source.ts'

export class HttpListener implements Listener {
  private readonly server: Server
  private readonly sockets: Set<Socket>
  private readonly house: HttpHouse
  private readonly site: Site
  private readonly address: Address

  constructor(address: Address, tls: TlsOptions | null, house: HttpHouse, site: Site) {
    this.house = house
    this.site = site
    this.address = address
    const { receive_ms_max, idle_ms_max, reply_ms_max, connections_max } = house.settings
    // The body has a time of its own, in call.ts: Node would answer 408, after which clients drop their data.
    const options = { requestTimeout: 0, headersTimeout: receive_ms_max, keepAliveTimeout: idle_ms_max }
    this.server = tls === null ? createServer(options) : createSecureServer({ ...options, ...tls })
    this.sockets = watchConnections(this.server, site, connections_max)
    const take = (expects: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      new HttpCall(request, response, house).begin(expects)
    }
    this.server.on('request', take(false))
    this.server.on('checkContinue', take(true))
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.malformed(error, socket))
    // A connection that never sends a request. One that has sent some is kept by keepAliveTimeout.
    this.server.timeout = Math.max(receive_ms_max, idle_ms_max, reply_ms_max) + 1000
  }

  async start(): Promise<string> {
    const bound = await listen(this.server, this.address, Number.parseInt(this.house.settings.unix_mode, 8))
    watchErrors(this.server, this.site)
    return bound
  }

  async finish(): Promise<void> {
    const closed = closeServer(this.server)
    this.server.closeIdleConnections()
    await closed
  }

  drop(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  private malformed(error: NodeJS.ErrnoException, socket: Socket): void {
    const peer = peerOf(socket)
    this.site.emit('debug', 'connection_error', 'A connection failed', { peer, code: error.code })
    if (!socket.writable) return
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
}
