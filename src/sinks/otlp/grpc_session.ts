// The HTTP/2 connection of a gRPC sink: opened when it is needed, given up when the receiver says so or is silent. It
// knows no requests; whoever has one asks for the session that is usable now.
import { type ClientHttp2Session, connect, type SecureClientSessionOptions } from 'node:http2'
import type { ConnectionOptions } from 'node:tls'
import { unreachable } from '../../net/http_verdict.ts'

/** An answer to a ping takes no longer, else nobody is there. */
const PING_MS = 5000
/** What the receiver may send before we have read it: its answers are small. */
const WINDOW_BYTES = 1024 * 1024
const KEEPALIVE_MS = 60_000

export class GrpcSession {
  private readonly origin: string
  private readonly tls: ConnectionOptions | null
  private readonly timeout_ms: number
  private session: ClientHttp2Session | null = null
  private opening: Promise<ClientHttp2Session> | null = null
  private closed = false

  constructor(origin: string, tls: ConnectionOptions | null, timeout_ms: number) {
    this.origin = origin
    this.tls = tls
    this.timeout_ms = timeout_ms
  }

  /** Rejects with a SinkError when nobody can be reached. */
  get(): Promise<ClientHttp2Session> {
    const { session } = this
    // After GOAWAY it is closed, though its last streams go on.
    if (session !== null && !session.closed && !session.destroyed) return Promise.resolve(session)
    this.opening ??= this.open().finally(() => {
      this.opening = null
    })
    return this.opening
  }

  /** Called after a timeout: a connection that lost its other end looks like a receiver that is slow. */
  doubt(session: ClientHttp2Session): void {
    if (session.closed || session.destroyed) return
    const giveUp = setTimeout(() => session.destroy(), PING_MS)
    session.once('close', () => clearTimeout(giveUp))
    if (!session.ping(() => clearTimeout(giveUp))) session.destroy()
  }

  close(): void {
    this.closed = true
    this.session?.destroy()
  }

  private open(): Promise<ClientHttp2Session> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(unreachable('closed'))
        return
      }
      const settings = { enablePush: false, initialWindowSize: WINDOW_BYTES }
      // Options of node:net go through it, though its types do not say so.
      const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS, noDelay: true }
      const session = connect(this.origin, { ...keepAlive, ...this.tls, settings } as SecureClientSessionOptions)
      const late = setTimeout(() => session.destroy(), this.timeout_ms)
      let reason = 'ETIMEDOUT'
      // Errors later on end the streams, which say so themselves.
      session.on('error', (error: NodeJS.ErrnoException) => {
        reason = error.code ?? 'unknown'
      })
      session.once('close', () => {
        clearTimeout(late)
        reject(unreachable(reason))
      })
      session.once('connect', () => {
        clearTimeout(late)
        this.session = session
        if (this.closed) session.destroy()
        resolve(session)
      })
    })
  }
}
