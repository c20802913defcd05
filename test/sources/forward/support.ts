// A forward source on a free port with a pipeline that only collects, and an independent decoder of what it delivers.
import { connect, type Socket } from 'node:net'
import { decode, decodeMulti, encode } from '@msgpack/msgpack'
import type { Batch } from '../../../src/core/batch.ts'
import type { Source, SourceSite } from '../../../src/core/component.ts'
import { addressOf } from '../../../src/net/address.ts'
import { forward } from '../../../src/sources/forward.ts'

export interface Seen {
  tag: string
  /** Time or `[time, metadata]`, and the record. */
  event: unknown[]
  options: unknown
}

/** The events of a batch, decoded by @msgpack/msgpack. */
export function eventsOf(batch: Batch): Seen[] {
  const seen: Seen[] = []
  let from = 0
  for (const end of batch.ends) {
    const [tag, events, options] = decode(batch.bytes.subarray(from, end)) as [string, Uint8Array, unknown]
    for (const event of decodeMulti(events)) seen.push({ tag, event: event as unknown[], options })
    from = end
  }
  if (from !== batch.bytes.length) throw new Error('the ends do not cover the bytes')
  return seen
}

export class Collector implements SourceSite {
  readonly name = 'test'
  readonly batches: Batch[] = []
  readonly emitted: { level: string; name: string }[] = []
  isRoomy = true
  private waiting: (() => void)[] = []
  /** Replace it to fail or to wait. */
  answer: (batch: Batch) => Promise<void> = async () => {}

  readonly deliver = (batch: Batch): Promise<void> => {
    // What was delivered is its source's again.
    this.batches.push({ ...batch, bytes: batch.bytes.slice() })
    return this.answer(batch)
  }

  readonly emit = (level: string, name: string): void => {
    this.emitted.push({ level, name })
  }

  hasRoom(): boolean {
    return this.isRoomy
  }

  room(): Promise<void> {
    return this.isRoomy ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve))
  }

  makeRoom(isRoomy: boolean): void {
    this.isRoomy = isRoomy
    if (isRoomy) for (const go of this.waiting.splice(0)) go()
  }

  get events(): Seen[] {
    return this.batches.flatMap(eventsOf)
  }

  records(): unknown[] {
    return this.events.map(({ event }) => event[1])
  }

  count(name: string): number {
    return this.emitted.filter((one) => one.name === name).length
  }
}

export interface Running {
  source: Source
  site: Collector
  port: number
  stop(): Promise<void>
}

export async function startForward(settings: Record<string, unknown> = {}): Promise<Running> {
  const site = new Collector()
  const parsed = forward.settings.parse({ listen: '127.0.0.1:0', udp_heartbeat: false, ...settings })
  const source = forward.create(parsed, site)
  await source.start()
  const address = addressOf(source.addresses[0])
  const port = address.kind === 'tcp' ? address.port : 0
  return { source, site, port, stop: () => source.stop(AbortSignal.timeout(2000)) }
}

/** A raw client that keeps all it receives. */
export class Client {
  readonly socket: Socket
  received = Buffer.alloc(0)
  isClosed = false

  constructor(port: number, path?: string) {
    this.socket = path === undefined ? connect({ port, host: '127.0.0.1', allowHalfOpen: true }) : connect({ path })
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
    })
    this.socket.on('error', () => {})
    this.socket.on('end', () => {
      this.isClosed = true
    })
    this.socket.on('close', () => {
      this.isClosed = true
    })
  }

  send(...values: (Uint8Array | unknown[])[]): this {
    for (const value of values) this.socket.write(value instanceof Uint8Array ? value : encode(value))
    return this
  }

  /** Acks received so far, decoded. */
  acks(): string[] {
    return [...decodeMulti(this.received)].map((ack) => (ack as { ack: string }).ack)
  }

  close(): void {
    this.socket.destroy()
  }
}

export async function until(holds: () => boolean, what = 'it', wait_ms = 10_000): Promise<void> {
  const end = performance.now() + wait_ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited too long for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
