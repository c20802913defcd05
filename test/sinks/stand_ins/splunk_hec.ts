// An HTTP Event Collector by Splunk's documentation ("Format events for HTTP Event Collector", "About HTTP Event
// Collector Indexer Acknowledgment"): refuses with its codes what the real one refuses.
import { type Asked, type Reply, type StandIn, standIn } from '../stand_in.ts'

export const TOKEN = '11111111-2222-3333-4444-555555555555'
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MEMBERS = ['time', 'host', 'source', 'sourcetype', 'index', 'event', 'fields']

export interface Event {
  readonly time: number
  readonly source: string
  readonly sourcetype: string
  readonly index?: string
  readonly host?: string
  readonly fields?: Record<string, string>
  readonly event: unknown
}

export interface Hec extends StandIn {
  /** In the order in which they were indexed, repeats among them. */
  readonly events: Event[]
  /** Questions for acks so far. */
  readonly questions: { count: number }
  /** Acks that are not given yet, and never are while this holds. */
  readonly manners: { acks: boolean; indexes: boolean }
}

export async function splunkHec({ acks = false, bytes_max = 1_000_000 } = {}): Promise<Hec> {
  const events: Event[] = []
  const questions = { count: 0 }
  const manners = { acks, indexes: true }
  const pending = new Map<string, Event[]>()
  let next = 0

  const answer = (asked: Asked): Reply => {
    const refusal = refusalOf(asked, manners.acks)
    if (refusal !== null) return refusal
    if (asked.path === '/services/collector/ack') {
      questions.count++
      const { acks: ids } = JSON.parse(asked.body.toString()) as { acks: number[] }
      return { body: { acks: Object.fromEntries(ids.map((id) => [id, indexed(`${channelOf(asked)} ${id}`)])) } }
    }
    if (asked.path !== '/services/collector/event') return { status: 404, body: 'not found' }
    if (asked.body.length > bytes_max) return { status: 413, body: 'Content too large' }
    if (asked.body.length === 0) return said(400, 5)
    const taken: Event[] = []
    for (const [at, line] of asked.body.toString().trimEnd().split('\n').entries()) {
      const fault = faultOf(line)
      if (fault !== 0) {
        events.push(...taken)
        return said(400, fault, { 'invalid-event-number': at })
      }
      taken.push(JSON.parse(line))
    }
    if (!manners.acks) {
      events.push(...taken)
      return said(200, 0)
    }
    const ackId = next++
    pending.set(`${channelOf(asked)} ${ackId}`, taken)
    return said(200, 0, { ackId })
  }

  /** True is said once. */
  const indexed = (key: string): boolean => {
    const waiting = pending.get(key)
    if (waiting === undefined || !manners.indexes) return false
    events.push(...waiting)
    return pending.delete(key)
  }

  return { ...(await standIn(answer)), events, questions, manners }
}

function channelOf({ headers, query }: Asked): string {
  return String(headers['x-splunk-request-channel'] ?? query.get('channel') ?? '')
}

function refusalOf(asked: Asked, acks: boolean): Reply | null {
  const { authorization } = asked.headers
  if (authorization === undefined) return said(401, 2)
  const [scheme, token] = authorization.split(' ')
  if (scheme !== 'Splunk') return said(401, 3)
  if (token !== TOKEN) return said(403, 4)
  if (asked.method !== 'POST') return said(405, -1)
  if (asked.path.endsWith('/ack') && !acks) return said(400, 14)
  if (acks && channelOf(asked) === '') return said(400, 10)
  if (acks && !GUID.test(channelOf(asked))) return said(400, 11)
  return null
}

function faultOf(line: string): number {
  let event: Partial<Event>
  try {
    event = JSON.parse(line)
  } catch {
    return 6
  }
  if (Object.keys(event).some((name) => !MEMBERS.includes(name))) return 6
  if (event.event === undefined) return 12
  if (event.event === '' || event.event === null) return 13
  if (typeof event.time !== 'number') return 6
  if (event.index === 'closed') return 7
  const flat = Object.values(event.fields ?? {}).every((value) => typeof value === 'string')
  return flat ? 0 : 15
}

function said(status: number, code: number, more: Record<string, unknown> = {}): Reply {
  return { status, body: { text: 'said the collector', code, ...more } }
}
