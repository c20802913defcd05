// Waits until events are indexed. A token with indexer acknowledgement answers with an ackId; the events are there for
// good when a query for it, over the same channel, says true. True is said once. Ids live as long as the indexer, so
// after a time the events are sent again.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import { SinkError } from '../../core/errors.ts'
import type { HttpRequest } from '../../net/http_client.ts'
import type { Send } from '../../net/http_sink.ts'
import { verdictOf } from '../../net/http_verdict.ts'

export interface AckSettings {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly poll_ms: number
  readonly timeout_ms: number
}

interface Waiting {
  readonly until_ms: number
  resolve(): void
  reject(error: SinkError): void
}

export class Acks {
  private readonly settings: AckSettings
  private readonly waiting = new Map<number, Waiting>()
  private readonly end = new AbortController()
  private asking: Promise<void> | null = null

  constructor(settings: AckSettings) {
    this.settings = settings
  }

  /** Resolves when the events are indexed. Rejects when it takes too long, or when `signal` aborts. */
  wait(ack_id: number, send: Send, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const until_ms = systemClock.steady_ms() + this.settings.timeout_ms
      const giveUp = (): void => {
        this.waiting.delete(ack_id)
        reject(new SinkError('SINK_CLOSED', 'given up before the events were indexed', true))
      }
      if (signal.aborted) return giveUp()
      signal.addEventListener('abort', giveUp, { once: true })
      const settle = (): void => {
        this.waiting.delete(ack_id)
        signal.removeEventListener('abort', giveUp)
      }
      // An indexer that has begun anew gives the same id twice: who waited for its first life waits in vain.
      this.waiting.get(ack_id)?.reject(lost())
      this.waiting.set(ack_id, {
        until_ms,
        resolve: () => {
          settle()
          resolve()
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.asking ??= this.ask(send).finally(() => {
        this.asking = null
      })
    })
  }

  close(): void {
    this.end.abort()
    for (const one of [...this.waiting.values()]) one.reject(lost())
  }

  /** Asks for all that wait, again and again, until nobody does. */
  private async ask(send: Send): Promise<void> {
    const { signal } = this.end
    while (this.waiting.size > 0 && !signal.aborted) {
      await sleep(this.settings.poll_ms, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      const asked = [...this.waiting.keys()]
      if (asked.length === 0) return
      for (const id of await this.indexed(asked, send)) this.waiting.get(id)?.resolve()
      const now_ms = systemClock.steady_ms()
      for (const one of [...this.waiting.values()]) if (one.until_ms <= now_ms) one.reject(lost())
    }
  }

  private async indexed(asked: readonly number[], send: Send): Promise<number[]> {
    const body = Buffer.from(JSON.stringify({ acks: asked }))
    const request: HttpRequest = { path: this.settings.path, headers: this.settings.headers, body }
    try {
      const answer = await send(request, this.end.signal)
      // Whatever hinders the query now may be over before the events' time is.
      if (verdictOf(answer.status) !== 'taken') return []
      const { acks } = JSON.parse(answer.body.toString()) as { acks?: Record<string, unknown> }
      return asked.filter((id) => acks?.[id] === true)
    } catch {
      return []
    }
  }
}

function lost(): SinkError {
  return new SinkError('SINK_TIMEOUT', 'the events were not indexed in time', true)
}
