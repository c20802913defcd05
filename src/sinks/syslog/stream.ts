// One connection to a syslog server, over TCP, TLS or a Unix socket. Nobody acknowledges a message: a batch counts as
// stored when the operating system has taken it. A server that closes may have read what came before, or not; so a
// connection that ends is told, and what was not taken then is sent again.
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type ErrorCode, SinkError } from '../../core/errors.ts'
import { type Address, formatAddress } from '../../net/address.ts'
import { framed } from './message.ts'
import type { SyslogSettings } from './settings.ts'

/**
 * After a TLS handshake, before the first message. With TLS 1.3 a client is done before the server has looked at its
 * certificate: a server that does not like it closes then, and what was written meanwhile would be lost.
 */
const SECOND_THOUGHTS_MS = 200
/** For a server to read to the end and close. */
const FAREWELL_MS = 2_000

export class Stream {
  readonly #settings: SyslogSettings
  readonly #address: Address
  readonly #tls: ConnectionOptions | null
  readonly #lost: () => void
  #opening: Promise<Socket> | null = null
  #socket: Socket | null = null
  #closed = false

  /** `lost` is called when an open connection ends without us. */
  constructor(settings: SyslogSettings, address: Address, tls: ConnectionOptions | null, lost: () => void) {
    this.#settings = settings
    this.#address = address
    this.#tls = tls
    this.#lost = lost
  }

  /** Resolves when the system has taken every byte. */
  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const socket = await this.#open()
    if (signal.aborted) throw this.#error('SINK_TIMEOUT', 'given up before it was sent')
    await new Promise<void>((resolve, reject) => {
      const { write_timeout_ms } = this.#settings
      // Half a message may be out: nothing else can follow it on this connection.
      const giveUp = (detail: string) => () => socket.destroy(this.#error('SINK_TIMEOUT', detail))
      const abort = giveUp('given up before it was taken')
      const timer = setTimeout(giveUp('it was not taken in time'), write_timeout_ms)
      const failed = (): void => settle(() => reject(this.#asSinkError(socket.errored)))
      const settle = (finish: () => void): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        socket.off('close', failed)
        finish()
      }
      signal.addEventListener('abort', abort, { once: true })
      socket.once('close', failed)
      socket.write(framed(messages, this.#settings.framing), (error) => {
        // What was under way when a socket was destroyed is called back without an error.
        if (error || socket.destroyed) settle(() => reject(this.#asSinkError(socket.errored ?? error ?? null)))
        else settle(resolve)
      })
    })
  }

  /** Sends of which nobody waits for the end any more are cut off when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closed = true
    const socket = this.#socket
    if (socket === null) return
    await new Promise<void>((resolve) => {
      const stop = (): void => void socket.destroy()
      const timer = setTimeout(stop, FAREWELL_MS)
      socket.once('close', () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        resolve()
      })
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted || socket.connecting) stop()
      // The server closes when it has read all; who resets the connection before makes it forget what it has not read.
      else socket.end()
    })
  }

  #open(): Promise<Socket> {
    if (this.#closed) return Promise.reject(new SinkError('SINK_CLOSED', 'syslog', true))
    this.#opening ??= this.#dial().catch((error: unknown) => {
      this.#opening = null
      throw error
    })
    return this.#opening
  }

  #dial(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = dial(this.#address, this.#tls)
      this.#socket = socket
      let opened = false
      let failure: Error | null = null
      const late = this.#error('SINK_TIMEOUT', 'not connected in time')
      let timer = setTimeout(() => socket.destroy(late), this.#settings.connect_timeout_ms)
      socket.setNoDelay(true)
      // Every send that is under way listens to it.
      socket.setMaxListeners(0)
      socket.setKeepAlive(true, 60_000)
      // Whatever a server says is no syslog. Unread it would hide that the server has closed.
      socket.resume()
      socket.once('end', () => socket.destroy())
      socket.on('error', (error) => {
        failure = error
      })
      socket.once('close', () => {
        clearTimeout(timer)
        this.#socket = null
        if (!opened) return reject(this.#asSinkError(failure))
        this.#opening = null
        if (!this.#closed) this.#lost()
      })
      const open = (): void => {
        opened = true
        resolve(socket)
      }
      socket.once(this.#tls === null ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer)
        if (this.#tls === null) open()
        else timer = setTimeout(open, SECOND_THOUGHTS_MS)
      })
    })
  }

  #asSinkError(error: Error | null): SinkError {
    if (error instanceof SinkError) return error
    const code = (error as NodeJS.ErrnoException | null)?.code
    return this.#error('SINK_UNREACHABLE', code ?? 'the server closed the connection', error)
  }

  #error(code: ErrorCode, detail: string, cause?: unknown): SinkError {
    return new SinkError(code, `${formatAddress(this.#address)} (${detail})`, true, cause ?? undefined)
  }
}

function dial(address: Address, tls: ConnectionOptions | null): Socket {
  const to = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
  if (tls === null) return connect(to)
  const named = address.kind === 'tcp' && isIP(address.host) === 0 ? { servername: address.host } : {}
  return connectTls({ ...named, ...tls, ...to })
}
