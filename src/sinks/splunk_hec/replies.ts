// What the HTTP Event Collector's reply codes mean for the events of a request (Splunk, "Troubleshoot HTTP Event
// Collector", possible error codes). A reply is {"text","code","invalid-event-number"?,"ackId"?}; its text is not read.
import type { HttpAnswer } from '../../net/http_client.ts'
import { errorOf, retryAfter_ms, type Verdict, verdictOf } from '../../net/http_verdict.ts'
import type { Remains } from '../../net/parcels.ts'

/** Codes that say more than their status. */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  0: 'taken',
  // Token disabled, required, of another kind, unknown.
  1: 'no_entry',
  2: 'no_entry',
  3: 'no_entry',
  4: 'no_entry',
  // No data; data of an invalid form; an index that the token may not write to.
  5: 'at_fault',
  6: 'at_fault',
  7: 'no_entry',
  // An error of the server's, and a busy one.
  8: 'later',
  9: 'later',
  // The channel is missing or invalid.
  10: 'no_entry',
  11: 'no_entry',
  // The event is missing or blank; acks are off; indexed fields can not be read; tokens in queries are off.
  12: 'at_fault',
  13: 'at_fault',
  14: 'no_entry',
  15: 'at_fault',
  16: 'no_entry',
  // Queues are full, the server ends, acks can not be had now.
  18: 'later',
  19: 'later',
  20: 'later',
  23: 'later',
  26: 'later',
  27: 'later',
}

export interface Reply {
  readonly remains: Remains
  /** Present when the token has indexer acknowledgement. */
  readonly ack_id?: number
}

interface Said {
  code?: unknown
  ackId?: unknown
  'invalid-event-number'?: unknown
}

/** `count` events were sent. Throws a SinkError when none of them was taken. */
export function readReply(answer: HttpAnswer, count: number): Reply {
  const said = readJson(answer.body)
  const code = typeof said.code === 'number' ? said.code : -1
  // Servers do not agree on the code of a request that is too large, but they do on its status.
  const verdict = answer.status === 413 ? 'too_large' : (VERDICTS[code] ?? verdictOf(answer.status))
  if (verdict === 'taken') {
    const remains = { rejected: [], again: [] }
    return typeof said.ackId === 'number' ? { remains, ack_id: said.ackId } : { remains }
  }
  const status = code < 0 ? `HTTP ${answer.status}` : `HTTP ${answer.status}, code ${code}`
  const error = errorOf(verdict, status, retryAfter_ms(answer.headers['retry-after']))
  const bad = said['invalid-event-number']
  if (typeof bad !== 'number' || !Number.isInteger(bad) || bad < 0 || bad >= count) throw error
  // The events before the bad one are indexed.
  const rest = Array.from({ length: count - bad }, (_, at) => bad + at)
  if (verdict !== 'at_fault') {
    if (bad === 0) throw error
    return { remains: { rejected: [], again: rest, why: error } }
  }
  return { remains: { rejected: [bad], again: rest.slice(1) } }
}

function readJson(body: Buffer): Said {
  try {
    const said: unknown = JSON.parse(body.toString())
    return typeof said === 'object' && said !== null ? said : {}
  } catch {
    return {}
  }
}
