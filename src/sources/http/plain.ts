// A plain POST of JSON or text: from Fluent Bit's and Vector's http outputs, or curl.
import type { Answer, Exchange, HttpTrouble } from '../../net/http/call.ts'
import type { Framed } from '../../net/intake/intake.ts'
import { type Head, type House, JSON_TYPE, refusalHeaders, sayRefused } from './house.ts'
import { frameRecords } from './records.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

export function routePlain(head: Head, house: House): Answer | Exchange {
  const exchange = new PlainExchange(head, house)
  if (head.method !== 'POST' && head.method !== 'PUT') return exchange.refused('method')
  return house.credentials.judge(head.request.headers.authorization) === 'admitted'
    ? exchange
    : exchange.refused('unauthenticated')
}

export function refusePlainly(why: Refusal, head: Head, house: House): Answer {
  return new PlainExchange(head, house).refused(why)
}

class PlainExchange implements Exchange {
  private records = 0
  private readonly head: Head
  private readonly house: House

  constructor(head: Head, house: House) {
    this.head = head
    this.house = house
  }

  frame(bytes: Uint8Array): Framed | null {
    const mediaType = (this.head.request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()
    const framed = frameRecords(mediaType, bytes)
    this.records = framed?.ends.length ?? 0
    return framed
  }

  delivered(): Answer {
    return { status: 200, type: JSON_TYPE, body: JSON.stringify({ records: this.records }) }
  }

  refused(why: Refusal | HttpTrouble): Answer {
    const { house, head } = this
    sayRefused(house, why, head.request)
    const { status, message } = REFUSALS[why]
    const headers = refusalHeaders(house, why)
    if (why === 'method') headers.allow = 'POST, PUT'
    return { status, type: JSON_TYPE, body: JSON.stringify({ error: message }), headers }
  }
}
