// A forward server for measurements and proofs: takes whole messages, hands them on unread and acknowledges them. It
// can be slow on purpose, and it can be closed and opened again on the same port, as if its host had been restarted.
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from '@msgpack/msgpack'
import { release } from '../../core/release.ts'
import { headBytes, isMap, members, rawText, skipValue } from '../../net/msgpack.ts'

export interface ReceiverOptions {
  /** Called with each whole message before its acknowledgement; the bytes are only lent. */
  onMessage?(message: Uint8Array, chunk: string | null): void
  /** At most so many bytes per second; absent: as fast as they come. */
  readonly bytes_per_s?: number
}

const FIRST_BYTES = 256 * 1024

export class Receiver {
  messages = 0
  bytes = 0
  port = 0
  private readonly options: ReceiverOptions
  private server: Server | null = null
  private readonly sockets = new Set<Socket>()
  /** When the budget of a slow receiver is used up until. */
  private free_ms = 0

  constructor(options: ReceiverOptions = {}) {
    this.options = options
  }

  /** Listens on the port of the last time, or on a free one. */
  async open(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    const bound = server.address()
    if (bound !== null && typeof bound === 'object') this.port = bound.port
    this.server = server
  }

  /** Ends every connection at once, whatever is under way in it. */
  async close(): Promise<void> {
    const server = this.server
    this.server = null
    for (const socket of this.sockets) socket.destroy()
    if (server !== null) await new Promise((resolve) => server.close(resolve))
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    socket.on('error', () => {})
    let held: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
    let used = 0
    socket.on('data', (bytes) => {
      if (used + bytes.length > held.length) {
        const bigger = Buffer.allocUnsafe(Math.max(held.length * 2, used + bytes.length))
        held.copy(bigger, 0, 0, used)
        held = bigger
      }
      const { length } = bytes
      bytes.copy(held, used)
      used += length
      // It shares the machine with what is measured: no garbage, and no byte is moved that need not be.
      release(bytes)
      const at = this.takeMessages(socket, held, used)
      if (at > 0) held.copyWithin(0, at, used)
      used -= at
      void this.slowDown(socket, length)
    })
  }

  /** Returns where the rest begins that is no whole message yet. */
  private takeMessages(socket: Socket, held: Buffer, used: number): number {
    let at = 0
    for (;;) {
      const end = skipValue(held, at, used)
      if (end < 0) return at
      const chunk = chunkOf(held, at, end)
      this.messages++
      this.bytes += end - at
      this.options.onMessage?.(held.subarray(at, end), chunk)
      if (chunk !== null) socket.write(encode({ ack: chunk }))
      at = end
    }
  }

  private async slowDown(socket: Socket, bytes: number): Promise<void> {
    const { bytes_per_s } = this.options
    if (bytes_per_s === undefined) return
    const now = performance.now()
    this.free_ms = Math.max(this.free_ms, now) + (bytes / bytes_per_s) * 1000
    socket.pause()
    await sleep(this.free_ms - now)
    if (!socket.destroyed) socket.resume()
  }
}

/** The option `chunk` of the message at [at, end), or null. */
function chunkOf(bytes: Uint8Array, at: number, end: number): string | null {
  let last = at + headBytes(bytes[at])
  for (let left = members(bytes, at) - 1; left > 0; left--) last = skipValue(bytes, last, end)
  if (!isMap(bytes[last])) return null
  let key = last + headBytes(bytes[last])
  for (let pairs = members(bytes, last) / 2; pairs > 0; pairs--) {
    const value = skipValue(bytes, key, end)
    if (Buffer.from(rawText(bytes, key) ?? []).toString() === 'chunk') {
      return Buffer.from(rawText(bytes, value) ?? []).toString()
    }
    key = skipValue(bytes, value, end)
  }
  return null
}
