// One gRPC call: its headers, its one message, its answer (gRPC, doc/PROTOCOL-HTTP2.md).
// An answer is sent once; whatever still comes after it is not read.
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { systemClock } from '../../core/clock.ts'
import { type ContentCoding, contentCodingOf } from '../../net/compression.ts'
import { peerOf } from '../../net/connections.ts'
import { Body } from '../../net/intake/budget.ts'
import { encodeStatus, Rpc } from '../../net/rpc_status.ts'
import { traceparentOf } from '../../net/traceparent.ts'
import { frameOf } from './frame.ts'
import { GrpcMessage } from './grpc_message.ts'
import { type House, sayRefused } from './house.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const HEALTH = '/grpc.health.v1.Health/Check'
/** A message without fields: ExportLogsServiceResponse without partial_success. */
const EMPTY = Buffer.alloc(5)
/** HealthCheckResponse{status: SERVING}. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01])
const HEAD = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity,deflate,gzip,zstd,snappy,lz4',
}
const UNIT_MS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000001 }

export function answerCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, house: House): void {
  const call = new GrpcCall(stream, headers, house)
  stream.on('error', () => {})
  try {
    call.begin()
  } catch {
    // A defect costs this call, and nobody else.
    house.site.emit('error', 'request_defect', 'A request failed within logveil and was refused')
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

class GrpcCall {
  private readonly stream: ServerHttp2Stream
  private readonly headers: IncomingHttpHeaders
  private readonly house: House
  private readonly message: GrpcMessage
  private compression: ContentCoding | null = null
  private receiving: NodeJS.Timeout | undefined
  private answered = false
  private isHealth = false
  private readonly begun_ms = systemClock.steady_ms()
  /** The body is the intake's now. */
  private handedOver = false

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, house: House) {
    this.stream = stream
    this.headers = headers
    this.house = house
    this.message = new GrpcMessage(new Body(house.intake.budget), house.settings.message_bytes_max)
  }

  begin(): void {
    const { stream, house } = this
    const reply = this.replyToHead()
    if (reply !== null) {
      reply()
      return
    }
    if (!this.message.body.open()) {
      this.refuse('full')
      return
    }
    this.receiving = setTimeout(() => this.refuse('slow'), house.settings.receive_ms_max)
    stream.on('data', (chunk: Buffer) => this.hear(chunk))
    stream.on('end', () => this.heardAll())
    stream.on('close', () => this.release())
  }

  /** What the headers alone are answered with; null: the message is to be read. */
  private replyToHead(): (() => void) | null {
    const { headers, house } = this
    if (headers[':method'] !== 'POST') return () => this.refuseHttp(405)
    if (!/^application\/grpc(\+proto)?\s*(;|$)/i.test(headers['content-type'] ?? '')) return () => this.refuseHttp(415)
    const path = headers[':path']
    if (path !== EXPORT && path !== HEALTH) return () => this.finish(Rpc.unimplemented, 'the method is not known')
    this.isHealth = path === HEALTH
    if (!this.isHealth && !house.bearer.admits(headers.authorization)) return () => this.refuse('unauthenticated')
    const compression = contentCodingOf(single(headers['grpc-encoding']))
    if (compression === undefined) return () => this.refuse('compression')
    this.compression = compression
    return null
  }

  private hear(chunk: Uint8Array): void {
    if (this.answered) return
    const refusal = this.message.push(chunk)
    if (refusal !== null) this.refuse(refusal)
  }

  private heardAll(): void {
    if (this.answered || this.stream.aborted) return
    clearTimeout(this.receiving)
    const { message, compression, headers, house } = this
    // Compressed, it says, and does not say how.
    const refusal = message.end() ?? (message.isCompressed && compression === null ? 'undecodable' : null)
    if (refusal !== null) {
      this.refuse(refusal)
      return
    }
    // It asks for a service by name, and there is but one.
    if (this.isHealth) {
      this.answer(SERVING)
      return
    }
    const request = {
      body: message.body,
      compression: message.isCompressed ? compression : null,
      timeout_ms: timeoutOf(single(headers['grpc-timeout'])) - (systemClock.steady_ms() - this.begun_ms),
      traceparent: traceparentOf(headers.traceparent),
      frame: (bytes: Uint8Array) => frameOf('otlp', bytes),
      isGone: () => this.stream.closed || this.stream.destroyed,
    }
    this.handedOver = true
    const begun = (abandon: () => void): void => void this.stream.once('close', abandon)
    void house.intake.take(request, begun).then((outcome) => {
      if (outcome === 'delivered') this.answer(EMPTY)
      else this.refuse(outcome)
    })
  }

  /** To be called when the client has sent all: a stream that is reset may lose its trailers. */
  private answer(message: Buffer): void {
    const { stream } = this
    this.reply(() => {
      stream.respond(HEAD, { waitForTrailers: true })
      stream.once('wantTrailers', () => {
        if (!stream.closed) stream.sendTrailers({ 'grpc-status': '0' })
      })
      stream.end(message)
    })
  }

  private refuse(why: Refusal): void {
    if (this.answered || this.stream.destroyed) return
    const { rpc, message, again } = REFUSALS[why]
    sayRefused(this.house, why, peerOf(this.stream.session?.socket))
    this.finish(rpc, message, again ? this.house.settings.retry_after_ms : undefined)
  }

  /** An answer without a message is one block of headers ("Trailers-Only"). */
  private finish(code: number, message: string, retry_after_ms?: number): void {
    const details = Buffer.from(encodeStatus({ code, message, retry_after_ms })).toString('base64')
    const told = retry_after_ms === undefined ? {} : { 'grpc-status-details-bin': details }
    const trailers = { 'grpc-status': String(code), 'grpc-message': message, ...told }
    this.reply(() => {
      this.stream.respond({ ...HEAD, ...trailers }, { endStream: true })
      this.hangUp()
    })
  }

  /** Who does not speak gRPC is told in HTTP. */
  private refuseHttp(status: number): void {
    this.reply(() => {
      this.stream.respond({ ':status': status }, { endStream: true })
      this.hangUp()
    })
  }

  /** Once, and only while there is somebody to hear it: Node throws at a stream that its client has reset. */
  private reply(send: () => void): void {
    this.release()
    if (this.answered || this.stream.closed || this.stream.destroyed) return
    this.answered = true
    try {
      send()
    } catch {
      this.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    }
  }

  /** The client may still be sending: it is told to stop, and that nothing is wrong (RFC 9113, section 8.1). */
  private hangUp(): void {
    if (this.stream.readableEnded) return
    this.stream.resume()
    this.stream.once('finish', () => this.stream.close(constants.NGHTTP2_NO_ERROR))
  }

  private release(): void {
    clearTimeout(this.receiving)
    if (!this.handedOver) this.message.body.release()
  }
}

/** `TimeoutValue TimeoutUnit`: at most eight digits. Absent or unreadable: no time of the client's own. */
function timeoutOf(header: string | undefined): number {
  const parts = /^(\d{1,8})([HMSmun])$/.exec(header ?? '')
  return parts === null ? Number.POSITIVE_INFINITY : Number(parts[1]) * UNIT_MS[parts[2]]
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0]
}
