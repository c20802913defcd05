// A token by OAuth 2.0 client credentials (RFC 6749 section 4.4), fetched when it is first needed and again before it
// ends. Of a refusal only the error's code is read.
import { systemClock } from '../core/clock.ts'
import { HttpClient, type HttpClientSettings } from './http_client.ts'
import { errorOf, NoEntry, retryAfter_ms, verdictOf } from './http_verdict.ts'

/** A token is fetched again so long before its end: a request must not end after its token. */
const MARGIN_MS = 120_000
const MARGIN_SHARE = 0.5
const DEFAULT_LIFE_MS = 300_000

export interface OauthSettings {
  readonly url: string
  readonly client_id: string
  readonly client_secret: string
  readonly scope: string
}

export class Oauth {
  private readonly settings: OauthSettings
  private readonly http: HttpClientSettings
  private client: Promise<HttpClient> | null = null
  private token = ''
  private until_ms = 0
  private fetching: Promise<string> | null = null

  constructor(settings: OauthSettings, http: HttpClientSettings) {
    this.settings = settings
    this.http = { ...http, headers: {}, compression: 'none' }
  }

  /** Rejects with a SinkError; who is not let in is NoEntry. */
  async get(signal: AbortSignal): Promise<string> {
    if (this.token !== '' && systemClock.steady_ms() < this.until_ms) return this.token
    this.fetching ??= this.fetch(signal).finally(() => {
      this.fetching = null
    })
    return await this.fetching
  }

  /** The receiver does not take it any more. */
  forget(token: string): void {
    if (this.token === token) this.token = ''
  }

  close(): void {
    void this.client?.then((client) => client.close())
  }

  private async fetch(signal: AbortSignal): Promise<string> {
    const { url, client_id, client_secret, scope } = this.settings
    const { origin, pathname } = new URL(url)
    this.client ??= HttpClient.open(origin, this.http)
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope })
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    const began_ms = systemClock.steady_ms()
    const request = { path: pathname, headers, body: Buffer.from(form.toString()) }
    const answer = await (await this.client).send(request, signal)
    const said = readJson(answer.body)
    const verdict = verdictOf(answer.status)
    if (verdict === 'later')
      throw errorOf(verdict, `token: HTTP ${answer.status}`, retryAfter_ms(answer.headers['retry-after']))
    if (typeof said.access_token !== 'string' || verdict !== 'taken') {
      const code = typeof said.error === 'string' && /^[a-z_]{1,64}$/.test(said.error) ? `, ${said.error}` : ''
      throw new NoEntry(`token: HTTP ${answer.status}${code}`)
    }
    const life_ms = Number(said.expires_in) * 1000 || DEFAULT_LIFE_MS
    this.until_ms = began_ms + life_ms - Math.min(MARGIN_MS, life_ms * MARGIN_SHARE)
    this.token = said.access_token
    return this.token
  }
}

function readJson(body: Buffer): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(body.toString())
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
