// The `fluent` sink: counts and alerts by the npm package fluent-logger, in a thread of its own (fluent/thread.ts says
// why), with acks. It is for few events; records take the `forward` sink, which keeps every byte of them.
import type { Batch, Format } from '../core/batch.ts'
import type { Sink, SinkSpec } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { eventsIn } from '../core/siem_event.ts'
import { addressOf } from '../net/address.ts'
import { Sends } from '../net/sends.ts'
import { loadClientTls } from '../net/tls.ts'
import { Courier } from './fluent/courier.ts'
import type { ClientEvent, ClientSetup } from './fluent/messages.ts'
import { type FluentSettings, fluentSettings } from './fluent/settings.ts'
import { rendered } from './formats/index.ts'

export const fluent: SinkSpec<FluentSettings> = {
  type: 'fluent',
  summary: 'Sends counts and alerts to fluentd or Fluent Bit by the package fluent-logger; it takes no records',
  settings: fluentSettings,
  example: { server: '127.0.0.1:24224' },
  census_only: true,
  create: (settings) => new FluentSink(settings),
}

class FluentSink implements Sink {
  readonly accepts: readonly Format[] = ['json']
  private readonly settings: FluentSettings
  private readonly sends = new Sends()
  private courier: Courier | null = null
  private closed = false

  constructor(settings: FluentSettings) {
    this.settings = settings
  }

  /** Begins no thread and does not dial before there is something to send. */
  async start(): Promise<void> {
    this.courier = new Courier(await setupOf(this.settings), this.settings.server)
  }

  send(batch: Batch, _id: string, signal: AbortSignal): Promise<void> {
    const { courier } = this
    if (this.closed || courier === null) return Promise.reject(new SinkError('SINK_CLOSED', 'fluent', false))
    return this.sends.begin(signal, () => courier.send(this.eventsOf(batch), signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    await this.courier?.close()
  }

  private eventsOf(batch: Batch): ClientEvent[] {
    return eventsIn(batch).map((event) => {
      const made = rendered(event, this.settings.format)
      const record = typeof made === 'string' ? { message: made } : made
      return { kind: event.event, time_ms: Date.parse(event.window_end), record }
    })
  }
}

async function setupOf(settings: FluentSettings): Promise<ClientSetup> {
  const { tls, shared_key, username, password, client_name, tag, ack_timeout_ms } = settings
  const { kind, ...to } = addressOf(settings.server)
  const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
  return {
    tag,
    to,
    tls: tls === undefined ? null : await loadClientTls(tls),
    security: shared_key === undefined ? null : { clientHostname: client_name, sharedKey: shared_key, ...login },
    ack_timeout_ms,
  }
}
