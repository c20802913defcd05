// A forward server made by hand, whose manners a test decides: what it answers to each chunk, and when it hangs up.
import { createServer, type Server, type Socket } from 'node:net'
import { decode, decodeMulti, encode } from '@msgpack/msgpack'
import { onTestFinished } from 'vitest'
import { skipValue } from '../../src/net/msgpack.ts'

export interface Received {
  readonly tag: string
  readonly events: Uint8Array
  readonly options: Record<string, unknown>
  /** Number of the connection, from 0. */
  readonly connection: number
}

/** Answers the chunk, or does not. `ack` sends the ack of any chunk. */
export type Manner = (received: Received, socket: Socket, ack: (chunk: unknown) => void) => void

export const polite: Manner = (received, _socket, ack) => ack(received.options.chunk)

export interface Receiver {
  readonly address: string
  readonly received: Received[]
  readonly sockets: Socket[]
  manner: Manner
  close(): Promise<void>
}

export async function receiver(manner: Manner = polite, listen: string | number = 0): Promise<Receiver> {
  const made = { received: [] as Received[], sockets: [] as Socket[], manner, address: '', close: () => closed(server) }
  const server = createServer((socket) => {
    const connection = made.sockets.push(socket) - 1
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part])
      // No chunk: the first byte of a TLS handshake.
      if (bytes[0] === 0x16) return
      for (;;) {
        const end = skipValue(bytes, 0, bytes.length)
        if (end < 0) return
        const message = decode(bytes.subarray(0, end))
        bytes = bytes.subarray(end)
        const [tag, events, options] = message as [string, Uint8Array, Record<string, unknown>]
        const received = { tag, events: new Uint8Array(events), options, connection }
        made.received.push(received)
        made.manner(received, socket, (chunk) => socket.write(encode({ ack: chunk })))
      }
    })
  })
  const closed = (closing: Server) =>
    new Promise<void>((resolve) => {
      closing.close(() => resolve())
      for (const socket of made.sockets) socket.destroy()
    })
  await new Promise<void>((resolve) => server.listen(listen, resolve))
  const bound = server.address()
  made.address = typeof bound === 'string' ? `unix:${bound}` : `127.0.0.1:${bound?.port}`
  onTestFinished(() => (server.listening ? closed(server) : undefined))
  return made
}

export function eventsOf(received: Received): unknown[] {
  return [...decodeMulti(received.events)]
}

/** The frame form of core/batch.ts. */
export function frame(tag: string, events: readonly unknown[], options?: unknown): Uint8Array {
  const packed = Buffer.concat(events.map((event) => encode(event)))
  const head = Buffer.alloc(5, 0xc6)
  head.writeUInt32BE(packed.length, 1)
  const tail = options === undefined ? [] : [encode(options)]
  return Buffer.concat([Buffer.of(options === undefined ? 0x92 : 0x93), encode(tag), head, packed, ...tail])
}
