// A sink that sends records over HTTP, whatever the API: how batches become requests, what a refusal makes of them, and
// what is said about it. What an API's requests look like is its dialect's to know (sinks/splunk_hec.ts and others).
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { HalfSent } from './half_sent.ts'
import { type HttpAnswer, HttpClient, type HttpClientSettings, type HttpRequest } from './http_client.ts'
import { errorOf, NoEntry, retryAfter_ms, Unacceptable, verdictOf } from './http_verdict.ts'
import { type Outgoing, type Parcel, type ParcelLimits, Parcels, type Remains } from './parcels.ts'
import { Sends } from './sends.ts'

/** However often a receiver calls requests too large, they do not get smaller than this for good. */
const REQUEST_BYTES_MIN = 16 * 1024
export const NOTHING: Remains = { rejected: [], again: [] }

/** What a dialect may send besides its records: for a token, or to ask whether they are there. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>

/** A parcel on its way. */
export interface Shipment<R extends Outgoing> extends Parcel<R> {
  /** Of the batch: the same in each attempt. */
  readonly id: string
  /** Source of the batch, or `census`. */
  readonly origin: string
  /** For records that say no time of their own; the same in each attempt. */
  readonly begun_ms: number
}

/** An API that takes records. */
export interface Dialect<R extends Outgoing> extends ParcelLimits {
  /** The records of a batch, in the form in which `request` wants them. */
  records(batch: Batch): R[]
  request(shipment: Shipment<R>, signal: AbortSignal): HttpRequest | Promise<HttpRequest>
  /** What an answer says of the records; resolves when those that it took are there for good. Absent: `judge`. */
  hear?(answer: HttpAnswer, shipment: Shipment<R>, send: Send, signal: AbortSignal): Remains | Promise<Remains>
  close?(): void
}

/** By the status alone. Throws a SinkError for all but 2xx. */
export function judge({ status, headers }: HttpAnswer): Remains {
  const verdict = verdictOf(status)
  if (verdict === 'taken') return NOTHING
  throw errorOf(verdict, `HTTP ${status}`, retryAfter_ms(headers['retry-after']))
}

export class HttpSink<R extends Outgoing> implements Sink {
  readonly accepts: readonly Format[] = ['json']
  private readonly origin: string
  private readonly settings: HttpClientSettings
  private readonly dialect: Dialect<R>
  private readonly site: Site
  /** Of batches that will be tried again. */
  private readonly halfSent = new HalfSent<Parcels>()
  private readonly sends = new Sends()
  /** Lowered when the receiver says that a request is too large: later batches need not learn it again. */
  private limits: ParcelLimits
  private client: HttpClient | null = null
  private closed = false

  constructor(origin: string, settings: HttpClientSettings, dialect: Dialect<R>, site: Site) {
    this.origin = origin
    this.settings = settings
    this.dialect = dialect
    this.limits = dialect
    this.site = site
  }

  /** Does not dial: a receiver that is down now may be up when there is something to send. */
  async start(): Promise<void> {
    this.client = await HttpClient.open(this.origin, this.settings)
  }

  send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    return this.sends.begin(signal, () => this.ship(batch, id, signal))
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.sends.settled(signal)
    // Sends that are still under way fail by it.
    this.dialect.close?.()
    this.client?.close()
    await this.sends.settled()
  }

  // One request after the other: their order is kept, and a receiver that refuses one is not given the others.
  private async ship(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { client, dialect } = this
    if (this.closed || client === null) throw new SinkError('SINK_CLOSED', this.site.name, false)
    const parcels = this.halfSent.get(id) ?? new Parcels(this.limits, systemClock.now_ms())
    const records = dialect.records(batch)
    const head = { id, origin: batch.origin, begun_ms: parcels.begun_ms }
    for (let parcel = parcels.next(records); parcel; parcel = parcels.next(records)) {
      try {
        const remains = await this.exchange(client, { ...parcel, ...head }, signal)
        parcels.taken(parcel, remains)
        if (remains.why !== undefined) throw remains.why
      } catch (error) {
        this.complain(error)
        this.learn(error, parcel)
        if (error instanceof Unacceptable && parcels.refused(parcel, error)) continue
        // What is refused for good does not come back.
        if (error instanceof SinkError && !error.retryable) this.halfSent.forget(id)
        else this.halfSent.keep(id, parcels)
        throw error
      }
    }
    this.halfSent.forget(id)
    const { rejected_records } = parcels
    if (rejected_records === 0) return
    const message = 'The receiver refused records as bad while it took others; they are lost'
    this.site.emit('error', 'records_rejected', message, { rejected_records })
  }

  private async exchange(client: HttpClient, shipment: Shipment<R>, signal: AbortSignal): Promise<Remains> {
    const { dialect } = this
    const send: Send = (request, given) => client.send(request, given)
    const answer = await client.send(await dialect.request(shipment, signal), signal)
    return dialect.hear ? await dialect.hear(answer, shipment, send, signal) : judge(answer)
  }

  private complain(error: unknown): void {
    if (!(error instanceof SinkError) || error.code !== 'SINK_REFUSED') return
    const { message, retryable, retry_after_ms } = error
    const facts = { reason: message, retryable, retry_after_ms }
    if (error instanceof NoEntry) {
      const help = 'The receiver does not let us in; mend token, address or permissions: the batch is kept till then'
      this.site.emit('error', 'no_entry', help, facts)
    } else this.site.emit('warn', 'request_refused', 'The receiver refused a request', facts)
  }

  private learn(error: unknown, { records }: Parcel<R>): void {
    if (!(error instanceof Unacceptable) || error.verdict !== 'too_large' || records.length === 1) return
    const bytes = records.reduce((sum, record) => sum + record.bytes.length + this.limits.around_bytes, 0)
    const bytes_max = Math.max(REQUEST_BYTES_MIN, Math.floor(bytes / 2))
    if (bytes_max < this.limits.bytes_max) this.limits = { ...this.limits, bytes_max }
  }
}
