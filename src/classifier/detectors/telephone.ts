// Telephone numbers: international ones of any country, and North American ones without a country code.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import { afterEscape, DASH, DIGIT, DOT, is, PERCENT, PLUS, SPACE, setOf } from '../checks/bytes.ts'
import { isPhone } from '../checks/phone.ts'
import { PHONE_PLANS, planOf, THREE_DIGIT_CODES, THREE_DIGIT_PLAN } from '../checks/phone_plans.ts'

const OPEN = 0x28
const CLOSE = 0x29
/** An anchor ends at most so far behind the start of its number. */
const ANCHOR_BYTES = 12
const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+%#-')
/** `x` may follow: it begins an extension. */
const NO_BACK = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwyz_@')
const ROW = setOf('0123456789"\')]')

const findPhone: SpanFinder = (bytes, from, to, at, span) => {
  for (let start = Math.max(from, at - ANCHOR_BYTES); start < at; start++) {
    const first = bytes[start]
    const isStart = first === PLUS || first === PERCENT || first === OPEN || is(first, DIGIT)
    if (!isStart) continue
    if (start > from && NO_FRONT[bytes[start - 1]] === 1 && !afterEscape(bytes, from, start)) continue
    const end =
      first === PLUS || first === PERCENT ? internationalEnd(bytes, start, to) : localEnd(bytes, from, start, to)
    if (end < 0 || !isPhone(bytes, start, end)) continue
    span.start = start
    return end
  }
  return -1
}

function endsPhone(bytes: Uint8Array, end: number, to: number): boolean {
  if (end >= to) return true
  const next = bytes[end]
  if (next === DOT || next === DASH) return end + 1 >= to || !isWord(bytes[end + 1])
  return NO_BACK[next] === 0
}

function isWord(letter: number): boolean {
  return NO_BACK[letter] === 1 || (letter | 0x20) === 0x78
}

function isGap(letter: number): boolean {
  return letter === SPACE || letter === DOT || letter === DASH
}

/** Where the next digit stands behind at most one separator (`-`, ` (`, `) `) at `at`, or -1. */
function nextDigit(bytes: Uint8Array, at: number, to: number): number {
  let next = at
  if (bytes[next] === CLOSE) {
    next++
    if (isGap(bytes[next])) next++
  } else if (!is(bytes[next], DIGIT)) {
    if (isGap(bytes[next])) next++
    if (bytes[next] === OPEN) next++
  }
  return next < to && is(bytes[next], DIGIT) ? next : -1
}

function internationalEnd(bytes: Uint8Array, start: number, to: number): number {
  let at = start + 1
  if (bytes[start] === PERCENT) {
    if (bytes[start + 1] !== 0x32 || (bytes[start + 2] | 0x20) !== 0x62) return -1
    at = start + 3
  }
  if (at + 2 > to || !is(bytes[at], DIGIT)) return -1
  if (bytes[at] === 0x31) return northAmericanEnd(bytes, at + 1, to)
  // A code of one digit (7) may be followed by a separator: the second digit of the look-up does not matter then.
  const second = is(bytes[at + 1], DIGIT) ? bytes[at + 1] - 0x30 : 0
  const plan = planOf(bytes[at] - 0x30, second)
  if (!plan) return -1
  for (let i = 1; i < plan.codeDigits; i++) if (at + i >= to || !is(bytes[at + i], DIGIT)) return -1
  at += plan.codeDigits
  const behindZero = behindTrunkZero(bytes, at, to)
  const end = nationalEnd(bytes, behindZero, to, plan.fewest, plan.most)
  return end < 0 && behindZero > at ? nationalEnd(bytes, at, to, plan.fewest, plan.most) : end
}

/** End of the longest national number at `at`, or -1. */
function nationalEnd(bytes: Uint8Array, start: number, to: number, fewest: number, most: number): number {
  let at = start
  let end = -1
  for (let digits = 1; digits <= most; digits++) {
    const digit = nextDigit(bytes, at, to)
    if (digit < 0) break
    at = digit + 1
    if (digits >= fewest && endsPhone(bytes, at, to)) end = at
  }
  return end
}

/** `+49 (0)30`: the zero is not dialled from abroad. */
function behindTrunkZero(bytes: Uint8Array, at: number, to: number): number {
  const open = isGap(bytes[at]) ? at + 1 : at
  return open + 2 < to && bytes[open] === OPEN && bytes[open + 1] === 0x30 && bytes[open + 2] === CLOSE ? open + 3 : at
}

/** Behind `+1`: three digits, three, four; area codes begin with 2 to 9. */
function northAmericanEnd(bytes: Uint8Array, start: number, to: number): number {
  let at = start
  for (let digits = 0; digits < 10; digits++) {
    const digit = digits % 3 === 0 && digits < 9 ? nextDigit(bytes, at, to) : at
    if (digit < 0 || digit >= to || !is(bytes[digit], DIGIT)) return -1
    if (digits === 0 && bytes[digit] < 0x32) return -1
    if (digits === 3 && bytes[digit] < 0x31) return -1
    at = digit + 1
  }
  return endsPhone(bytes, at, to) ? at : -1
}

/** Without a plus sign: (415) 555-2671, 415-555-2671, 415.555.2671, 415 555 2671, each perhaps behind 1 or 001. */
function localEnd(bytes: Uint8Array, from: number, start: number, to: number): number {
  let at = start
  if (bytes[at] === 0x30 && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x31) at += 2
  if (bytes[at] === 0x31) {
    at++
    if (bytes[at] === DOT || bytes[at] === DASH) at++
    else if (bytes[at] === SPACE && bytes[at + 1] === OPEN) at++
    else if (bytes[at] !== OPEN) return -1
  } else if (at !== start) return -1
  const hasParentheses = bytes[at] === OPEN
  if (hasParentheses) at++
  if (bytes[at] < 0x32 || !areDigits(bytes, at, 3, to)) return -1
  at += 3
  const first = bytes[at]
  if (hasParentheses) {
    if (first !== CLOSE) return -1
    at++
    if (isGap(bytes[at])) at++
  } else if (isGap(first)) at++
  else return -1
  if (bytes[at] < 0x31 || !areDigits(bytes, at, 3, to)) return -1
  const last = bytes[at + 3]
  if (!isGap(last) || !areDigits(bytes, at + 4, 4, to)) return -1
  if (!hasParentheses && last !== first && !(first === SPACE && last === DASH)) return -1
  const end = at + 8
  if (!endsPhone(bytes, end, to)) return -1
  if (!hasParentheses && first === SPACE && last === SPACE && isInRow(bytes, from, to, end - 12, end)) return -1
  return end
}

function areDigits(bytes: Uint8Array, at: number, count: number, to: number): boolean {
  if (at + count > to) return false
  for (let i = 0; i < count; i++) if (!is(bytes[at + i], DIGIT)) return false
  return true
}

/** `512 640 4096 12` is a row of numbers. */
function isInRow(bytes: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  if (start - from >= 2 && bytes[start - 1] === SPACE && ROW[bytes[start - 2]] === 1) return true
  return end + 1 < to && bytes[end] === SPACE && is(bytes[end + 1], DIGIT)
}

const GAP = '(?:[ .-]?\\(|\\)[ .-]?|[ .-])?'
const FRONT = '(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z_.+%#-])'
const BACK = '(?:$|[^0-9A-WYZa-wyz_@.-]|[.-](?:$|[^0-9A-Za-z_@]))'

function internationalPattern(): string {
  const national = (code: string, [fewest, most]: readonly [number, number]) =>
    `${code}(?:[ .-]?\\(0\\))?(?:${GAP}[0-9]){${fewest},${most}}`
  const shapes = [...PHONE_PLANS].map(([code, plan]) => national(String(code), plan))
  shapes.push(national(THREE_DIGIT_CODES, THREE_DIGIT_PLAN))
  shapes.push(`1${GAP}[2-9][0-9]{2}${GAP}[1-9][0-9]{2}${GAP}[0-9]{4}`)
  return `(?:\\+|%2[Bb])(?:${shapes.join('|')})`
}

const LOCAL_PATTERN =
  '(?:(?:00)?1[ .-]?)?\\([2-9][0-9]{2}\\)[ .-]?[1-9][0-9]{2}[ .-][0-9]{4}' +
  '|(?:(?:00)?1[.-])?(?:[2-9][0-9]{2}-[1-9][0-9]{2}-[0-9]{4}' +
  '|[2-9][0-9]{2}\\.[1-9][0-9]{2}\\.[0-9]{4}|[2-9][0-9]{2} [1-9][0-9]{2}[ -][0-9]{4})'
const ROW_PATTERN = '[2-9][0-9]{2} [1-9][0-9]{2} [0-9]{4}'

const F = '[^0-9A-Za-z_.+%#-]'
const E = '%[0-9A-Fa-f]{2}'

const phone: Detector = {
  id: 'phone',
  summary: 'Telephone numbers: with + and country code, or North American with separators',
  category: 'personal',
  severity: 'medium',
  confidence: 'medium',
  source: 'ITU-T E.164, NANPA',
  // The alternatives without the group say what is no finding: rows of numbers.
  pattern:
    `[0-9"')\\]] ${ROW_PATTERN}|${FRONT}${ROW_PATTERN} [0-9]` +
    `|${FRONT}(?P<number>${internationalPattern()}|${LOCAL_PATTERN})${BACK}`,
  group: 'number',
  anchors: [
    '\\+[1-9][0-9 .()-]{5}',
    '%2[Bb][1-9][0-9 .()-]{4}',
    '\\([2-9]\\d{2}\\)[ .0-9-]\\d',
    `${F}[2-9]\\d{2}-\\d{3}-`,
    `${F}[2-9]\\d{2}\\.\\d{3}\\.`,
    `${F}[2-9]\\d{2} \\d{3}[ -]`,
    `${E}[2-9]\\d{2}[ .-]\\d{2}`,
    `${F}1[.-][2-9]\\d{2}[ .-]\\d`,
    `${E}1[.-][2-9]\\d{2}[ .-]`,
    `${F}001[.-][2-9]\\d{2}`,
    `${E}001[.-][2-9]\\d`,
  ],
  check: isPhone,
  find: findPhone,
  judge: 'phone',
  yes: [
    'call «(415) 555-2671» now',
    'call «415-555-2671».',
    'tel=«1-415-555-2671»,',
    '«+14155552671»',
    'to=«+44 20 7946 0958» ok',
    'tel «+49 (0)30 901820»',
    'sms «+33 1 23 45 67 89» 200',
    'GET /c?to=«%2B14155552671»&x=1',
    'fax «415.555.2671»',
    'phone «415 555 2671» ok',
    'faker «001-415-555-2671»x123',
    'home: «1 (415) 555-2671»',
    '{"phone":"«+1-415-555-2671»"}',
    '«+971 50 123 4567»',
  ],
  no: [
    '4155552671',
    '2026-11-21',
    '20261121-153000',
    '2026-11-21T15:00:00.123+02:00',
    '192.168.100.200',
    'v415.555.2671',
    '115-555-2671',
    'order ORD-415-555-2671',
    'rss 512 640 4096 12',
    '"GET / HTTP/1.1" 200 512 1024',
    '+49123456.78',
    '3.14155552671',
    '550e8400-e29b-41d4-a716-446655440000',
    '+0200',
    '1700000000000',
    '415-555-26710',
    'x+14155552671',
  ],
}

export const telephone: readonly Detector[] = [phone]
