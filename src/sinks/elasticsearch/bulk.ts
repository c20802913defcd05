// Bodies and answers of the bulk API of Elasticsearch and OpenSearch. Every record has a name, so that a repeat is
// known there: `create` of what exists answers 409, and then it is there.
//
//   body   ::= ( action "\n" document "\n" )*       action ::= {"create":{"_index":…,"_id":…}}
//   answer ::= {"errors":bool,"items":[ {"create":{"status":int,"error"?:{"type":…}}} … ]}   one item a document
import type { SinkError } from '../../core/errors.ts'
import { type Facts, isoTime } from '../../net/document_facts.ts'
import type { Piece } from '../../net/documents.ts'
import type { HttpAnswer } from '../../net/http_client.ts'
import { errorOf, NoEntry } from '../../net/http_verdict.ts'
import type { Remains } from '../../net/parcels.ts'
import { renamed, withMember } from '../../wire/transcode/document_member.ts'

/** An answer as short as it can be, and without the words of errors, which repeat values of records. */
export const FILTER = 'filter_path=errors,items.*.status,items.*.error.type'

/** Not the document is at fault but the place: somebody has to open, create, unlock or allow it. */
const PLACES: readonly string[] = [
  'index_closed_exception',
  'index_not_found_exception',
  'cluster_block_exception',
  'invalid_index_name_exception',
  'security_exception',
  'unavailable_shards_exception',
]

const BODY = Buffer.from('body')
interface Item {
  readonly status: number
  readonly error?: { readonly type?: string }
}

/** `count` documents were sent, and the request as a whole was answered with 200. Throws when it is no such answer. */
export function readItems(answer: HttpAnswer, count: number): Remains {
  const items = itemsIn(answer.body)
  if (items === null) throw errorOf('later', 'the answer is not one of the bulk API')
  if (items.length !== count) throw errorOf('later', `${items.length} answers for ${count} documents`)
  const rejected: number[] = []
  const again: number[] = []
  let why: SinkError | undefined
  for (const [at, { status, error }] of items.entries()) {
    if ((status >= 200 && status < 300) || status === 409) continue
    const isPlace = PLACES.includes(error?.type ?? '') || status === 401 || status === 403 || status === 404
    if (isPlace || status === 429 || status >= 500) {
      again.push(at)
      if (isPlace) why = new NoEntry(`HTTP ${status} for a document${typeOf(error?.type)}`)
      else why ??= errorOf('later', `HTTP ${status} for a document`)
    } else rejected.push(at)
  }
  return { rejected, again, why }
}

/** In pieces, as the API wants it: an object with a time, and a body that is no map under a name of its own. */
export function prepared(document: Uint8Array, { members }: Facts, time_ms: number): Piece[] {
  const body = members?.body
  // One field can not hold texts and objects: an index that has seen one refuses the other.
  const isText = body !== undefined && (typeof body !== 'object' || body === null)
  const named = isText ? renamed(document, BODY, 'message') : document
  if (members !== null && '@timestamp' in members) return [named]
  return withMember(named, '@timestamp', `"${isoTime(time_ms)}"`)
}

/** A name of the API's, and nothing that it might have made of a document. */
function typeOf(type: string | undefined): string {
  return type !== undefined && /^[a-z_]{1,64}$/.test(type) ? ` (${type})` : ''
}

function itemsIn(body: Buffer): Item[] | null {
  try {
    const { items } = JSON.parse(body.toString()) as { items?: Record<string, Item>[] }
    return items?.map((item) => Object.values(item)[0]) ?? null
  } catch {
    return null
  }
}
