// An Elasticsearch by the documentation of its bulk API: refuses what the real one refuses, document by document.
import { type Asked, documentsIn, type Reply, type StandIn, standIn } from '../stand_in.ts'

export const API_KEY = 'bWFkZTp1cA=='

type Doc = Record<string, unknown>
interface Item {
  status: number
  error?: { type: string; reason?: string }
}

export interface Elastic extends StandIn {
  /** By index, then by id. */
  readonly indexes: Map<string, Map<string, Doc>>
  /** What happens to documents in place of being stored, by id; each once. */
  readonly faults: Map<string, Item>
  readonly closed: Set<string>
}

export async function elasticsearch({ bytes_max = 100_000_000 } = {}): Promise<Elastic> {
  const indexes = new Map<string, Map<string, Doc>>()
  const kinds = new Map<string, string>()
  const faults = new Map<string, Item>()
  const closed = new Set<string>()

  const store = (index: string, id: string, doc: Doc): Item => {
    const fault = faults.get(id)
    if (fault !== undefined) {
      faults.delete(id)
      return fault
    }
    if (!/^[a-z0-9][a-z0-9_.-]{0,254}$/.test(index)) return failed(400, 'invalid_index_name_exception')
    if (closed.has(index)) return failed(400, 'index_closed_exception')
    if (typeof doc['@timestamp'] !== 'string') return failed(400, 'document_parsing_exception')
    for (const [name, value] of Object.entries(doc)) {
      const kind = typeof value === 'object' && !Array.isArray(value) ? 'object' : 'text'
      const known = kinds.get(`${index} ${name}`) ?? kind
      kinds.set(`${index} ${name}`, known)
      if (known !== kind) return failed(400, 'document_parsing_exception')
    }
    const documents = indexes.get(index) ?? new Map()
    indexes.set(index, documents)
    if (documents.has(id)) return failed(409, 'version_conflict_engine_exception')
    documents.set(id, doc)
    return { status: 201 }
  }

  const answer = (asked: Asked): Reply => {
    const refusal = refusalOf(asked, bytes_max)
    if (refusal !== null) return refusal
    const lines = documentsIn(asked.body)
    if (lines.length % 2 !== 0) return { status: 400, body: { error: { type: 'illegal_argument_exception' } } }
    const items: Record<string, Item>[] = []
    for (let at = 0; at < lines.length; at += 2) {
      const { _index, _id } = lines[at].create as { _index: string; _id: string }
      if (Buffer.byteLength(_id) > 512) return { status: 400, body: { error: { type: 'illegal_argument_exception' } } }
      items.push({ create: store(_index, _id, lines[at + 1]) })
    }
    const errors = items.some(({ create }) => create.error !== undefined)
    return { body: filtered({ errors, items }, asked.query.get('filter_path')) }
  }

  return { ...(await standIn(answer)), indexes, faults, closed }
}

export function failed(status: number, type: string): Item {
  return { status, error: { type, reason: 'said the index of [the value]' } }
}

function refusalOf({ method, path, headers, body }: Asked, bytes_max: number): Reply | null {
  if (headers.authorization !== `ApiKey ${API_KEY}`) return { status: 401, body: { error: 'security_exception' } }
  if (method !== 'POST' || path !== '/_bulk') return { status: 405 }
  if (headers['content-type'] !== 'application/x-ndjson') return { status: 406 }
  return body.length > bytes_max ? { status: 413 } : null
}

/** What `filter_path` leaves; only the one that is known here is asked for. */
function filtered(answer: { errors: boolean; items: Record<string, Item>[] }, filter: string | null): unknown {
  if (filter !== 'errors,items.*.status,items.*.error.type') return answer
  const { errors, items } = answer
  const short = items.map(({ create: { status, error } }) => ({
    create: error === undefined ? { status } : { status, error: { type: error.type } },
  }))
  return { errors, items: short }
}
