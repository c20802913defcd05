// One HTTP request whose body is records: its head, its body, its answer. What is said in it is told by an Exchange.
// An answer is sent once; what still comes after it is read for a moment and thrown away.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ContentCoding, contentCodingOf } from '../compression.ts'
import { Body } from '../intake/budget.ts'
import type { Framed, Intake, Misframed, Trouble } from '../intake/intake.ts'
import type { RequestLimits } from '../intake/settings.ts'
import { traceparentOf } from '../traceparent.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** `slow`: it did not arrive in time. `compression`: none that we know. */
export type HttpTrouble = Trouble | 'slow' | 'compression'

/** One request in the words of its protocol, once its head has let it in. */
export interface Exchange {
  /** The frames of its body. Null: it can not be read, and is refused as `malformed`. */
  frame(body: Uint8Array): Framed | Misframed
  /** When everything that `frame` gave is delivered. */
  delivered(): Answer
  refused(why: HttpTrouble): Answer
}

/** What the listeners and calls of one source share. */
export interface HttpHouse {
  readonly settings: RequestLimits
  readonly intake: Intake
  /** No more requests are taken; those that came are answered. */
  stopping: boolean
  /** What the head of a request is answered with, or what its body is. */
  route(request: IncomingMessage): Answer | Exchange
}

export const CODINGS = 'gzip, deflate, zstd, snappy, lz4, identity'
/** A client that is refused may be in the middle of its body: closing at once would take the answer from it. */
const LINGER_MS = 2000

export class HttpCall {
  private readonly request: IncomingMessage
  private readonly response: ServerResponse
  private readonly house: HttpHouse
  private readonly body: Body
  private receiving: NodeJS.Timeout | undefined
  private answered = false
  /** The body is the intake's now. */
  private handedOver = false

  constructor(request: IncomingMessage, response: ServerResponse, house: HttpHouse) {
    this.request = request
    this.response = response
    this.house = house
    this.body = new Body(house.intake.budget)
  }

  /** `expects`: the client waits for leave to send its body (Expect: 100-continue). */
  begin(expects: boolean): void {
    const { request, house } = this
    const routed = house.route(request)
    if (!('frame' in routed)) {
      this.answer(routed)
      return
    }
    const compression = contentCodingOf(request.headers['content-encoding'])
    const why = this.refusalOfHead(compression) ?? (this.body.open() ? null : 'full')
    if (why !== null) {
      this.refuse(routed, why)
      return
    }
    if (expects) this.response.writeContinue()
    this.receiving = setTimeout(() => this.refuse(routed, 'slow'), house.settings.receive_ms_max)
    request.on('data', (chunk: Buffer) => this.hear(routed, chunk))
    request.on('end', () => this.heardAll(routed, compression ?? null))
    request.on('error', () => this.release())
    this.response.on('close', () => this.release())
  }

  private refusalOfHead(compression: ContentCoding | null | undefined): HttpTrouble | null {
    if (this.house.stopping) return 'stopping'
    if (compression === undefined) return 'compression'
    const declared = Number(this.request.headers['content-length'] ?? 0)
    return declared > this.house.settings.message_bytes_max ? 'too_large' : null
  }

  private hear(exchange: Exchange, chunk: Uint8Array): void {
    if (this.answered) return
    if (this.body.size + chunk.length > this.house.settings.message_bytes_max) this.refuse(exchange, 'too_large')
    else if (!this.body.push(chunk)) this.refuse(exchange, 'full')
  }

  private heardAll(exchange: Exchange, compression: ContentCoding | null): void {
    if (this.answered) return
    clearTimeout(this.receiving)
    this.handedOver = true
    const request = {
      body: this.body,
      compression,
      timeout_ms: Number.POSITIVE_INFINITY,
      traceparent: traceparentOf(this.request.headers.traceparent),
      frame: (bytes: Uint8Array) => exchange.frame(bytes),
      isGone: () => this.response.destroyed || this.response.socket?.destroyed === true,
    }
    const begun = (abandon: () => void): void => void this.response.once('close', abandon)
    const answered = this.house.intake.take(request, begun).then((outcome) => {
      if (outcome === 'delivered') this.answer(exchange.delivered())
      else this.refuse(exchange, outcome)
    })
    // An answer that can not be made must end this client's connection, and nobody else's.
    answered.catch(() => this.response.destroy())
  }

  private refuse(exchange: Exchange, why: HttpTrouble): void {
    if (!this.answered && !this.response.destroyed) this.answer(exchange.refused(why))
  }

  private answer({ status, type, body, headers }: Answer): void {
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
