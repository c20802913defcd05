// The source for Fluent Bit, fluentd, Docker and the fluent loggers: listens, and gives each client a Connection.
// What a client may say is in forward/request.ts; what becomes of it in wire/forward_frame.ts.
import { randomBytes } from 'node:crypto'
import type { Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { type Address, addressOf } from '../net/address.ts'
import { closeServer, listen } from '../net/listen.ts'
import { loadServerTls } from '../net/tls.ts'
import { AssemblyBudget } from './forward/assembly.ts'
import { Connection, type House } from './forward/connection.ts'
import { type Credentials, Gate } from './forward/gate.ts'
import { openHeartbeat } from './forward/heartbeat.ts'
import { Inflate } from './forward/inflate.ts'
import { type ForwardSettings, forwardSettings } from './forward/settings.ts'

export const forward: SourceSpec<ForwardSettings> = {
  type: 'forward',
  summary: 'Takes logs from Fluent Bit, fluentd, Docker and fluent loggers (Fluent Forward protocol v1 and v1.5).',
  settings: forwardSettings,
  example: { type: 'forward', listen: '127.0.0.1:24224' },
  create: (settings, site) => new ForwardSource(settings, site),
}

class ForwardSource implements Source {
  addresses: readonly string[] = []
  private readonly settings: ForwardSettings
  private readonly site: SourceSite
  private readonly address: Address
  private readonly credentials: Credentials | null
  private readonly house: House
  private readonly connections = new Set<Connection>()
  /** Every TCP connection, also those that are still in the TLS handshake. */
  private readonly sockets = new Set<Socket>()
  private server: Server | null = null
  private heartbeat: UdpSocket | null = null
  private sweep: NodeJS.Timeout | undefined
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: ForwardSettings, site: SourceSite) {
    this.settings = settings
    this.site = site
    this.address = addressOf(settings.listen)
    this.credentials = this.address.kind === 'unix' ? null : credentialsOf(settings)
    this.house = {
      site,
      settings,
      budget: new AssemblyBudget(settings.assembly_bytes_max),
      inflate: new Inflate(site, settings.decompressed_bytes_max),
      clock: systemClock,
    }
  }

  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    const dropAll = (): void => {
      for (const connection of this.connections) connection.drop()
    }
    if (signal.aborted) dropAll()
    else signal.addEventListener('abort', dropAll, { once: true })
    this.stopping ??= this.shut(signal)
    return this.stopping.finally(() => signal.removeEventListener('abort', dropAll))
  }

  private async open(): Promise<void> {
    const { settings, address } = this
    if (this.stopping !== null) throw new LogveilError('STOPPING', `${settings.listen} was stopped before it started`)
    const tls = settings.tls === undefined ? null : await loadServerTls(settings.tls)
    const server = this.newServer(tls)
    const bound = await listen(server, address, Number.parseInt(settings.unix_mode, 8))
    this.server = server
    server.on('error', (error: NodeJS.ErrnoException) => {
      this.site.emit('error', 'accept_failed', 'A connection could not be accepted', { code: error.code })
    })
    this.addresses = [bound]
    if (settings.udp_heartbeat && address.kind === 'tcp') {
      const at = addressOf(bound)
      if (at.kind === 'tcp') this.heartbeat = await openHeartbeat(at.host, at.port, this.site)
    }
    const shortest_ms = Math.min(settings.handshake_timeout_ms, settings.frame_timeout_ms)
    this.sweep = setInterval(() => this.checkTimes(), Math.min(1000, Math.max(20, shortest_ms / 4)))
    this.sweep.unref()
    this.site.emit('info', 'listening', 'Listening for the forward protocol', { address: bound })
  }

  private newServer(tls: TlsOptions | null): Server {
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
    const server =
      tls === null
        ? createServer(options)
        : createTlsServer({ ...options, ...tls, handshakeTimeout: this.settings.handshake_timeout_ms })
    server.maxConnections = this.settings.connections_max
    server.on('drop', () => {
      this.site.emit('warn', 'connections_full', 'A connection over connections_max was closed')
    })
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    })
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      socket.destroy()
      // A health probe opens and closes; anything else is a client that will never get in as it is.
      const level = error.code === 'ECONNRESET' ? 'debug' : 'warn'
      this.site.emit(level, 'tls_failed', 'A client did not get through the TLS handshake', { code: error.code })
    })
    server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => this.accept(socket))
    return server
  }

  private accept(socket: Socket): void {
    const peer = socket.remoteAddress === undefined ? 'unix' : `${socket.remoteAddress}:${socket.remotePort}`
    const gate = this.credentials === null ? null : new Gate(this.credentials)
    const connection = new Connection(socket, peer, gate, this.house)
    this.connections.add(connection)
    void connection.closed.then(() => this.connections.delete(connection))
    connection.start()
  }

  private checkTimes(): void {
    const now_ms = this.house.clock.steady_ms()
    for (const connection of this.connections) connection.checkTime(now_ms)
  }

  private async shut(signal: AbortSignal): Promise<void> {
    // A start that failed has said so to its caller; what it opened is closed here all the same.
    await this.starting?.catch(() => {})
    if (this.server === null) return
    const closed = closeServer(this.server)
    this.heartbeat?.close()
    for (const connection of this.connections) signal.aborted ? connection.drop() : connection.finish()
    await Promise.all([...this.connections].map((connection) => connection.closed))
    clearInterval(this.sweep)
    for (const socket of this.sockets) socket.destroy()
    await closed
  }
}

function credentialsOf(settings: ForwardSettings): Credentials | null {
  if (settings.shared_key === undefined) return null
  return {
    sharedKey: settings.shared_key,
    users: new Map(settings.users.map(({ username, password }) => [username, password])),
    // Clients refuse a server of their own name, and `localhost` is what Fluent Bit calls itself.
    serverName: settings.server_name ?? `logveil-${randomBytes(6).toString('hex')}`,
  }
}
