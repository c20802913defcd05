// A datagram a message. Nobody learns whether it arrived: only that nobody listens there at all, when the other machine
// says so.
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { SinkError } from '../../core/errors.ts'
import { type Address, formatAddress } from '../../net/address.ts'

export class Datagrams {
  readonly #address: Address & { kind: 'tcp' }
  #opening: Promise<Socket> | null = null
  #closed = false
  /** What the other machine said since the last send. */
  #failure: NodeJS.ErrnoException | null = null

  constructor(address: Address & { kind: 'tcp' }) {
    this.#address = address
  }

  /** Resolves when the system has taken every datagram. */
  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const socket = await this.#open()
    for (const message of messages) {
      if (signal.aborted) throw new SinkError('SINK_TIMEOUT', 'given up before it was sent', true)
      if (this.#failure !== null) break
      await new Promise<void>((resolve) => {
        socket.send(message, (error) => {
          this.#failure ??= error
          resolve()
        })
      })
    }
    if (this.#failure === null) return
    const failure = this.#failure
    this.#failure = null
    // What is too large for the way there stays so; everything else may be over a moment later.
    throw this.#error(failure, failure.code !== 'EMSGSIZE')
  }

  async close(_signal: AbortSignal): Promise<void> {
    this.#closed = true
    const socket = await this.#opening?.catch(() => null)
    if (socket) await new Promise<void>((resolve) => socket.close(resolve))
    this.#opening = null
  }

  #open(): Promise<Socket> {
    if (this.#closed) return Promise.reject(new SinkError('SINK_CLOSED', 'syslog', true))
    this.#opening ??= this.#connect().catch((error: NodeJS.ErrnoException) => {
      this.#opening = null
      throw this.#error(error, true)
    })
    return this.#opening
  }

  /** Connected: the name is looked up once, and the system tells us of a closed port. */
  #connect(): Promise<Socket> {
    const { host, port } = this.#address
    return new Promise((resolve, reject) => {
      const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
      socket.unref()
      const failed = (error: Error): void => {
        socket.close()
        reject(error)
      }
      socket.once('error', failed)
      const connected = (error?: Error): void => {
        socket.off('error', failed)
        socket.on('error', (later) => {
          this.#failure = later
        })
        // A name that is not found is told here, which the types do not say.
        if (error) failed(error)
        else resolve(socket)
      }
      socket.connect(port, host, connected)
    })
  }

  #error(cause: NodeJS.ErrnoException, retryable: boolean): SinkError {
    const detail = `${formatAddress(this.#address)} (${cause.code ?? 'failed'})`
    return new SinkError(retryable ? 'SINK_UNREACHABLE' : 'SINK_REFUSED', detail, retryable, cause)
  }
}
