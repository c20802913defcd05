// One client: reads its socket, delivers what it sends in order, and acknowledges what was delivered. Never writes an
// ack before its batch is delivered, and never reads on while the pipeline or this client has enough in flight.
import type { Socket } from 'node:net'
import type { Batch } from '../../core/batch.ts'
import type { Clock } from '../../core/clock.ts'
import type { SourceSite } from '../../core/component.ts'
import { release } from '../../core/release.ts'
import type { AssemblyBudget } from './assembly.ts'
import type { Gate } from './gate.ts'
import type { Inflate } from './inflate.ts'
import { Intake, type Refused } from './intake.ts'
import type { ForwardSettings } from './settings.ts'

/** What all connections of a source share. */
export interface House {
  readonly site: SourceSite
  readonly settings: ForwardSettings
  readonly budget: AssemblyBudget
  readonly inflate: Inflate
  readonly clock: Clock
}

/** How long a client that is to be disconnected may take to read the last acks. */
const LINGER_MS = 5000

export class Connection {
  /** Resolves when the socket is closed and nothing of it is kept. */
  readonly closed: Promise<void>
  private readonly socket: Socket
  private readonly house: House
  private readonly intake: Intake
  private readonly peer: string
  private gate: Gate | null
  /** When the last bytes came, or reading began again. */
  private heardAt_ms: number
  private inFlightBytes = 0
  private inFlight = 0
  private counted: Refused = { signal: 0, undecodable: 0 }
  private isInflating = false
  private isAwaitingRoom = false
  /** No more is read; the connection closes when what is in flight is settled. */
  private isEnding = false
  /** Since when only unread acks keep it open. */
  private lingersFrom_ms = 0

  constructor(socket: Socket, peer: string, gate: Gate | null, house: House) {
    this.socket = socket
    this.peer = peer
    this.gate = gate
    this.house = house
    this.heardAt_ms = house.clock.steady_ms()
    this.intake = new Intake(
      house.site.name,
      house.settings,
      house.budget,
      house.clock,
      () => house.site.naming?.() ?? 'none',
    )
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isEnding = true
        if (!this.isInflating) this.intake.release()
        resolve()
      })
    })
  }

  start(): void {
    const { socket } = this
    // Probes open and close without a word; a reset is how many clients leave.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.emit('debug', 'connection_error', 'A connection failed', { code: error.code })
    })
    socket.on('data', (chunk: Buffer) => this.hear(chunk))
    socket.on('end', () => this.heardAll())
    if (this.gate !== null) socket.write(this.gate.greeting())
    // Connections are many: while there is no room, not even the first bytes of a new one are read.
    else this.flow()
  }

  /** Reads no more; closes when what is in flight is delivered and acknowledged. */
  finish(): void {
    this.isEnding = true
    if (this.inFlight > 0 || this.isInflating) {
      this.socket.pause()
      return
    }
    this.lingersFrom_ms = this.house.clock.steady_ms()
    this.socket.destroySoon()
  }

  /** Closes at once; what is in flight is not acknowledged. */
  drop(): void {
    this.isEnding = true
    this.socket.destroy()
  }

  /** Called now and then: closes the connection of a client that keeps us waiting. */
  checkTime(now_ms: number): void {
    if (this.isEnding) {
      if (this.lingersFrom_ms > 0 && now_ms - this.lingersFrom_ms > LINGER_MS) this.drop()
      return
    }
    // A paused socket is silent by our own will; the time counts again from when it is read again.
    if (this.socket.isPaused()) return
    const silent_ms = now_ms - this.heardAt_ms
    const { handshake_timeout_ms, frame_timeout_ms } = this.house.settings
    if (this.gate !== null && silent_ms > handshake_timeout_ms) {
      this.emit('warn', 'handshake_timeout', 'A client did not answer the handshake and was disconnected')
      this.drop()
    } else if (this.gate === null && this.intake.halfReceived && silent_ms > frame_timeout_ms) {
      this.emit('warn', 'frame_timeout', 'A client stopped in the middle of a request and was disconnected')
      this.drop()
    }
  }

  private hear(chunk: Uint8Array): void {
    if (this.isEnding) return
    if (this.gate !== null) {
      const rest = this.knock(this.gate, chunk)
      if (rest === null) return
      chunk = rest
    }
    this.heardAt_ms = this.house.clock.steady_ms()
    if (chunk.length === 0) return
    this.takeAll(chunk)
  }

  /** Goes on with the handshake; returns what follows it, or null while it is not passed. */
  private knock(gate: Gate, chunk: Uint8Array): Uint8Array | null {
    const judged = gate.judge(chunk)
    if (judged.kind === 'more') return null
    if (judged.answer !== null) this.socket.write(judged.answer)
    if (judged.kind === 'passed') {
      this.gate = null
      return judged.rest
    }
    this.emit('warn', 'auth_failed', 'A client did not authenticate and was disconnected', { reason: judged.reason })
    this.finish()
    return null
  }

  private heardAll(): void {
    if (this.intake.halfReceived && !this.isEnding) {
      this.emit('warn', 'request_truncated', 'A client closed in the middle of a request; it is not forwarded')
    }
    // A client that is done sending may still wait for its acks.
    this.finish()
  }

  private takeAll(chunk?: Uint8Array): void {
    try {
      if (chunk !== undefined) this.intake.push(chunk)
      this.takeEach()
      if (chunk !== undefined && !this.intake.holds(chunk)) release(chunk)
      this.flow()
    } catch (error) {
      // Memory that is not to be had, or a defect: this client pays, the others are served.
      const name = error instanceof Error ? error.name : 'unknown'
      this.emit('error', 'connection_defect', 'A connection failed within logveil and was closed', { error: name })
      this.drop()
    }
  }

  private takeEach(): void {
    for (;;) {
      const taken = this.intake.take()
      this.countRefused()
      if (taken.kind === 'batch') this.deliver(taken.batch, taken.acks)
      else if (taken.kind === 'compressed') {
        this.isInflating = true
        void this.inflate(taken.compression, taken.events)
        return
      } else if (taken.kind === 'broken') {
        this.emit('warn', taken.event, BROKEN[taken.event])
        this.finish()
        return
      } else return
    }
  }

  private async inflate(compression: 'gzip' | 'zstd', events: Uint8Array): Promise<void> {
    const inflated = await this.house.inflate.run(compression, events, () => this.socket.destroyed)
    this.isInflating = false
    if (this.socket.destroyed) {
      this.intake.release()
      return
    }
    this.intake.inflated(inflated)
    this.takeAll()
    if (this.isEnding) this.finish()
  }

  private deliver(batch: Batch | null, acks: readonly Uint8Array[]): void {
    if (batch === null) {
      this.acknowledge(acks)
      return
    }
    const size = batch.bytes.length
    this.inFlight++
    this.inFlightBytes += size
    this.house.site.deliver({ ...batch, isGiven: true }).then(
      () => {
        this.acknowledge(acks)
        this.settle(size)
      },
      () => {
        // There is no other way to say no: a client resends what it has no ack for.
        if (!this.socket.destroyed) {
          this.emit('warn', 'delivery_failed', 'A batch was not delivered; the client was disconnected to resend it')
        }
        this.drop()
        this.settle(size)
      },
    )
  }

  /** One write an ack: Fluent Bit takes what one read gives it for one whole ack. */
  private acknowledge(acks: readonly Uint8Array[]): void {
    const { socket } = this
    if (acks.length === 0 || socket.destroyed || !socket.writable) return
    for (const ack of acks) socket.write(ack)
    if (socket.writableLength <= this.house.settings.ack_bytes_max) return
    this.emit('warn', 'acks_unread', 'A client asks for acks and does not read them; it was disconnected')
    this.drop()
  }

  private settle(size: number): void {
    this.inFlight--
    this.inFlightBytes -= size
    if (this.isEnding) {
      if (!this.socket.destroyed) this.finish()
    } else this.flow()
  }

  /** Reads on when there is room here and in the pipeline, else comes back when there is. */
  private flow(): void {
    if (this.isEnding || this.socket.destroyed) return
    const isFull = this.inFlightBytes >= this.house.settings.in_flight_bytes_max
    if (!this.isInflating && !isFull && this.house.site.hasRoom()) {
      if (!this.socket.isPaused()) return
      this.heardAt_ms = this.house.clock.steady_ms()
      this.socket.resume()
      return
    }
    this.socket.pause()
    if (isFull || this.isInflating || this.isAwaitingRoom) return
    this.isAwaitingRoom = true
    void this.house.site.room().then(() => {
      this.isAwaitingRoom = false
      this.flow()
    })
  }

  private countRefused(): void {
    const { signal, undecodable } = this.intake.refused
    for (let more = signal - this.counted.signal; more > 0; more--) {
      this.emit('warn', 'signal_refused', 'Metrics, traces or blobs came where logs are taken; they are not forwarded')
    }
    for (let more = undecodable - this.counted.undecodable; more > 0; more--) {
      this.emit(
        'warn',
        'chunk_undecodable',
        'A compressed chunk can not be decompressed in bounds; it is not forwarded',
        { undecodable_chunks: 1 },
      )
    }
    this.counted = { signal, undecodable }
  }

  private emit(
    level: 'debug' | 'warn' | 'error',
    name: string,
    message: string,
    facts: Record<string, string | number | undefined> = {},
  ) {
    this.house.site.emit(level, name, message, { peer: this.peer, ...facts })
  }
}

const BROKEN = {
  malformed_request: 'A client sent what is no forward request; it was disconnected',
  frame_too_large: 'A client sent or declared a request over frame_bytes_max; it was disconnected',
  assembly_full: 'Half-received requests fill assembly_bytes_max; the client that wanted more was disconnected',
} as const
