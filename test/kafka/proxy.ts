// Stands between a client and a real broker, passes what they say on, and can spoil chosen requests: the faults that a
// network and a cluster have, at the moment at which they hurt. It knows of requests their header, and nothing else.
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Numbers of the protocol. */
export const API = { produce: 0, addOffsets: 25, endTransaction: 26 } as const
type Api = (typeof API)[keyof typeof API]

/**
 * `cut`: the connection goes before the broker has the request; `mute`: after that, before the client has the answer.
 * `refuse`: the broker never hears of it, and the client gets this error of the protocol. `fail`: the broker has done
 * it, and the client hears of this error.
 */
export type Fault =
  | { readonly api: Api; readonly what: 'cut' | 'mute' }
  | { readonly api: typeof API.addOffsets | typeof API.endTransaction; readonly what: 'refuse'; readonly error: number }
  | { readonly api: typeof API.produce; readonly what: 'fail'; readonly error: number }

export class SpoilingProxy {
  /** Faults that are still to come, one for each request of its kind. */
  private readonly faults: Fault[] = []
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  /** How many of those that were asked for last have happened. */
  done = 0

  private constructor(port: number) {
    this.server = createServer((client) => this.serve(client, connect(port, '127.0.0.1')))
  }

  static async start(port: number, broker: number): Promise<SpoilingProxy> {
    const proxy = new SpoilingProxy(broker)
    await new Promise<void>((resolve) => proxy.server.listen(port, '127.0.0.1', resolve))
    return proxy
  }

  /** The next requests of that kind, so many of them. */
  spoil(fault: Fault, times = 1): void {
    this.done = 0
    for (let n = 0; n < times; n++) this.faults.push(fault)
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private serve(client: Socket, broker: Socket): void {
    /** Answers that are not to arrive as they are, by the correlation id of their request. */
    const spoiled = new Map<number, Fault>()
    const end = () => {
      client.destroy()
      broker.destroy()
    }
    for (const socket of [client, broker]) {
      this.sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    const requests = framesOf((frame) => {
      const [api, id] = [frame.readInt16BE(4), frame.readInt32BE(8)]
      const fault = this.next(api)
      if (fault?.what === 'cut') return end()
      if (fault?.what === 'refuse') return void client.write(refusal(id, fault.error))
      if (fault !== undefined) spoiled.set(id, fault)
      broker.write(frame)
    })
    const answers = framesOf((frame) => {
      const fault = spoiled.get(frame.readInt32BE(4))
      if (fault?.what === 'mute') return end()
      if (fault?.what === 'fail') fail(frame, fault.error)
      client.write(frame)
    })
    client.on('data', requests)
    broker.on('data', answers)
  }

  private next(api: number): Fault | undefined {
    const at = this.faults.findIndex((fault) => fault.api === api)
    if (at < 0) return undefined
    this.done++
    return this.faults.splice(at, 1)[0]
  }
}

/** Cuts a stream into frames, each with the four bytes of its size. */
function framesOf(take: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}

/** Size, correlation id, throttle time, error: the answer of both requests. */
function refusal(id: number, error: number): Buffer {
  const answer = Buffer.alloc(14)
  answer.writeInt32BE(10, 0)
  answer.writeInt32BE(id, 4)
  answer.writeInt16BE(error, 12)
  return answer
}

/** Puts an error in the answer to a produce request, behind size, id, topics, name, partitions, index of the first. */
function fail(answer: Buffer, error: number): void {
  const name = 4 + 4 + 4
  answer.writeInt16BE(error, name + 2 + answer.readInt16BE(name) + 4 + 4)
}
