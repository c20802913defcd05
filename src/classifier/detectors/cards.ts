// Payment cards: the number itself, wherever it stands in text.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import { afterEscape, behindEscape, DIGIT, endsNumber, is, NUMBER_END, separatorAt, setOf } from '../checks/bytes.ts'
import { isPaymentCard } from '../checks/payment_card.ts'

const DIGITS_MAX = 19
/** Directly before the number these say that it is a part of something longer: a decimal, an identifier, a UUID. */
const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+%-')

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z_.+%-])'
const SEPARATOR = '(?:[ +-]|%20)'

const findCard: SpanFinder = (bytes, from, to, at, span) => {
  let start = at
  while (start > from && at - start < 12 && is(bytes[start - 1], DIGIT)) start--
  // The anchor of grouped numbers ends two digits (or `%20`) behind a group of four.
  if (at - start === 2 && start - from >= 5 && separatorAt(bytes, start - 1) > 0) start -= 5
  // That of 6-13 ends behind the separator.
  else if (start === at) start -= 7
  if (start < from) return -1
  start = behindEscape(bytes, from, start)
  if (start > from && NO_FRONT[bytes[start - 1]] === 1 && !afterEscape(bytes, from, start)) return -1
  const end = cardEnd(bytes, start, to)
  if (end < 0 || !endsNumber(bytes, end, to) || !isPaymentCard(bytes, start, end)) return -1
  span.start = start
  return end
}

function run(bytes: Uint8Array, at: number, to: number): number {
  let end = at
  while (end < to && end - at <= DIGITS_MAX && is(bytes[end], DIGIT)) end++
  return end - at
}

/** End of the group of `digits` digits that follows a separator at `at`, or -1. */
function group(bytes: Uint8Array, at: number, to: number, digits: number): number {
  if (at < 0) return -1
  const start = at + separatorAt(bytes, at)
  return start > at && start < to && run(bytes, start, to) === digits ? start + digits : -1
}

/** 12 to 19 digits, or one of the printed groupings: 4-4-4-4, 4-4-4-4-3, 4-6-5, 4-6-4, 6-13. */
function cardEnd(bytes: Uint8Array, start: number, to: number): number {
  const first = run(bytes, start, to)
  if (first >= 12) return first <= DIGITS_MAX ? start + first : -1
  if (first === 6) return bytes[start] === 0x36 && bytes[start + 1] === 0x32 ? group(bytes, start + 6, to, 13) : -1
  if (first !== 4) return -1
  const middle = group(bytes, start + 4, to, 6)
  if (middle > 0) {
    if (bytes[start] !== 0x33) return -1
    const isAmex = bytes[start + 1] === 0x34 || bytes[start + 1] === 0x37
    return group(bytes, middle, to, isAmex ? 5 : 4)
  }
  const sixteen = group(bytes, group(bytes, group(bytes, start + 4, to, 4), to, 4), to, 4)
  const second = bytes[start + 1]
  if (bytes[start] !== 0x36 || (second !== 0x32 && second !== 0x33 && second !== 0x37)) return sixteen
  const nineteen = group(bytes, sixteen, to, 3)
  return nineteen > 0 && endsNumber(bytes, nineteen, to) ? nineteen : sixteen
}

const F = '[^0-9A-Za-z_.+%-]'

const paymentCard: Detector = {
  id: 'payment_card',
  summary: 'Payment card numbers of 12 to 19 digits: issued range, length of the brand and check digit (Luhn)',
  category: 'financial',
  severity: 'critical',
  confidence: 'high',
  source: 'ISO/IEC 7812-1',
  pattern:
    `${FRONT}(?P<number>[0-9]{12,19}|6[237][0-9]{2}(?:${SEPARATOR}[0-9]{4}){3}${SEPARATOR}[0-9]{3}` +
    `|[0-9]{4}(?:${SEPARATOR}[0-9]{4}){3}|3[47][0-9]{2}${SEPARATOR}[0-9]{6}${SEPARATOR}[0-9]{5}` +
    `|3[0-35689][0-9]{2}${SEPARATOR}[0-9]{6}${SEPARATOR}[0-9]{4}|62[0-9]{4}${SEPARATOR}[0-9]{13})${NUMBER_END}`,
  group: 'number',
  anchors: [
    `${F}[3-6]\\d{11}`,
    `${F}2[2-7]\\d{10}`,
    `${F}[3-6]\\d{3}[ +-]\\d{2}`,
    `${F}2[2-7]\\d{2}[ +-]\\d{2}`,
    `${F}[3-6]\\d{3}%20`,
    `${F}2[2-7]\\d{2}%20`,
    `${F}62\\d{4}[ +%-]`,
    '%[0-9A-Fa-f]{2}[2-6]\\d{3}',
  ],
  check: isPaymentCard,
  find: findCard,
  judge: 'card',
  yes: [
    'paid with «4111111111111111».',
    '{"card":"«4111 1111 1111 1111»","ok":true}',
    'pan=«5555-5555-5555-4444» amount=12.50',
    'charge «378282246310005» declined',
    'amex «3782 822463 10005»',
    'diners «30569309025904», new',
    'diners «3056 930902 5904»',
    'mc2 «2223003122003222»',
    'maestro «6759649826438453»',
    'short maestro «501800000009»',
    'unionpay «6205500000000000004»',
    'unionpay «6205 5000 0000 0000 004»',
    'old visa «4222222222222»',
    'GET /pay?card=«4111111111111111»&cvv=1',
    'GET /pay?card=«4111%201111%201111%201111»&x=1',
    'next=%2Fpay%3Fcard%3D«4111111111111111»%26x',
    '1234 «4111 1111 1111 1111» 200',
    'JCB:«3530111333300000»',
    '«6011111111111117»',
  ],
  no: [
    '4111111111111112',
    'id=671533126675339110 next=4711533126675339110',
    '4111 1111-1111 1111',
    '4111111111111111111111',
    '0.4111111111111111',
    '4111111111111111.5',
    'f4111111111111111a',
    '4444444444444444',
    'ts=1700000000000 us=1700000000000000 ns=1700000000000000000',
    '550e8400-e29b-41d4-a716-446655440000',
    '41111111-1111-1111-1111-111111111111',
    'blk_-4111111111111111',
    'order_4111111111111111',
    '2026-11-21 15:00:00.123',
    '+4915112345678',
    '20261121153000',
  ],
}

export const cards: readonly Detector[] = [paymentCard]
