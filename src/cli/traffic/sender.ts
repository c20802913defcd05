// A forward client with acknowledgements, for made-up traffic: sends chunks over one connection, times every
// acknowledgement, and sends again what was not acknowledged when the connection breaks.
import { connect, type Socket } from 'node:net'
import { headBytes, members, rawText, skipValue } from '../../net/msgpack.ts'
import { type Chunk, encodeOptions } from './encode.ts'

const RECONNECT_MS = 100

export interface Target {
  readonly host: string
  readonly port: number
}

interface Waiting {
  readonly chunk: Chunk
  readonly id: string
  readonly began_ms: number
  resolve(ack_ms: number): void
}

export class Sender {
  /** Ids of chunks that were sent more than once. */
  readonly resent = new Set<string>()
  private readonly target: Target
  private readonly name: string
  private readonly waiting = new Map<string, Waiting>()
  private socket: Socket | null = null
  private received: Buffer = Buffer.alloc(0)
  private serial = 0
  private closed = false
  private drained: (() => void) | null = null

  /** `name` begins the ids of its chunks. */
  constructor(target: Target, name: string) {
    this.target = target
    this.name = name
  }

  /** Chunks that wait for their acknowledgement. */
  get unacknowledged(): number {
    return this.waiting.size
  }

  start(): void {
    const socket = connect({ ...this.target, noDelay: true })
    this.socket = socket
    this.received = Buffer.alloc(0)
    socket.on('data', (bytes) => this.take(bytes))
    socket.on('drain', () => this.drained?.())
    // The close that follows an error is what counts.
    socket.on('error', () => {})
    socket.once('connect', () => {
      for (const one of this.waiting.values()) this.write(one)
    })
    socket.once('close', () => this.lost(socket))
  }

  /** Resolves with the milliseconds from here to the acknowledgement. Begins the next chunk id. */
  send(chunk: Chunk): Promise<number> {
    const id = `${this.name}-${this.serial++}`
    return new Promise((resolve) => {
      const one = { chunk, id, began_ms: performance.now(), resolve }
      this.waiting.set(id, one)
      if (this.socket?.readyState === 'open') this.write(one)
    })
  }

  /** Resolves when the socket takes more; at once when it does already. */
  room(): Promise<void> {
    if (!this.socket?.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      this.drained = resolve
    })
  }

  close(): void {
    this.closed = true
    this.socket?.destroy()
  }

  private write({ chunk, id }: Waiting): void {
    this.socket?.cork()
    this.socket?.write(chunk.head)
    this.socket?.write(encodeOptions(chunk, id))
    this.socket?.uncork()
  }

  private lost(socket: Socket): void {
    this.drained?.()
    if (this.closed || socket !== this.socket) return
    this.socket = null
    for (const id of this.waiting.keys()) this.resent.add(id)
    setTimeout(() => this.start(), RECONNECT_MS)
  }

  /** `{"ack": id}`, one after the other. */
  private take(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes])
    let at = 0
    for (;;) {
      const end = skipValue(this.received, at, this.received.length)
      if (end < 0) break
      this.acknowledged(at)
      at = end
    }
    this.received = this.received.subarray(at)
  }

  private acknowledged(at: number): void {
    const first = at + headBytes(this.received[at])
    if (members(this.received, at) !== 2) return
    const id = Buffer.from(
      rawText(this.received, skipValue(this.received, first, this.received.length)) ?? [],
    ).toString()
    const one = this.waiting.get(id)
    if (one === undefined) return
    this.waiting.delete(id)
    one.resolve(performance.now() - one.began_ms)
  }
}
