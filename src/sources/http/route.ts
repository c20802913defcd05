// Which protocol a request is of, by its path alone.
import type { IncomingMessage } from 'node:http'
import type { Answer, Exchange } from '../../net/http/call.ts'
import { routeElasticsearch } from './elasticsearch.ts'
import { routeHec } from './hec.ts'
import { type House, headOf } from './house.ts'
import { refusePlainly, routePlain } from './plain.ts'

export function routeRequest(request: IncomingMessage, house: House): Answer | Exchange {
  const head = headOf(request)
  const isOurs = head.path === house.settings.path
  // Elasticsearch's clients ask for `/` before they send anything.
  if (isOurs && head.method !== 'GET' && head.method !== 'HEAD') return routePlain(head, house)
  if (head.segments[0] === 'services' && head.segments[1] === 'collector') return routeHec(head, house)
  return routeElasticsearch(head, house) ?? refusePlainly(isOurs ? 'method' : 'path', head, house)
}
