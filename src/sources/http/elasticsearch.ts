// Enough of Elasticsearch for the shippers that send to it: `_bulk` and single documents, and what they ask for before
// they send (version, license, templates). What they set up is acknowledged and not kept: nothing is stored here.
import { randomBytes } from 'node:crypto'
import type { Answer, Exchange, HttpTrouble } from '../../net/http/call.ts'
import type { Framed, Misframed } from '../../net/intake/intake.ts'
import { type Bulk, type BulkFault, type BulkItem, readBulk, readDocument } from './bulk.ts'
import { answerAbout } from './cluster.ts'
import { type Head, type House, JSON_TYPE, refusalHeaders, sayRefused } from './house.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

/** Official clients talk to nobody who does not say this. */
const PRODUCT = { 'x-elastic-product': 'Elasticsearch' }
const TYPES: Partial<Record<Refusal, string>> = {
  full: 'es_rejected_execution_exception',
  too_large: 'content_too_long_exception',
  path: 'resource_not_found_exception',
  unauthenticated: 'security_exception',
  malformed: 'illegal_argument_exception',
}
/** What shippers set up before they send. */
const SETUPS = new Set(['_index_template', '_template', '_component_template', '_ilm', '_ingest', '_data_stream'])

/** Null: no path of Elasticsearch's. */
export function routeElasticsearch(head: Head, house: House): Answer | Exchange | null {
  const exchange = exchangeFor(head, house)
  if (exchange === null || house.credentials.judge(head.request.headers.authorization) === 'admitted') return exchange
  return new ElasticsearchExchange(head, house, readNothing, answerSetup).refused('unauthenticated')
}

function exchangeFor(head: Head, house: House): Answer | Exchange | null {
  const { method, segments } = head
  const last = segments.at(-1)
  const writes = method === 'POST' || method === 'PUT'
  if (writes && last === '_bulk' && segments.length <= 3) {
    const index = segments.length > 1 ? segments[0] : undefined
    return new ElasticsearchExchange(head, house, (bytes) => readBulk(bytes, index), answerBulk)
  }
  const [index, verb, id] = segments
  if (writes && (verb === '_doc' || verb === '_create') && !index.startsWith('_')) {
    const operation = verb === '_doc' ? 'index' : 'create'
    const read = (bytes: Uint8Array) => readDocument(bytes, { operation, index, id })
    return new ElasticsearchExchange(head, house, read, answerDocument)
  }
  const asksFor = method === 'GET' || method === 'HEAD' ? answerAbout(segments, house.settings) : null
  if (asksFor !== null) return reply(head, 200, asksFor)
  // An index or what belongs to one; `/` was answered above.
  const isSetup = segments.length > 0 && (SETUPS.has(segments[0]) || (segments.length === 1 && index[0] !== '_'))
  if (isSetup && writes) return new ElasticsearchExchange(head, house, readNothing, answerSetup)
  return isSetup && (method === 'GET' || method === 'HEAD')
    ? reply(head, 404, errorBody('resource_not_found_exception', REFUSALS.path.message, 404))
    : null
}

function reply(head: Head, status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  // Clients of version 8 take only the type that they asked for.
  const accepted = head.request.headers.accept ?? ''
  const type = /^application\/vnd\.elasticsearch\+json; ?compatible-with=\d+$/.test(accepted) ? accepted : JSON_TYPE
  return { status, type, body: JSON.stringify(body), headers: { ...PRODUCT, ...headers } }
}

function errorBody(type: string, reason: string, status: number): unknown {
  return { error: { root_cause: [{ type, reason }], type, reason }, status }
}

type Answering = (head: Head, items: readonly BulkItem[]) => Answer

class ElasticsearchExchange implements Exchange {
  private items: readonly BulkItem[] = []
  private fault: BulkFault | null = null
  private readonly head: Head
  private readonly house: House
  private readonly read: (bytes: Uint8Array) => Bulk | BulkFault
  private readonly answer: Answering

  constructor(head: Head, house: House, read: (bytes: Uint8Array) => Bulk | BulkFault, answer: Answering) {
    this.head = head
    this.house = house
    this.read = read
    this.answer = answer
  }

  frame(bytes: Uint8Array): Framed | Misframed {
    const bulk = this.read(bytes)
    if ('reason' in bulk) {
      this.fault = bulk
      return bulk.type === 'content_too_long_exception' ? 'too_large' : null
    }
    this.items = bulk.items
    const documents = bulk.items.filter(isRefused).length
    if (documents > 0) {
      this.house.site.emit('warn', 'documents_refused', 'Documents of a request are no JSON objects', { documents })
    }
    return bulk.framed
  }

  delivered(): Answer {
    return this.answer(this.head, this.items)
  }

  refused(why: Refusal | HttpTrouble): Answer {
    sayRefused(this.house, why, this.head.request)
    const { status, message } = REFUSALS[why]
    const { type, reason } = this.fault ?? { type: TYPES[why] ?? 'status_exception', reason: message }
    return reply(this.head, status, errorBody(type, reason, status), refusalHeaders(this.house, why))
  }
}

function answerBulk(head: Head, items: readonly BulkItem[]): Answer {
  const ids = randomBytes(9).toString('base64url')
  const results = items.map((item, nth) => ({ [item.operation]: resultOf(item, ids + nth.toString(36)) }))
  return reply(head, 200, { took: 0, errors: items.some(isRefused), items: results })
}

function answerDocument(head: Head, [item]: readonly BulkItem[]): Answer {
  return isRefused(item)
    ? reply(head, 400, errorBody(UNPARSED.type, UNPARSED.reason, 400))
    : reply(head, 201, resultOf(item, randomBytes(15).toString('base64url')))
}

/** What was set up is read, and not looked at. */
const readNothing = (): Bulk => ({
  framed: { format: 'json', bytes: new Uint8Array(0), ends: new Uint32Array(0) },
  items: [],
})

function answerSetup(head: Head): Answer {
  return reply(head, 200, { acknowledged: true, shards_acknowledged: true })
}

const UNPARSED = { type: 'document_parsing_exception', reason: 'failed to parse' }

function isRefused({ isTaken }: BulkItem): boolean {
  return !isTaken
}

/** `newId`: what a document without one gets; it is nowhere else. */
function resultOf(item: BulkItem, newId: string): unknown {
  const { operation, index, id } = item
  const named = { _index: index, _id: id ?? newId }
  if (isRefused(item)) return { ...named, status: 400, error: UNPARSED }
  const done = { ...named, _version: 1, _shards: { total: 1, successful: 1, failed: 0 }, _seq_no: 0, _primary_term: 1 }
  // There is nothing here that could be deleted.
  if (operation === 'delete') return { ...done, result: 'not_found', status: 404 }
  return operation === 'update'
    ? { ...done, result: 'updated', status: 200 }
    : { ...done, result: 'created', status: 201 }
}
