// Splunk's HTTP Event Collector as its clients know it, without indexer acknowledgement: an answer with success is one,
// for it is sent when the events are delivered. Every answer has Splunk's text and code ("Troubleshoot HTTP Event
// Collector", possible error codes).
import type { Answer, Exchange, HttpTrouble } from '../../net/http/call.ts'
import type { Framed } from '../../net/intake/intake.ts'
import { type HecEvents, readEvents, readRaw } from './hec_events.ts'
import { type Head, type House, JSON_TYPE, refusalHeaders, sayRefused } from './house.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

const REPLIES = {
  0: [200, 'Success'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  9: [503, 'Server is busy'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
  15: [400, 'Error in handling indexed fields'],
  16: [400, 'Query string authorization is not enabled'],
  17: [200, 'HEC is healthy'],
  18: [503, 'HEC is unhealthy, queues are full'],
  23: [503, 'Server is shutting down'],
  27: [413, 'Request entity too large'],
} as const
type Code = keyof typeof REPLIES

/** Whatever else there is may be tried again. */
const CODES: Partial<Record<Refusal, Code>> = {
  stopping: 23,
  malformed: 6,
  undecodable: 6,
  compression: 6,
  too_large: 27,
}
const VERDICTS = { absent: 2, unreadable: 3, wrong: 4 } as const
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function routeHec(head: Head, house: House): Answer | Exchange {
  const [, , endpoint = 'event', version = '1.0', ...more] = head.segments
  if (more.length > 0 || version !== '1.0') return notServed('path', head, house)
  if (endpoint === 'health') return health(house)
  const read = endpoint === 'event' ? readEvents : endpoint === 'raw' ? readRaw : null
  if (read === null && endpoint !== 'ack') return notServed('path', head, house)
  // Docker's log driver asks with OPTIONS whether somebody is there who takes its token.
  const asksOnly = head.method === 'OPTIONS'
  if (head.method !== 'POST' && !asksOnly) return notServed('method', head, house)
  const code = codeOfHead(head, house)
  if (code !== null) {
    sayRefused(house, code === 11 ? 'malformed' : 'unauthenticated', head.request)
    return reply(code)
  }
  if (asksOnly) return reply(0)
  return read === null ? reply(14) : new HecExchange(head, house, read)
}

function codeOfHead({ request, query }: Head, { credentials }: House): Code | null {
  const { authorization } = request.headers
  const verdict = credentials.judge(authorization)
  if (verdict !== 'admitted') return verdict === 'absent' && query.has('token') ? 16 : VERDICTS[verdict]
  const channel = request.headers['x-splunk-request-channel'] ?? query.get('channel')
  return channel === null || GUID.test(String(channel)) ? null : 11
}

/** What a load balancer asks. */
function health({ site, stopping }: House): Answer {
  if (stopping) return reply(23)
  return reply(site.hasRoom() ? 17 : 18)
}

function reply(code: Code, more: object = {}, headers: Record<string, string> = {}): Answer {
  const [status, text] = REPLIES[code]
  return { status, type: JSON_TYPE, body: JSON.stringify({ text, code, ...more }), headers }
}

/** Places that Splunk's own server would answer, in its words. */
function notServed(why: 'path' | 'method', { request }: Head, house: House): Answer {
  sayRefused(house, why, request)
  const { status } = REFUSALS[why]
  const text = why === 'path' ? 'The requested URL was not found on this server.' : 'Method Not Allowed'
  return { status, type: JSON_TYPE, body: JSON.stringify({ text, code: status }) }
}

class HecExchange implements Exchange {
  private fault: HecEvents['fault'] = null
  private isEmpty = false
  private readonly head: Head
  private readonly house: House
  private readonly read: (bytes: Uint8Array, query: URLSearchParams) => HecEvents

  constructor(head: Head, house: House, read: (bytes: Uint8Array, query: URLSearchParams) => HecEvents) {
    this.head = head
    this.house = house
    this.read = read
  }

  frame(bytes: Uint8Array): Framed {
    const { framed, fault } = this.read(bytes, this.head.query)
    this.fault = fault
    this.isEmpty = framed.ends.length === 0 && fault === null
    return framed
  }

  /** The events before one that is not taken are delivered, and the client is told which one it was. */
  delivered(): Answer {
    const { fault, isEmpty } = this
    if (fault === null && !isEmpty) return reply(0)
    sayRefused(this.house, 'malformed', this.head.request)
    return fault === null ? reply(5) : reply(fault.code, { 'invalid-event-number': fault.event })
  }

  refused(why: HttpTrouble): Answer {
    sayRefused(this.house, why, this.head.request)
    return reply(CODES[why] ?? 9, {}, refusalHeaders(this.house, why))
  }
}
