// What becomes of a request, whatever it came by: decompressed within bounds, put into frames by who knows its
// protocol, delivered, and answered when that is done or the client's time is over. Knows no sockets and no formats.
import type { Batch } from '../../core/batch.ts'
import type { Clock } from '../../core/clock.ts'
import type { SourceSite } from '../../core/component.ts'
import { LIMITS } from '../../core/limits.ts'
import { type ContentCoding, decompress } from '../compression.ts'
import { Turns } from '../turns.ts'
import { type Body, Budget } from './budget.ts'
import { type Delivery, Orphans } from './orphans.ts'
import { Patience } from './patience.ts'
import { Room } from './room.ts'
import type { RequestLimits } from './settings.ts'

export type Framed = Pick<Batch, 'format' | 'bytes' | 'ends'>

/** Null: it can not be read. */
export type Misframed = null | 'too_large'

export interface Request {
  readonly body: Body
  readonly compression: ContentCoding | null
  /** When its client gives up by itself. */
  readonly timeout_ms: number
  /** The header, if it is one. */
  readonly traceparent?: string
  /** The frames in its bytes, decompressed. None: there is nothing to deliver. Else why it is not taken. */
  frame(bytes: Uint8Array): Framed | Misframed
  /** True when nobody would hear an answer; it may be so before anybody was told. */
  isGone(): boolean
}

/** Why a request is not answered with success; `late` and `stopping` may be delivered all the same. */
export type Trouble = 'full' | 'late' | 'undelivered' | 'stopping' | 'malformed' | 'undecodable' | 'too_large'

export type Outcome = 'delivered' | Trouble

/** As many as Node has threads for it by default. */
const DECOMPRESSING_MAX = 4
/** Logs seldom shrink to less than a sixteenth; what did is decompressed a second time. */
const USUAL_RATIO = 16
const GUESS_BYTES_MIN = 64 * 1024

export class Intake {
  readonly budget: Budget
  private readonly site: SourceSite
  private readonly settings: RequestLimits
  private readonly room: Room
  private readonly orphans: Orphans
  private readonly turns = new Turns(DECOMPRESSING_MAX)
  private readonly waiting = new Set<Patience>()
  /** What waits for its delivery, by its size. */
  private readonly pending = new Map<number, Map<Patience, Request>>()
  private stopped = false

  constructor(site: SourceSite, settings: RequestLimits, clock: Clock) {
    this.site = site
    this.settings = settings
    this.budget = new Budget(settings.in_flight_bytes_max)
    this.room = new Room(site)
    this.orphans = new Orphans(LIMITS.orphans_max, clock)
  }

  /** Never rejects. `begun` is given what to call when the client is gone: its answer is then of no interest. */
  async take(request: Request, begun: (abandon: () => void) => void): Promise<Outcome> {
    const patience = new Patience(Math.max(0, Math.min(request.timeout_ms, this.settings.reply_ms_max)))
    this.waiting.add(patience)
    begun(() => patience.end())
    try {
      const outcome = await this.run(request, patience)
      return outcome === 'late' && this.stopped ? 'stopping' : outcome
    } catch {
      // A defect, or memory that is not to be had: this request pays, and may come again.
      this.site.emit('error', 'request_defect', 'A request failed within logveil and was refused')
      return 'undelivered'
    } finally {
      patience.end()
      this.waiting.delete(patience)
      request.body.release()
    }
  }

  /** Answers everybody who still waits. */
  stop(): void {
    this.stopped = true
    for (const patience of this.waiting) patience.end()
  }

  private async run(request: Request, patience: Patience): Promise<Outcome> {
    const { body, compression, traceparent } = request
    if (compression !== null) {
      const refusal = await this.turns.take(() => this.inflate(compression, body, patience))
      if (refusal !== null) return refusal
    }
    const framed = request.frame(body.bytes())
    if (framed === null) return 'malformed'
    if (framed === 'too_large') return framed
    if (framed.ends.length === 0) return 'delivered'
    const { bytes } = framed
    if (bytes !== body.bytes() && !body.become(bytes)) return 'full'
    await this.noticeGone(bytes.length)
    let delivery = this.orphans.claim(bytes)
    if (delivery === undefined) {
      if (!(await this.room.wait(patience))) return 'late'
      const batch = { ...framed, origin: this.site.name }
      const sent = this.site.deliver(traceparent === undefined ? batch : { ...batch, traceparent })
      delivery = sent.then(
        () => true,
        () => false,
      )
    }
    const delivered = await this.delivered(request, bytes.length, patience, delivery)
    if (delivered === null || (delivered && request.isGone())) this.orphans.keep(bytes, delivery)
    return delivered === null ? 'late' : delivered ? 'delivered' : 'undelivered'
  }

  private async delivered(request: Request, size: number, patience: Patience, delivery: Delivery) {
    const pending = this.pending.get(size) ?? new Map()
    this.pending.set(size, pending.set(patience, request))
    const delivered = await patience.wait(delivery)
    pending.delete(patience)
    if (pending.size === 0) this.pending.delete(size)
    return delivered
  }

  /** A retry may be read together with the end of the request before it, and must not overtake it. */
  private async noticeGone(size: number): Promise<void> {
    const pending = this.pending.get(size)
    if (pending === undefined) return
    let noticed = false
    for (const [patience, request] of pending) {
      if (!request.isGone()) continue
      patience.end()
      noticed = true
    }
    // They are orphans in the next turn of the loop.
    if (noticed) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Puts what was compressed into `body`. What may come out is paid for before it does. */
  private async inflate(compression: ContentCoding, body: Body, patience: Patience): Promise<Trouble | null> {
    const { message_bytes_max } = this.settings
    let guess = Math.min(message_bytes_max, Math.max(GUESS_BYTES_MIN, body.size * USUAL_RATIO))
    for (;;) {
      if (patience.ended) return 'late'
      if (!this.budget.take(guess)) return 'full'
      const inflated = await decompress(compression, body.bytes(), guess)
      this.budget.give(guess)
      if (inflated === 'undecodable') return inflated
      if (inflated !== 'too_large') return body.become(inflated) ? null : 'full'
      if (guess === message_bytes_max) return 'too_large'
      guess = message_bytes_max
    }
  }
}
