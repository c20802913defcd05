// Bank accounts.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import { afterEscape, DIGIT, is, LOWER, PERCENT, separatorAt, UPPER, WORD } from '../checks/bytes.ts'
import { IBAN_LENGTHS, ibanLength, isIban } from '../checks/iban.ts'

/** Both kinds of anchors end six bytes behind the start of the number. */
const ANCHOR_BYTES = 6

const findIban: SpanFinder = (bytes, from, to, at, span) => {
  const start = at - ANCHOR_BYTES
  const length = ibanLength(bytes, start)
  if (length === 0 || start < from) return -1
  const before = bytes[start - 1]
  if (start > from && (is(before, WORD) || before === PERCENT) && !afterEscape(bytes, from, start)) return -1
  const isCompact = is(bytes[start + 4], WORD)
  const kinds = DIGIT | (is(bytes[start], LOWER) ? LOWER : UPPER)
  let end = start + 4
  for (let i = 4; i < length; i++) {
    if (!isCompact && i % 4 === 0) {
      const separator = separatorAt(bytes, end)
      if (separator === 0) return -1
      end += separator
    }
    if (end >= to || !is(bytes[end], kinds)) return -1
    end++
  }
  if ((end < to && is(bytes[end], WORD)) || !isIban(bytes, start, end)) return -1
  span.start = start
  return end
}

/** One alternative a length: the countries of that length, then the account number whole or in groups of four. */
function ibanPattern(): string {
  const byLength = new Map<number, string[]>()
  for (const [country, length] of Object.entries(IBAN_LENGTHS)) {
    byLength.set(length, [...(byLength.get(length) ?? []), country])
  }
  const separator = '(?:[ +-]|%20)'
  const shapes = [...byLength].flatMap(([length, countries]) => {
    const rest = length % 4 === 0 ? '' : `${separator}[A-Z0-9]{${length % 4}}`
    const groups = `(?:${separator}[A-Z0-9]{4}){${Math.floor(length / 4) - 1}}${rest}`
    const names = countries.join('|')
    return [
      `(?:${names})[0-9]{2}(?:[A-Z0-9]{${length - 4}}|${groups})`,
      `(?:${names.toLowerCase()})[0-9]{2}[a-z0-9]{${length - 4}}`,
    ]
  })
  return `(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z%])(?P<number>${shapes.join('|')})(?:$|[^0-9A-Za-z])`
}

const iban: Detector = {
  id: 'iban',
  summary: 'International bank account numbers: length of the country and check digits (mod 97)',
  category: 'financial',
  severity: 'high',
  confidence: 'high',
  source: 'ISO 13616-1, SWIFT IBAN registry',
  pattern: ibanPattern(),
  group: 'number',
  anchors: [
    '^[A-Z]{2}\\d{2}[A-Z0-9 +%-][A-Z0-9]',
    '^[a-z]{2}\\d{2}[a-z0-9]{2}',
    '%[0-9A-Fa-f]{2}[A-Z]{2}\\d{2}[A-Z0-9 +%-][A-Z0-9]',
    '%[0-9A-Fa-f]{2}[a-z]{2}\\d{2}[a-z0-9]{2}',
  ],
  check: isIban,
  find: findIban,
  yes: [
    'transfer to «DE89370400440532013000» done',
    'iban=«GB82 WEST 1234 5698 7654 32», ref 4',
    '"«FR1420041010050500013M02606»"',
    'BE: «BE68 5390 0754 7034» ABCD',
    'lower «de89370400440532013000».',
    '?iban=«NL91+ABNA+0417+1643+00»&x=1',
    '?iban=«NL91%20ABNA%200417%201643%2000»',
    'to%3D«ES9121000418450200051332»',
    'a;«MT84MALT011000012345MTLCAST001S»;b',
    'acct «CH93-0076-2011-6238-5295-7»',
  ],
  no: [
    'DE89370400440532013001',
    'DE8937040044053201300',
    'DE893704004405320130000',
    'XX89370400440532013000',
    'GB82 WEST 1234 5698 7654 33',
    'de89 3704 0044 0532 0130 00',
    'DE89 3704-0044 0532 0130 00',
    'ADE89370400440532013000',
    'ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12',
  ],
}

export const bank: readonly Detector[] = [iban]
