// The source for OpenTelemetry: an OTLP exporter of a Collector or an SDK points here. It listens for gRPC, HTTP or
// both, and answers a request when its records are delivered. What becomes of a request is in net/intake.
import type { IncomingMessage } from 'node:http'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { addressOf } from '../net/address.ts'
import { Bearer } from '../net/bearer.ts'
import { HttpListener } from '../net/http/listener.ts'
import { type Listener, RequestSource } from '../net/http/source.ts'
import { Intake } from '../net/intake/intake.ts'
import { loadServerTls } from '../net/tls.ts'
import { GrpcListener } from './otlp/grpc.ts'
import type { House } from './otlp/house.ts'
import { routeOtlp } from './otlp/http.ts'
import { type OtlpSettings, otlpSettings } from './otlp/settings.ts'

export const otlp: SourceSpec<OtlpSettings> = {
  type: 'otlp',
  summary: 'Takes logs from OpenTelemetry Collectors and SDKs (OTLP over gRPC and HTTP, protobuf and JSON).',
  settings: otlpSettings,
  example: { type: 'otlp', grpc: '127.0.0.1:4317', http: '127.0.0.1:4318' },
  create: createSource,
}

function createSource(settings: OtlpSettings, site: SourceSite): Source {
  const intake = new Intake(site, settings, systemClock)
  const bearer = new Bearer(settings.bearer_tokens)
  const route = (request: IncomingMessage) => routeOtlp(request, house)
  const house: House = { site, settings, intake, bearer, route, stopping: false }
  return new RequestSource(site, house, async () => {
    const tls = settings.tls === undefined ? null : await loadServerTls(settings.tls)
    const listeners: Listener[] = []
    if (settings.grpc !== undefined) listeners.push(new GrpcListener(addressOf(settings.grpc), tls, house))
    if (settings.http !== undefined) listeners.push(new HttpListener(addressOf(settings.http), tls, house, site))
    return listeners
  })
}
