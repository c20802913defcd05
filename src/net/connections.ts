// What is the same for the connections of every listener: how many there may be, and what is said when one fails.
import type { Server, Socket } from 'node:net'
import type { Site } from '../core/component.ts'

/** TCP keepalive: a client that vanished is noticed. */
const KEEPALIVE_MS = 60_000

/** Returns all sockets that are open, also those still in the TLS handshake. */
export function watchConnections(server: Server, site: Site, connections_max: number): Set<Socket> {
  const sockets = new Set<Socket>()
  server.maxConnections = connections_max
  server.on('drop', () => site.emit('warn', 'connections_full', 'A connection over connections_max was closed'))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_MS)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    socket.destroy()
    // A health probe opens and closes; anything else is a client that will never get in as it is.
    const level = error.code === 'ECONNRESET' ? 'debug' : 'warn'
    site.emit(level, 'tls_failed', 'A client did not get through the TLS handshake', { code: error.code })
  })
  return sockets
}

/** To be called once it listens: an error before that belongs to whoever waits for it to listen. */
export function watchErrors(server: Server, site: Site): void {
  server.on('error', (error: NodeJS.ErrnoException) => {
    site.emit('error', 'accept_failed', 'A connection could not be accepted', { code: error.code })
  })
}

export function peerOf(socket: { remoteAddress?: string; remotePort?: number } | undefined): string {
  return socket?.remoteAddress === undefined ? 'unix' : `${socket.remoteAddress}:${socket.remotePort}`
}
