// Identity numbers that states give to people.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import { afterEscape, behindEscape, DIGIT, endsNumber, is, NUMBER_END, SPACE, setOf } from '../checks/bytes.ts'
import { isSsn } from '../checks/ssn.ts'

const SSN_BYTES = 11
const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+%-')
/** With a space behind it, before a number with spaces: the number is rather one of a row of numbers. */
const ROW = setOf('0123456789"\')]')

const findSsn: SpanFinder = (bytes, from, to, at, span) => {
  // Anchors end behind the second separator, or one digit behind the first.
  let start = is(bytes[at - 1], DIGIT) ? at - 5 : at - 7
  while (start > from && is(bytes[start - 1], DIGIT) && at - start < 10) start--
  start = behindEscape(bytes, from, start)
  const end = start + SSN_BYTES
  if (start < from || end > to) return -1
  if (start > from && NO_FRONT[bytes[start - 1]] === 1 && !afterEscape(bytes, from, start)) return -1
  for (let i = 0; i < SSN_BYTES; i++) {
    const byte = bytes[start + i]
    if (i === 3 || i === 6 ? byte !== 0x2d && byte !== SPACE : !is(byte, DIGIT)) return -1
  }
  if (!endsNumber(bytes, end, to) || !isSsn(bytes, start, end)) return -1
  if (bytes[start + 3] === SPACE && isInRow(bytes, from, to, start, end)) return -1
  span.start = start
  return end
}

/** `"GET / HTTP/1.1" 200 45 1234` and `512 64 4096 12` are rows of numbers. */
function isInRow(bytes: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  if (start - from >= 2 && bytes[start - 1] === SPACE && ROW[bytes[start - 2]] === 1) return true
  return end + 1 < to && bytes[end] === SPACE && is(bytes[end + 1], DIGIT)
}

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z_.+%-])'
const F = '[^0-9A-Za-z_.+%-]'

const usSsn: Detector = {
  id: 'us_ssn',
  summary: 'US Social Security numbers, 3-2-4 with dashes or spaces, of areas, groups and serials that are given out',
  category: 'personal',
  severity: 'critical',
  confidence: 'medium',
  source: 'US Social Security Administration, POMS RM 10201',
  // The alternatives without the group say what is no finding: rows of numbers.
  pattern:
    `[0-9"')\\]] [0-9]{3} [0-9]{2} [0-9]{4}|${FRONT}[0-9]{3} [0-9]{2} [0-9]{4} [0-9]` +
    `|${FRONT}(?P<number>[0-9]{3}[ -][0-9]{2}[ -][0-9]{4})${NUMBER_END}`,
  group: 'number',
  anchors: [`${F}\\d{3}-\\d{2}-`, `${F}\\d{3} \\d{2} `, '%[0-9A-Fa-f]{2}\\d{3}[ -]\\d'],
  check: isSsn,
  find: findSsn,
  yes: [
    'ssn «123-45-6789» updated',
    'ssn: «536 22 1234».',
    '{"ssn":"«536-22-1234»"}',
    'GET /u?ssn=«536-22-1234»&x=1',
    '«899-99-9999»',
    'ssn%3D«536-22-1234»',
    'id 42 «536-22-1234» ok',
  ],
  no: [
    '000-12-3456',
    '666-12-3456',
    '900-12-3456',
    '536-00-1234',
    '536-22-0000',
    '078-05-1120',
    '219-09-9999',
    '536-22 1234',
    '1536-22-1234',
    '536-22-12345',
    '536-22-1234-5',
    '2026-11-21',
    '"GET / HTTP/1.1" 200 45 1234',
    'rss 512 64 4096 12',
    '1.536-22-1234',
  ],
}

export const nationalIds: readonly Detector[] = [usSsn]
