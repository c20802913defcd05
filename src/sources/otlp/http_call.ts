// One request of OTLP/HTTP: its headers, its body, its answer in the encoding of the request (OTLP specification,
// "OTLP/HTTP"). An answer is sent once; what still comes after it is read for a moment and thrown away.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ContentCoding } from '../../net/compression.ts'
import { encodeStatus, statusJson } from '../../net/rpc_status.ts'
import { Body } from './budget.ts'
import { peerOf } from './connections.ts'
import { compressionOf, type House, sayRefused, traceparentOf } from './house.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

const PATH = '/v1/logs'
const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const CODINGS = 'gzip, deflate, zstd, snappy, lz4, identity'
/** A client that is refused may be in the middle of its body: closing at once would take the answer from it. */
const LINGER_MS = 2000

export class HttpCall {
  private readonly request: IncomingMessage
  private readonly response: ServerResponse
  private readonly house: House
  private readonly body: Body
  private readonly mediaType: string
  private receiving: NodeJS.Timeout | undefined
  private answered = false
  /** The body is the intake's now. */
  private handedOver = false

  constructor(request: IncomingMessage, response: ServerResponse, house: House) {
    this.request = request
    this.response = response
    this.house = house
    this.body = new Body(house.intake.budget)
    this.mediaType = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()
  }

  /** `expects`: the client waits for leave to send its body (Expect: 100-continue). */
  begin(expects: boolean): void {
    const { request, house } = this
    const compression = compressionOf(request.headers['content-encoding'])
    const refusal = this.refusalOfHead(compression) ?? (this.body.open() ? null : 'full')
    if (refusal !== null) {
      this.refuse(refusal)
      return
    }
    if (expects) this.response.writeContinue()
    this.receiving = setTimeout(() => this.refuse('slow'), house.settings.receive_ms_max)
    request.on('data', (chunk: Buffer) => this.hear(chunk))
    request.on('end', () => this.heardAll(compression ?? null))
    request.on('error', () => this.release())
    this.response.on('close', () => this.release())
  }

  private refusalOfHead(compression: ContentCoding | null | undefined): Refusal | null {
    const { headers, method, url } = this.request
    if (this.house.stopping) return 'stopping'
    if (url?.split('?')[0] !== PATH) return 'path'
    if (method !== 'POST') return 'method'
    if (!this.house.bearer.admits(headers.authorization)) return 'unauthenticated'
    if (this.mediaType !== PROTOBUF && this.mediaType !== JSON_TYPE) return 'media_type'
    if (compression === undefined) return 'compression'
    return Number(headers['content-length'] ?? 0) > this.house.settings.message_bytes_max ? 'too_large' : null
  }

  private hear(chunk: Uint8Array): void {
    if (this.answered) return
    if (this.body.size + chunk.length > this.house.settings.message_bytes_max) this.refuse('too_large')
    else if (!this.body.push(chunk)) this.refuse('full')
  }

  private heardAll(compression: ContentCoding | null): void {
    if (this.answered) return
    clearTimeout(this.receiving)
    this.handedOver = true
    const request = {
      format: this.mediaType === JSON_TYPE ? 'otlp_json' : 'otlp',
      body: this.body,
      compression,
      timeout_ms: Number.POSITIVE_INFINITY,
      traceparent: traceparentOf(this.request.headers.traceparent),
      isGone: () => this.response.destroyed || this.response.socket?.destroyed === true,
    } as const
    const begun = (abandon: () => void): void => void this.response.once('close', abandon)
    void this.house.intake.take(request, begun).then((outcome) => {
      // An ExportLogsServiceResponse without partial_success: no bytes, or no members.
      if (outcome === 'delivered') this.answer(200, this.mediaType, this.mediaType === JSON_TYPE ? '{}' : '', {})
      else this.refuse(outcome)
    })
  }

  private refuse(why: Refusal): void {
    if (this.answered || this.response.destroyed) return
    const { settings } = this.house
    const { rpc, http, message, again } = REFUSALS[why]
    sayRefused(this.house, why, peerOf(this.request.socket))
    const retry_after_ms = again ? settings.retry_after_ms : undefined
    const status = { code: rpc, message, retry_after_ms }
    const headers: Record<string, string> = {}
    if (again) headers['retry-after'] = String(Math.ceil(settings.retry_after_ms / 1000))
    if (why === 'method') headers.allow = 'POST'
    if (why === 'compression') headers['accept-encoding'] = CODINGS
    if (why === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
    // Who sends neither encoding can read JSON better.
    if (this.mediaType === PROTOBUF) this.answer(http, PROTOBUF, encodeStatus(status), headers)
    else this.answer(http, JSON_TYPE, statusJson(status), headers)
  }

  private answer(status: number, type: string, body: string | Uint8Array, headers: Record<string, string>): void {
    const { request, response } = this
    this.release()
    if (this.answered || response.destroyed) return
    this.answered = true
    const unread = !request.complete
    response.shouldKeepAlive = response.shouldKeepAlive && !unread && !this.house.stopping
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
    response.end(body)
    if (unread) this.linger()
  }

  private linger(): void {
    const { request } = this
    request.resume()
    const { socket } = request
    const closing = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(closing))
  }

  private release(): void {
    clearTimeout(this.receiving)
    if (!this.handedOver) this.body.release()
  }
}
