// OTLP/HTTP: what a request may say, and its answer in the encoding of the request (OTLP specification, "OTLP/HTTP").
import type { IncomingMessage } from 'node:http'
import { peerOf } from '../../net/connections.ts'
import { type Answer, CODINGS, type Exchange, type HttpTrouble } from '../../net/http/call.ts'
import { encodeStatus, statusJson } from '../../net/rpc_status.ts'
import { frameOf } from './frame.ts'
import { type House, sayRefused } from './house.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

const PATH = '/v1/logs'
const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

export function routeOtlp(request: IncomingMessage, house: House): Answer | Exchange {
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()
  const exchange = new OtlpExchange(mediaType, peerOf(request.socket), house)
  const refusal = refusalOfHead(request, mediaType, house)
  return refusal === null ? exchange : exchange.refused(refusal)
}

function refusalOfHead({ headers, method, url }: IncomingMessage, mediaType: string, house: House): Refusal | null {
  if (house.stopping) return 'stopping'
  if (url?.split('?')[0] !== PATH) return 'path'
  if (method !== 'POST') return 'method'
  if (!house.bearer.admits(headers.authorization)) return 'unauthenticated'
  return mediaType === PROTOBUF || mediaType === JSON_TYPE ? null : 'media_type'
}

class OtlpExchange implements Exchange {
  private readonly mediaType: string
  private readonly peer: string
  private readonly house: House

  constructor(mediaType: string, peer: string, house: House) {
    this.mediaType = mediaType
    this.peer = peer
    this.house = house
  }

  frame(bytes: Uint8Array) {
    return frameOf(this.mediaType === JSON_TYPE ? 'otlp_json' : 'otlp', bytes)
  }

  /** An ExportLogsServiceResponse without partial_success: no bytes, or no members. */
  delivered(): Answer {
    return { status: 200, type: this.mediaType, body: this.mediaType === JSON_TYPE ? '{}' : '' }
  }

  refused(why: Refusal | HttpTrouble): Answer {
    const { settings } = this.house
    const { rpc, http, message, again } = REFUSALS[why]
    sayRefused(this.house, why, this.peer)
    const status = { code: rpc, message, retry_after_ms: again ? settings.retry_after_ms : undefined }
    const headers: Record<string, string> = {}
    if (again) headers['retry-after'] = String(Math.ceil(settings.retry_after_ms / 1000))
    if (why === 'method') headers.allow = 'POST'
    if (why === 'compression') headers['accept-encoding'] = CODINGS
    if (why === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
    // Who sends neither encoding can read JSON better.
    return this.mediaType === PROTOBUF
      ? { status: http, type: PROTOBUF, body: encodeStatus(status), headers }
      : { status: http, type: JSON_TYPE, body: statusJson(status), headers }
  }
}
