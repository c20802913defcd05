// The connections of one forward sink: opens them when they are needed, gives each chunk to the least busy one, and
// turns to the next server when one does not answer. It knows no batches.
import type { ConnectionOptions } from 'node:tls'
import { systemClock } from '../../core/clock.ts'
import { SinkError } from '../../core/errors.ts'
import { type Address, addressOf } from '../../net/address.ts'
import { Connection } from './connection.ts'
import type { ForwardSettings } from './settings.ts'

/** A server that did not answer is tried after the others for this long. */
const REST_MS = 30_000

interface Lane {
  connection: Connection | null
  opening: Promise<Connection> | null
  busy: number
}

interface Server {
  readonly address: Address
  resting_until_ms: number
}

export class Lanes {
  private readonly settings: ForwardSettings
  private readonly tls: ConnectionOptions | null
  private readonly servers: Server[]
  private readonly lanes: Lane[]
  private readonly queue: { take(lane: Lane): void; reject(reason: SinkError): void }[] = []
  private readonly dialling = new Set<Connection>()
  private readonly say: (name: string, server: Address, reason?: string) => void
  private closed = false

  constructor(settings: ForwardSettings, tls: ConnectionOptions | null, say: Lanes['say']) {
    this.settings = settings
    this.tls = tls
    this.say = say
    const addresses = settings.servers ?? (settings.server === undefined ? [] : [settings.server])
    this.servers = addresses.map((address) => ({ address: addressOf(address), resting_until_ms: 0 }))
    this.lanes = Array.from({ length: settings.connections }, () => ({ connection: null, opening: null, busy: 0 }))
  }

  /** Resolves when the server has the chunk. Chunks go out in the order of the calls; `signal` ends the waiting. */
  async send(parts: readonly Uint8Array[], token: string, signal: AbortSignal): Promise<void> {
    const lane = await this.freeLane(signal)
    try {
      const connection = lane.connection?.usable ? lane.connection : await this.connect(lane)
      await connection.send(parts, token)
    } finally {
      lane.busy--
      if (this.queue.length > 0) {
        lane.busy++
        this.queue.shift()?.take(lane)
      }
    }
  }

  close(): void {
    this.closed = true
    for (const { reject } of this.queue.splice(0)) reject(new SinkError('SINK_CLOSED', 'forward', true))
    for (const connection of this.dialling) connection.close()
    for (const lane of this.lanes) lane.connection?.close()
  }

  /** The least busy lane, with one chunk more on it. */
  private freeLane(signal: AbortSignal): Promise<Lane> {
    if (this.closed) return Promise.reject(new SinkError('SINK_CLOSED', 'forward', true))
    if (signal.aborted) return Promise.reject(new SinkError('SINK_TIMEOUT', 'given up before it was sent', true))
    const lane = this.lanes.reduce((best, next) => (next.busy < best.busy ? next : best))
    if (lane.busy < this.settings.in_flight_chunks) {
      lane.busy++
      return Promise.resolve(lane)
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.queue.splice(this.queue.indexOf(entry), 1)
        reject(new SinkError('SINK_TIMEOUT', 'given up before it was sent', true))
      }
      const entry = {
        take: (free: Lane): void => {
          signal.removeEventListener('abort', abort)
          resolve(free)
        },
        reject: (reason: SinkError): void => {
          signal.removeEventListener('abort', abort)
          reject(reason)
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.queue.push(entry)
    })
  }

  /** One attempt to connect serves all chunks that wait for the lane. */
  private connect(lane: Lane): Promise<Connection> {
    lane.opening ??= this.dialAny(lane).finally(() => {
      lane.opening = null
    })
    return lane.opening
  }

  private async dialAny(lane: Lane): Promise<Connection> {
    const now_ms = systemClock.steady_ms()
    const rested = this.servers.filter((server) => server.resting_until_ms <= now_ms)
    const resting = this.servers.filter((server) => server.resting_until_ms > now_ms)
    let failure: unknown
    for (const server of [...rested, ...resting]) {
      if (this.closed) break
      const connection = new Connection(server.address, this.settings, this.tls)
      this.dialling.add(connection)
      try {
        await connection.open(() => {
          if (lane.connection === connection) lane.connection = null
        })
        server.resting_until_ms = 0
        lane.connection = connection
        this.say('connected', server.address)
        return connection
      } catch (cause) {
        failure = cause
        server.resting_until_ms = systemClock.steady_ms() + REST_MS
        this.say('connect_failed', server.address, cause instanceof SinkError ? cause.code : undefined)
      } finally {
        this.dialling.delete(connection)
      }
    }
    throw failure ?? new SinkError('SINK_CLOSED', 'forward', true)
  }
}
