// The `syslog` sink: a message a record, or a count, to rsyslog, syslog-ng or a SIEM that listens for syslog. There is
// no acknowledgement in syslog; docs/syslog.md says what is promised nevertheless.
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import type { Severity as PolicySeverity } from '../core/policy.ts'
import { eventsIn, holdsEvents } from '../core/siem_event.ts'
import { addressOf } from '../net/address.ts'
import { Sends } from '../net/sends.ts'
import { loadClientTls } from '../net/tls.ts'
import { rendered } from './formats/index.ts'
import { Datagrams } from './syslog/datagrams.ts'
import { Messages, type Severity } from './syslog/message.ts'
import { type SyslogSettings, syslogSettings } from './syslog/settings.ts'
import { Stream } from './syslog/stream.ts'

export const syslog: SinkSpec<SyslogSettings> = {
  type: 'syslog',
  summary: 'Sends a message for each record or count to a syslog server (RFC 5424, RFC 3164), over TCP, TLS or UDP',
  settings: syslogSettings,
  example: { server: '127.0.0.1:514', facility: 'authpriv' },
  create: (settings, site) => new SyslogSink(settings, site),
}

/** Of counts and alerts. `emerg` and `alert` stay with those who have to be woken: some servers tell every terminal. */
const SEVERITY_OF: Readonly<Record<PolicySeverity, Severity>> = {
  low: 'notice',
  medium: 'warning',
  high: 'err',
  critical: 'crit',
}

class SyslogSink implements Sink {
  readonly accepts: readonly Format[] = ['json', 'text']
  private readonly settings: SyslogSettings
  private readonly site: Site
  private readonly messages: Messages
  private readonly sends = new Sends()
  private carrier: Stream | Datagrams | null = null
  private closed = false

  constructor(settings: SyslogSettings, site: Site) {
    this.settings = settings
    this.site = site
    this.messages = new Messages(settings)
  }

  /** Does not dial: a server that is down now may be up when there is something to send. */
  async start(): Promise<void> {
    const { server, transport, tls } = this.settings
    const address = addressOf(server)
    if (transport === 'udp' && address.kind === 'tcp') {
      this.carrier = new Datagrams(address)
      return
    }
    const options = tls === undefined ? null : await loadClientTls(tls)
    this.carrier = new Stream(this.settings, address, options, () =>
      this.site.emit(
        'warn',
        'connection_lost',
        'The syslog server closed the connection; it may have missed messages',
        {
          server,
        },
      ),
    )
  }

  send(batch: Batch, _id: string, signal: AbortSignal): Promise<void> {
    const { carrier } = this
    if (this.closed || carrier === null) return Promise.reject(new SinkError('SINK_CLOSED', 'syslog', false))
    return this.sends.begin(signal, () => carrier.send(this.messagesOf(batch), signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    await this.carrier?.close(signal)
  }

  private messagesOf(batch: Batch): Buffer[] {
    const before = this.messages.cut
    const made = holdsEvents(batch) ? this.eventsOf(batch) : this.recordsOf(batch)
    const cut = this.messages.cut - before
    if (cut > 0) this.site.emit('warn', 'message_cut', 'Messages were longer than message_bytes_max, and cut', { cut })
    return made
  }

  private eventsOf(batch: Batch): Buffer[] {
    return eventsIn(batch).map((event) => {
      const text = rendered(event, this.settings.format)
      const line = typeof text === 'string' ? text : JSON.stringify(text)
      const severity = 'severity' in event ? SEVERITY_OF[event.severity] : 'info'
      return this.messages.of(Buffer.from(line), {
        time_ms: Date.parse(event.window_end),
        severity,
        msgid: event.event,
      })
    })
  }

  private recordsOf(batch: Batch): Buffer[] {
    const about = { time_ms: systemClock.now_ms(), severity: this.settings.severity, msgid: '-' }
    const made: Buffer[] = []
    let start = 0
    for (const end of batch.ends) {
      made.push(this.messages.of(batch.bytes.subarray(start, end), about))
      start = end
    }
    return made
  }
}
