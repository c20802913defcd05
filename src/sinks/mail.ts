// The `mail` sink: a mail for the alerts that fired together, by nodemailer, which is loaded only when a sink of this
// type starts. A batch that is sent again has the Message-ID that it had, so that mailboxes can tell.
import { createHash } from 'node:crypto'
import type { Transporter } from 'nodemailer'
import { unlessAborted } from '../core/abort.ts'
import type { Batch, Format } from '../core/batch.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { eventsIn } from '../core/siem_event.ts'
import { addressOf } from '../net/address.ts'
import { HalfSent } from '../net/half_sent.ts'
import { Sends } from '../net/sends.ts'
import { loadClientTls } from '../net/tls.ts'
import { letterOf } from './mail/letter.ts'
import { type MailSettings, mailSettings } from './mail/settings.ts'

export const mail: SinkSpec<MailSettings> = {
  type: 'mail',
  summary: 'Sends alerts by e-mail (SMTP); give it inputs: [alerts]. It takes no records',
  settings: mailSettings,
  example: { server: '127.0.0.1:587', from: 'logveil@example.com', to: ['soc@example.com'] },
  census_only: true,
  create: (settings, site) => new MailSink(settings, site),
}

class MailSink implements Sink {
  readonly accepts: readonly Format[] = ['json']
  private readonly settings: MailSettings
  private readonly site: Site
  /** Who has not got a mail yet that others have. */
  private readonly halfSent = new HalfSent<readonly string[]>()
  private readonly sends = new Sends()
  private transport: Transporter | null = null
  private closed = false

  constructor(settings: MailSettings, site: Site) {
    this.settings = settings
    this.site = site
  }

  /** Does not dial: a server that is down now may be up when a rule fires. */
  async start(): Promise<void> {
    const { server, security, tls, username: user, password: pass, timeout_ms } = this.settings
    const address = addressOf(server)
    const options = tls === undefined ? {} : await loadClientTls(tls)
    const { createTransport } = await import('nodemailer')
    this.transport = createTransport({
      host: address.kind === 'tcp' ? address.host : '',
      port: address.kind === 'tcp' ? address.port : 0,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: options,
      ...(user === undefined ? {} : { auth: { user, pass } }),
      connectionTimeout: timeout_ms,
      greetingTimeout: timeout_ms,
      socketTimeout: timeout_ms,
      // A mail is made of what is here: nothing in it may name a file or a URL to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    } as never)
  }

  send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { transport } = this
    if (this.closed || transport === null) return Promise.reject(new SinkError('SINK_CLOSED', 'mail', false))
    return this.sends.begin(signal, () => this.sendLetter(transport, batch, id, signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    this.transport?.close()
  }

  private async sendLetter(transport: Transporter, batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { from, to, subject, server } = this.settings
    const letter = letterOf(eventsIn(batch), subject)
    const messageId = `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@logveil>`
    const headers = { 'auto-submitted': 'auto-generated' }
    const gaveUp = () => new SinkError('SINK_TIMEOUT', `${server} (given up before the answer)`, true)
    const envelope = { from, to: [...(this.halfSent.get(id) ?? to)] }
    try {
      const mail = { from, to, envelope, messageId, headers, ...letter }
      const taken: unknown = await unlessAborted(transport.sendMail(mail), signal, gaveUp)
      this.hearOfRejected(id, (taken as Taken).rejectedErrors ?? [])
    } catch (error) {
      throw error instanceof SinkError ? error : this.failure(error as Failure)
    }
  }

  /** A mail counts as sent when one gets it: of the others, some may get it later. */
  private hearOfRejected(id: string, rejected: readonly Failure[]): void {
    const later = rejected.filter(({ responseCode = 0 }) => responseCode < 500)
    const recipients = rejected.length - later.length
    if (recipients > 0) {
      this.site.emit('error', 'recipients_refused', 'The server took a mail, but not for all', { recipients })
    }
    this.halfSent.forget(id)
    if (later.length === 0) return
    this.halfSent.keep(
      id,
      later.flatMap(({ recipient }) => recipient ?? []),
    )
    throw this.failure(later[0])
  }

  /** The server's own words stay unread: its code says enough. 4xx is for now, 5xx for good (RFC 5321, 4.2.1). */
  private failure({ code, responseCode }: Failure): SinkError {
    const detail = `${this.settings.server} (${[code, responseCode].filter(Boolean).join(' ') || 'failed'})`
    if (code === 'EAUTH') return new SinkError('AUTH_FAILED', detail, true)
    if (code === 'ETIMEDOUT') return new SinkError('SINK_TIMEOUT', detail, true)
    if (responseCode === undefined) return new SinkError('SINK_UNREACHABLE', detail, true)
    return new SinkError('SINK_REFUSED', detail, responseCode < 500)
  }
}

interface Failure {
  readonly code?: string
  readonly responseCode?: number
  readonly recipient?: string
}

/** What it took, and of whom it would not. */
interface Taken {
  readonly rejectedErrors?: readonly Failure[]
}
