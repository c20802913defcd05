// Owns the alerts that one sink does not have yet: in order, numbered, each with the id that it keeps. The lane
// retries; what a sink refused is tried again with the next tick.
import type { Batch } from '../../core/batch.ts'
import { LogveilError } from '../../core/errors.ts'
import type { Emit } from '../../core/events.ts'
import { LIMITS } from '../../core/limits.ts'
import { ALERTS } from '../../core/plan.ts'
import type { AlertEvent } from '../../core/siem_event.ts'
import type { Gate } from '../gate.ts'
import type { Lane } from '../lane.ts'
import type { UnsentAlert } from './alert_events.ts'

/** In one batch. */
const EVENTS_MAX = 500

export interface AlertOutletOptions {
  readonly gate: Gate
  readonly emit: Emit
  transcode(batch: Batch, lane: Lane): Promise<Batch>
}

export class AlertOutlet {
  lane: Lane
  readonly #options: AlertOutletOptions
  readonly #waiting: AlertEvent[] = []
  #seq = 1
  #sending: Promise<void> | null = null

  constructor(lane: Lane, options: AlertOutletOptions) {
    this.lane = lane
    this.#options = options
  }

  get isDone(): boolean {
    return this.#sending === null && this.#waiting.length === 0
  }

  push(alert: UnsentAlert): void {
    this.#waiting.push({ ...alert, seq: this.#seq++ })
    if (this.#waiting.length > LIMITS.alerts_waiting_max) {
      // The first ones are under way, perhaps.
      this.#waiting.splice(EVENTS_MAX, 1)
      this.#options.emit('error', 'alert_lost', 'An alert was lost: a sink is behind by too many', {
        sink: this.lane.name,
      })
    }
    this.send()
  }

  /** Sends what there is, unless that is being done. */
  send(): void {
    if (this.#sending || this.#waiting.length === 0) return
    this.#sending = this.#sendSome(this.#waiting.slice(0, EVENTS_MAX)).then((taken) => {
      this.#sending = null
      if (taken) this.send()
    })
  }

  async drained(): Promise<void> {
    for (let tries = 0; tries < 3 && !this.isDone; tries++) {
      this.send()
      while (this.#sending) await this.#sending
    }
  }

  async #sendSome(events: readonly AlertEvent[]): Promise<boolean> {
    const { gate, emit, transcode } = this.#options
    const batch = batchOf(events)
    gate.take(batch.bytes.length)
    try {
      await this.lane.send(await transcode(batch, this.lane), `alerts-${events[0].run}-${events[0].seq}`, true)
      this.#waiting.splice(0, events.length)
      return true
    } catch (error) {
      const code = error instanceof LogveilError ? error.code : 'INTERNAL'
      emit('warn', 'alert_refused', 'A sink refused alerts; they are tried again', { sink: this.lane.name, code })
      return false
    } finally {
      gate.give(batch.bytes.length)
    }
  }
}

function batchOf(events: readonly AlertEvent[]): Batch {
  const lines = events.map((event) => Buffer.from(`${JSON.stringify(event)}\n`))
  const ends = new Uint32Array(lines.length)
  let end = 0
  for (const [at, line] of lines.entries()) {
    end += line.length
    ends[at] = end
  }
  return { format: 'json', bytes: Buffer.concat(lines), ends, origin: ALERTS }
}
