// One connection to a forward server: dials, shakes hands, writes chunks and matches acks to them by their token.
// When anything goes wrong on it, it is closed, and every chunk on it fails: it never goes on after a doubt.
//
//   Ack ::= { "ack": chunk id }
import { randomBytes } from 'node:crypto'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type ErrorCode, SinkError } from '../../core/errors.ts'
import { type Address, formatAddress } from '../../net/address.ts'
import { encodePing, type Helo, keyDigest, readHelo, readPong, sameDigest } from '../../net/handshake.ts'
import { headBytes, isArray, isMap, members, rawText, SHORT, skipValue } from '../../net/msgpack.ts'
import type { ForwardSettings } from './settings.ts'

/** What a server sends is small: handshake messages and acks. More without an end is no server of this protocol. */
const ANSWER_BYTES_MAX = 64 * 1024

interface Waiting {
  readonly timer: NodeJS.Timeout
  resolve(): void
  reject(reason: SinkError): void
}

type State = 'dialling' | 'helo' | 'pong' | 'open' | 'closed'

export class Connection {
  readonly address: Address
  private readonly settings: ForwardSettings
  private readonly socket: Socket
  private readonly waiting = new Map<string, Waiting>()
  /** Hex, because servers written in JavaScript read a str as UTF-8. */
  private readonly salt = Buffer.from(randomBytes(16).toString('hex'))
  private state: State = 'dialling'
  private helo: Helo | null = null
  private received: Buffer = Buffer.alloc(0)
  private used = false
  private failure: SinkError | null = null
  private opened: { resolve(): void; reject(reason: SinkError): void } | null = null
  private timer: NodeJS.Timeout | undefined
  private onClose: () => void = () => {}

  constructor(address: Address, settings: ForwardSettings, tls: ConnectionOptions | null) {
    this.address = address
    this.settings = settings
    this.socket = dial(address, tls)
    this.socket.setNoDelay(true)
    this.socket.setKeepAlive(true, 60_000)
    this.socket.on(tls === null ? 'connect' : 'secureConnect', () => this.connected())
    this.socket.on('data', (bytes) => this.receive(bytes))
    this.socket.on('error', (error: NodeJS.ErrnoException) =>
      this.fail('SINK_UNREACHABLE', error.code ?? 'failed', error),
    )
    this.socket.on('close', () => this.closed())
  }

  get usable(): boolean {
    return this.state === 'open'
  }

  /** Resolves when chunks may be sent. `onClose` is called once, when the connection is of no more use. */
  open(onClose: () => void): Promise<void> {
    this.onClose = onClose
    this.timer = setTimeout(() => this.fail('SINK_TIMEOUT', 'not connected in time'), this.settings.connect_timeout_ms)
    return new Promise((resolve, reject) => {
      this.opened = { resolve, reject }
    })
  }

  /** Resolves with the ack of `token`, or when the bytes are written if no ack is wanted. */
  send(parts: readonly Uint8Array[], token: string): Promise<void> {
    clearTimeout(this.timer)
    this.used = true
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail('SINK_TIMEOUT', 'no ack in time'), this.settings.ack_timeout_ms)
      if (this.failure !== null || this.waiting.has(token)) {
        clearTimeout(timer)
        reject(this.failure ?? this.error('INTERNAL', 'a chunk is sent twice at once'))
        return
      }
      this.waiting.set(token, { timer, resolve, reject })
      this.socket.cork()
      for (const [at, part] of parts.entries()) {
        const last = at === parts.length - 1
        this.socket.write(part, (error) => {
          if (last && !error && !this.settings.require_ack) this.settle(token)
        })
      }
      this.socket.uncork()
    })
  }

  /** Lets go of it: what still waits fails. */
  close(): void {
    this.fail('SINK_CLOSED', 'the connection was closed')
  }

  private connected(): void {
    if (this.settings.shared_key === undefined || this.address.kind === 'unix') this.ready()
    else this.state = 'helo'
  }

  private ready(): void {
    this.state = 'open'
    clearTimeout(this.timer)
    this.opened?.resolve()
    this.rest()
  }

  private receive(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes])
    while (this.received.length > 0 && this.failure === null) {
      const end = skipValue(this.received, 0, this.received.length)
      if (end === SHORT && this.received.length <= ANSWER_BYTES_MAX) return
      if (end < 0) {
        this.fail('SINK_REFUSED', 'the answer is not of the forward protocol')
        return
      }
      const value = this.received.subarray(0, end)
      this.received = this.received.subarray(end)
      if (this.state === 'helo') this.takeHelo(value)
      else if (this.state === 'pong') this.takePong(value)
      else this.takeAck(value)
    }
  }

  private takeHelo(value: Buffer): void {
    const { shared_key = '', username, password, client_name } = this.settings
    this.helo = readHelo(value)
    if (this.helo === null) {
      this.fail('AUTH_FAILED', 'the server did not begin with HELO')
      return
    }
    const own = { hostname: client_name, sharedKey: shared_key, username, password }
    this.state = 'pong'
    this.socket.write(encodePing(this.helo, own, this.salt))
  }

  private takePong(value: Buffer): void {
    const refusal = this.refusalOf(value)
    if (refusal === null) this.ready()
    else this.fail('AUTH_FAILED', refusal)
  }

  /** Why the PONG is not good enough, or null. Without the digest anybody who listens there would be given the logs. */
  private refusalOf(value: Buffer): string | null {
    const pong = readPong(value)
    if (pong === null) return 'the server did not answer with PONG'
    if (!pong.accepted) return 'the server refused shared_key, username or password'
    const name = Buffer.from(pong.hostname).toString()
    if (name === this.settings.client_name) return 'the server has our own name: change client_name'
    const nonce = this.helo?.nonce ?? this.salt
    const expected = keyDigest(this.salt, pong.hostname, nonce, this.settings.shared_key ?? '')
    return sameDigest(pong.digest, expected) ? null : 'the server does not know the shared_key'
  }

  private takeAck(value: Buffer): void {
    const token = ackToken(value)
    if (isArray(value[0])) this.fail('AUTH_FAILED', 'the server wants a handshake: set shared_key')
    else if (token === null || !this.waiting.has(token)) this.fail('SINK_REFUSED', 'an ack for no chunk of ours')
    else this.settle(token)
  }

  private settle(token: string): void {
    const waiting = this.waiting.get(token)
    if (waiting === undefined) return
    this.waiting.delete(token)
    clearTimeout(waiting.timer)
    waiting.resolve()
    if (this.waiting.size === 0) this.rest()
  }

  /** Nothing is under way: a server that keeps no connection alive is left at once, another one after a while. */
  private rest(): void {
    clearTimeout(this.timer)
    const wait_ms = this.helo?.keepalive === false && this.used ? 0 : this.settings.idle_timeout_ms
    this.timer = setTimeout(() => this.close(), wait_ms)
    this.timer.unref()
  }

  private fail(code: ErrorCode, detail: string, cause?: unknown): void {
    if (this.failure !== null) return
    this.failure = this.error(code, detail, cause)
    this.socket.destroy()
    this.closed()
  }

  private closed(): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    clearTimeout(this.timer)
    this.failure ??= this.error('SINK_UNREACHABLE', 'the server closed the connection')
    this.opened?.reject(this.failure)
    for (const { timer, reject } of this.waiting.values()) {
      clearTimeout(timer)
      reject(this.failure)
    }
    this.waiting.clear()
    this.onClose()
  }

  private error(code: ErrorCode, detail: string, cause?: unknown): SinkError {
    return new SinkError(code, `${formatAddress(this.address)} (${detail})`, true, cause)
  }
}

function dial(address: Address, tls: ConnectionOptions | null): Socket {
  const to = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
  if (tls === null) return connect(to)
  const named = address.kind === 'tcp' && isIP(address.host) === 0 ? { servername: address.host } : {}
  return connectTls({ ...named, ...tls, ...to })
}

function ackToken(value: Buffer): string | null {
  if (!isMap(value[0])) return null
  let at = headBytes(value[0])
  for (let pairs = members(value, 0) / 2; pairs > 0; pairs--) {
    const content = skipValue(value, at, value.length)
    const key = rawText(value, at)
    if (key !== null && Buffer.from(key).toString('latin1') === 'ack') {
      const token = rawText(value, content)
      return token === null ? null : Buffer.from(token).toString('latin1')
    }
    at = skipValue(value, content, value.length)
  }
  return null
}
