// A ClickHouse by the documentation of its HTTP interface, as far as inserts of JSONEachRow go: exceptions by code,
// inserts that are all or nothing, and repeats known by their tokens.
import { type Asked, documentsIn, type Reply, type StandIn, standIn } from '../stand_in.ts'

export const PASSWORD = 'made-up'
const COLUMNS = ['id', 'timestamp', 'service', 'severity', 'source', 'record']
const SETTINGS = ['query', 'async_insert', 'wait_end_of_query', 'insert_deduplication_token', 'max_insert_threads']

export interface Clickhouse extends StandIn {
  readonly rows: Record<string, unknown>[]
}

export async function clickhouse(): Promise<Clickhouse> {
  const rows: Record<string, unknown>[] = []
  const tokens = new Set<string>()

  const answer = (asked: Asked): Reply => {
    const { query, headers } = asked
    if (headers['x-clickhouse-user'] !== 'writer' || headers['x-clickhouse-key'] !== PASSWORD) return failed(403, 516)
    const unknown = [...query.keys()].find((name) => !SETTINGS.includes(name))
    if (unknown !== undefined) return failed(404, 115)
    if (query.get('query') !== 'INSERT INTO default.logs FORMAT JSONEachRow') return failed(404, 60)
    if (query.get('async_insert') !== '0') throw new Error('an insert that may be lost after its answer')
    const documents = documentsIn(asked.body)
    for (const document of documents) {
      if (Object.keys(document).some((name) => !COLUMNS.includes(name))) return failed(400, 117)
      if (String(document.record).includes('unfit')) return failed(400, 27)
    }
    const token = query.get('insert_deduplication_token') ?? ''
    if (tokens.has(token)) return {}
    tokens.add(token)
    rows.push(...documents)
    return {}
  }

  return { ...(await standIn(answer)), rows }
}

export function failed(status: number, code: number): Reply {
  const body = `Code: ${code}. DB::Exception: said the server of [the row]`
  return { status, headers: { 'x-clickhouse-exception-code': String(code) }, body }
}
