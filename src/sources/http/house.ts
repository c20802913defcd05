// What every way of speaking to an http source shares.
import type { IncomingMessage } from 'node:http'
import type { SourceSite } from '../../core/component.ts'
import { peerOf } from '../../net/connections.ts'
import type { Credentials } from '../../net/credentials.ts'
import { CODINGS, type HttpHouse } from '../../net/http/call.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import type { HttpSettings } from './settings.ts'

export interface House extends HttpHouse {
  readonly site: SourceSite
  readonly settings: HttpSettings
  readonly credentials: Credentials
}

/** The head of a request, read once. */
export interface Head {
  readonly method: string
  /** Without the query, and without a slash at the end. */
  readonly path: string
  /** Decoded; empty ones are left out. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly request: IncomingMessage
}

export const JSON_TYPE = 'application/json'

export function headOf(request: IncomingMessage): Head {
  const [path, ...rest] = (request.url ?? '').split('?')
  const method = request.method ?? ''
  const query = new URLSearchParams(rest.join('?'))
  const segments = path.split('/').filter((segment) => segment !== '')
  try {
    return { method, path: `/${segments.join('/')}`, segments: segments.map(decodeURIComponent), query, request }
  } catch {
    // Broken percent-encoding names no place.
    return { method, path: '', segments: [], query, request }
  }
}

/** Counted by why, and logged now and then. Never with anything that the client sent. */
export function sayRefused(house: House, why: Refusal, request: IncomingMessage): void {
  const peer = peerOf(request.socket)
  house.site.emit('warn', `refused_${why}`, `A request was refused: ${REFUSALS[why].message}`, { peer })
}

/** The headers that go with a refusal, in every protocol. */
export function refusalHeaders(house: House, why: Refusal): Record<string, string> {
  if (REFUSALS[why].again) return { 'retry-after': String(Math.ceil(house.settings.retry_after_ms / 1000)) }
  if (why === 'compression') return { 'accept-encoding': CODINGS }
  if (why === 'unauthenticated') return { 'www-authenticate': 'Bearer, ApiKey, Basic realm="logveil"' }
  return {}
}
