// The Logs Ingestion API of Azure Monitor and the token endpoint beside it, by Microsoft's documentation: JSON arrays
// of at most 1 MiB, tokens that end, tables with a time.
import { type Asked, type Reply, type StandIn, standIn } from '../stand_in.ts'

export const CREDENTIALS = { tenant: 'a-tenant', client_id: 'an-app', client_secret: 'made-up-secret' }
export const RULE = 'dcr-0123456789abcdef0123456789abcdef'

export interface Sentinel extends StandIn {
  readonly rows: Record<string, unknown>[]
  /** Tokens that were given; only the last one counts, unless `ended`. */
  readonly tokens: string[]
  readonly manners: { ended: boolean; expires_in: number; granted: boolean }
}

export async function sentinel(): Promise<Sentinel> {
  const rows: Record<string, unknown>[] = []
  const tokens: string[] = []
  const manners = { ended: false, expires_in: 3600, granted: true }

  const token = ({ path, body, headers }: Asked): Reply => {
    const form = new URLSearchParams(body.toString())
    const { client_id, client_secret, tenant } = CREDENTIALS
    if (path !== `/${tenant}/oauth2/v2.0/token`) return { status: 404 }
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return { status: 415 }
    if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== 'https://monitor.azure.com/.default') {
      return { status: 400, body: { error: 'invalid_scope', error_description: 'said the authority' } }
    }
    if (form.get('client_id') !== client_id || form.get('client_secret') !== client_secret) {
      return { status: 401, body: { error: 'invalid_client', error_description: 'said the authority' } }
    }
    tokens.push(`token-${tokens.length + 1}`)
    manners.ended = false
    return { body: { token_type: 'Bearer', access_token: tokens.at(-1), expires_in: manners.expires_in } }
  }

  const answer = (asked: Asked): Reply => {
    if (asked.path.includes('/oauth2/')) return token(asked)
    const { authorization } = asked.headers
    if (authorization !== `Bearer ${tokens.at(-1)}` || manners.ended) return { status: 401 }
    if (!manners.granted) return { status: 403, body: { error: { code: 'OperationFailed' } } }
    if (asked.path !== `/dataCollectionRules/${RULE}/streams/Custom-T_CL`) return { status: 404 }
    if (asked.query.get('api-version') !== '2023-01-01') return { status: 400 }
    if (asked.headers['content-type'] !== 'application/json') return { status: 415 }
    if (asked.body.length > 1_048_576 || asked.sent.length > 1_048_576) return { status: 413 }
    const array: unknown = JSON.parse(asked.body.toString())
    if (!Array.isArray(array) || array.some((row) => typeof row !== 'object')) return { status: 400 }
    if (array.some((row) => Number.isNaN(Date.parse(row.TimeGenerated)))) return { status: 400 }
    rows.push(...array)
    return { status: 204, body: '' }
  }

  return { ...(await standIn(answer)), rows, tokens, manners }
}
