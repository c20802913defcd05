// Syslog over TCP, TLS and Unix sockets. Its clients are never answered, so what slows them down is not being read; and
// what the kernel has of them when we go is lost, as syslog has it.
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Address } from '../../net/address.ts'
import { peerOf, watchConnections, watchErrors } from '../../net/connections.ts'
import { closeServer, listen } from '../../net/listen.ts'
import { Framing } from './framing.ts'
import { Collected, type House } from './house.ts'

const HANDSHAKE_MS_MAX = 10_000
/** At the end, what clients had sent before they knew is read for so long. */
const LAST_READ_MS = 300

export class Streams {
  private readonly house: House
  private readonly server: Server
  private readonly sockets: Set<Socket>
  private readonly connections = new Map<Socket, Promise<void>>()

  constructor(tls: TlsOptions | null, house: House) {
    this.house = house
    // A client that says no more may still be in the middle of what it said before.
    const options = { allowHalfOpen: true }
    this.server =
      tls === null ? createServer(options) : createTlsServer({ ...options, ...tls, handshakeTimeout: HANDSHAKE_MS_MAX })
    this.sockets = watchConnections(this.server, house.site, house.settings.connections_max)
    this.server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
      const served = this.serve(socket).finally(() => this.connections.delete(socket))
      this.connections.set(socket, served)
    })
  }

  async start(address: Address): Promise<string> {
    const bound = await listen(this.server, address, Number.parseInt(this.house.settings.unix_mode, 8))
    watchErrors(this.server, this.house.site)
    return bound
  }

  /** Resolves when everything that came is with the outlet. */
  async finish(): Promise<void> {
    const closed = closeServer(this.server)
    for (const socket of this.connections.keys()) {
      socket.end()
      setTimeout(() => socket.destroy(), LAST_READ_MS)
    }
    await Promise.all(this.connections.values())
    this.drop()
    await closed
  }

  drop(): void {
    for (const socket of this.sockets) socket.destroy()
    for (const socket of this.connections.keys()) socket.destroy()
  }

  private async serve(socket: Socket): Promise<void> {
    const { site, settings, outlet } = this.house
    const peer = socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress)
    const about = { peer: peerOf(socket) }
    // What comes after the loop below has ended is of no interest.
    socket.on('error', () => {})
    const collected = new Collected(this.house)
    const framing = new Framing(settings.message_bytes_max, {
      message: (bytes, start, end) => collected.add(bytes, start, end, peer),
      tooLong: (size) => collected.addTooLong(size, peer),
    })
    try {
      for await (const chunk of socket as AsyncIterable<Uint8Array>) {
        const isReadable = framing.push(chunk)
        collected.deliver()
        if (!isReadable) {
          site.emit('warn', 'malformed_stream', 'A connection was closed: no length stands where one must', about)
          break
        }
        await outlet.room()
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      site.emit('debug', 'connection_error', 'A connection failed', { ...about, code })
    }
    if (!framing.end()) site.emit('info', 'cut_off', 'A connection ended within a message, which is left out', about)
    collected.deliver()
    socket.destroy()
  }
}

/** IPv4 in IPv6 is IPv4 to everybody who reads it. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
