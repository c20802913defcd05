// The source for OpenTelemetry: an OTLP exporter of a Collector or an SDK points here. It listens for gRPC, HTTP or
// both, and answers a request when its records are delivered. What becomes of a request is in net/intake.
import type { IncomingMessage } from 'node:http'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { addressOf } from '../net/address.ts'
import { Bearer } from '../net/bearer.ts'
import { HttpListener } from '../net/http/listener.ts'
import { Intake } from '../net/intake/intake.ts'
import { loadServerTls } from '../net/tls.ts'
import { GrpcListener } from './otlp/grpc.ts'
import type { House, Listener } from './otlp/house.ts'
import { routeOtlp } from './otlp/http.ts'
import { type OtlpSettings, otlpSettings } from './otlp/settings.ts'

export const otlp: SourceSpec<OtlpSettings> = {
  type: 'otlp',
  summary: 'Takes logs from OpenTelemetry Collectors and SDKs (OTLP over gRPC and HTTP, protobuf and JSON).',
  settings: otlpSettings,
  example: { type: 'otlp', grpc: '127.0.0.1:4317', http: '127.0.0.1:4318' },
  create: (settings, site) => new OtlpSource(settings, site),
}

/** How long the last answers may take to reach their clients. */
const LINGER_MS = 200

class OtlpSource implements Source {
  addresses: readonly string[] = []
  private readonly house: House
  private listeners: readonly Listener[] = []
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: OtlpSettings, site: SourceSite) {
    const intake = new Intake(site, settings, systemClock)
    const bearer = new Bearer(settings.bearer_tokens)
    const route = (request: IncomingMessage) => routeOtlp(request, this.house)
    this.house = { site, settings, intake, bearer, route, stopping: false }
  }

  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    const { intake } = this.house
    const giveUp = (): void => {
      intake.stop()
      setTimeout(() => this.drop(), LINGER_MS)
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
    this.stopping ??= this.shut()
    return this.stopping.finally(() => signal.removeEventListener('abort', giveUp))
  }

  private async open(): Promise<void> {
    const { settings, site } = this.house
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    const tls = settings.tls === undefined ? null : await loadServerTls(settings.tls)
    const listeners: Listener[] = []
    if (settings.grpc !== undefined) listeners.push(new GrpcListener(addressOf(settings.grpc), tls, this.house))
    if (settings.http !== undefined) listeners.push(new HttpListener(addressOf(settings.http), tls, this.house, site))
    this.listeners = listeners
    const addresses: string[] = []
    for (const listener of listeners) addresses.push(await listener.start())
    this.addresses = addresses
    for (const address of addresses) site.emit('info', 'listening', 'Listening for OTLP', { address })
  }

  private async shut(): Promise<void> {
    // A start that failed has said so to its caller; what it opened is closed here all the same.
    await this.starting?.catch(() => {})
    this.house.stopping = true
    await Promise.all(this.listeners.map((listener) => listener.finish()))
  }

  private drop(): void {
    for (const listener of this.listeners) listener.drop()
  }
}
