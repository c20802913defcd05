// The source for everything that sends logs by HTTP: JSON and text by plain POST, and what shippers for Elasticsearch
// (`_bulk`) and Splunk (HTTP Event Collector) send, so that they only need another address. It answers a request when
// its records are delivered.
import type { IncomingMessage } from 'node:http'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { addressOf } from '../net/address.ts'
import { Credentials } from '../net/credentials.ts'
import { HttpListener } from '../net/http/listener.ts'
import { RequestSource } from '../net/http/source.ts'
import { Intake } from '../net/intake/intake.ts'
import { loadServerTls } from '../net/tls.ts'
import type { House } from './http/house.ts'
import { routeRequest } from './http/route.ts'
import { type HttpSettings, httpSettings } from './http/settings.ts'

export const http: SourceSpec<HttpSettings> = {
  type: 'http',
  summary: 'Takes logs by HTTP: JSON and text, and what shippers for Elasticsearch and Splunk HEC send.',
  settings: httpSettings,
  example: { type: 'http', listen: '127.0.0.1:8088' },
  create: createSource,
}

function createSource(settings: HttpSettings, site: SourceSite): Source {
  const intake = new Intake(site, settings, systemClock)
  const credentials = new Credentials(settings.tokens, settings.users)
  const route = (request: IncomingMessage) => routeRequest(request, house)
  const house: House = { site, settings, intake, credentials, route, stopping: false }
  return new RequestSource(site, house, async () => {
    const tls = settings.tls === undefined ? null : await loadServerTls(settings.tls)
    return [new HttpListener(addressOf(settings.listen), tls, house, site)]
  })
}
