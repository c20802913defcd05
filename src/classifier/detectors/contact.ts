// How people are reached: e-mail and telephone.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import * as byte from '../checks/bytes.ts'
import { is, WORD } from '../checks/bytes.ts'
import { DOMAIN_BYTES_MAX, isEmail, isMailDomain, LOCAL_BYTES_MAX } from '../checks/email.ts'

const AT_SIGN = 0x40
const LOCAL = byte.setOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-')
/** How far before the at sign `://` is looked for. */
const AUTHORITY_BYTES_MAX = 128
/** These end the authority of a URL, seen from behind. */
const NO_AUTHORITY = byte.setOf(' \t\n\f\r/?#,;"\'<>')

const findEmail: SpanFinder = (bytes, from, to, at, span) => {
  // Anchors end one letter behind `@` or `%40`.
  const domain = at - 1
  const sign = bytes[domain - 1] === AT_SIGN ? domain - 1 : domain - 3
  let start = behindAddress(bytes, from, to, localStart(bytes, from, sign))
  if (start < 0) return -1
  if (bytes[start - 1] === byte.PERCENT && start > from && isEscape(bytes, start - 1) && isLead(bytes[start + 2])) {
    start += 2
  }
  if (start >= sign) return -1
  const end = domainEnd(bytes, domain, to)
  if (end < 0 || !isEmail(bytes, start, end)) return -1
  if (bytes[sign] === AT_SIGN && isUserOfUrl(bytes, from, start)) return -1
  span.start = start
  return end
}

function isEscape(bytes: Uint8Array, at: number): boolean {
  return is(bytes[at + 1], byte.HEX) && is(bytes[at + 2], byte.HEX)
}

/** What a local part may begin with. */
function isLead(letter: number): boolean {
  return is(letter, WORD) || letter === byte.UNDERSCORE
}

function isEscapedPlus(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === byte.PERCENT && bytes[at + 1] === 0x32 && (bytes[at + 2] | 0x20) === 0x62
}

/** The earliest letter that a local part up to `sign` may begin with, or -1: too long, or none. */
function localStart(bytes: Uint8Array, from: number, sign: number): number {
  let at = sign
  let start = -1
  while (at > from) {
    if (at - from >= 3 && isEscapedPlus(bytes, at - 3)) at -= 3
    else if (LOCAL[bytes[at - 1]] === 1) {
      at--
      if (isLead(bytes[at])) start = at
    } else break
    if (sign - at > LOCAL_BYTES_MAX + 3) return -1
  }
  return start
}

/** In `a@b.com..c@d.com` the local part of the second address does not begin before the first one ends. */
function behindAddress(bytes: Uint8Array, from: number, to: number, start: number): number {
  let domain = start
  while (
    domain > from &&
    !is(bytes[domain - 1], WORD) &&
    bytes[domain - 1] !== AT_SIGN &&
    LOCAL[bytes[domain - 1]] === 1
  )
    domain--
  if (start <= from || bytes[domain - 1] !== AT_SIGN) return start
  const end = domainEnd(bytes, domain, to)
  if (end < 0 || !isMailDomain(bytes, domain, end)) return start
  let next = end
  while (next < to && LOCAL[bytes[next]] === 1 && !isLead(bytes[next])) next++
  return next
}

/** End of the longest domain that begins at `at` and whose last label is of 2 to 24 letters, or -1. */
function domainEnd(bytes: Uint8Array, at: number, to: number): number {
  const limit = Math.min(to, at + DOMAIN_BYTES_MAX + 2)
  let end = -1
  let label = at
  let isFirst = true
  while (label < limit) {
    let letters = label
    while (letters < limit && is(bytes[letters], byte.ALPHA)) letters++
    const count = letters - label
    const isEdge = letters >= to || !is(bytes[letters], WORD)
    if (!isFirst && count >= 2 && count <= 24 && isEdge) end = letters
    let next = letters
    while (next < limit && (is(bytes[next], WORD) || bytes[next] === byte.DASH)) next++
    if (next === label || next >= limit || bytes[next] !== byte.DOT) break
    label = next + 1
    isFirst = false
  }
  return end
}

/** In `scheme://user:password@host` nobody has the address `password@host`. */
function isUserOfUrl(bytes: Uint8Array, from: number, start: number): boolean {
  let at = start
  const limit = Math.max(from, start - AUTHORITY_BYTES_MAX)
  while (at > limit && NO_AUTHORITY[bytes[at - 1]] === 0) at--
  return at - from >= 3 && bytes[at - 1] === 0x2f && bytes[at - 2] === 0x2f && bytes[at - 3] === byte.COLON
}

const LOCAL_PART = '(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z_])(?P<address>[0-9A-Za-z_](?:[0-9A-Za-z._+-]|%2[Bb])*'

const email: Detector = {
  id: 'email',
  summary: 'E-mail addresses',
  category: 'personal',
  severity: 'medium',
  confidence: 'high',
  source: 'RFC 5321, RFC 5322',
  // The alternative without the group says what is no finding: user and password of a URL.
  pattern:
    `://[^\\s/?#,;"'<>]*@|${LOCAL_PART}(?:@|%40)` +
    `[0-9A-Za-z][0-9A-Za-z-]*(?:\\.[0-9A-Za-z-]+)*\\.[A-Za-z]{2,24})(?:$|[^0-9A-Za-z])`,
  group: 'address',
  anchors: ['[0-9A-Za-z._+-]@[0-9A-Za-z]', '[0-9A-Za-z._+-]%40[0-9A-Za-z]', '%2[Bb]@[0-9A-Za-z]'],
  check: isEmail,
  find: findEmail,
  judge: 'email',
  yes: [
    'login by «jane.doe@example.com» failed',
    '{"to":"«a_b+tag@mail.example.co.uk»"}',
    'from=<«bounce-123@lists.example.org»>, size=2',
    'GET /u?email=«jane%40example.com»&x=1',
    'to=%3C«jane%2Btag%40example.com»%3E',
    'Mail «jane@example.com».',
    '«user@163.com»,b',
    'mailto:«o.brien@example.museum»?subject=x',
    'https://example.com/?u=«jane@example.com»',
    'cc «x@xn--mnchen-3ya.de»;',
  ],
  no: [
    'getty@tty1.service: started',
    'user@1000.service',
    'lodash@4.17.21',
    'icon@2x.png',
    'root@localhost',
    'git@github.com:org/repo.git',
    'https://user:secret@db.example.com/x',
    'ssh://deploy@host.example.com:22/',
    '@scope/package',
    'com.example.Thing@1b2c3d',
    'a@b',
    'jane@example..com',
    'image@sha256:0123456789abcdef',
  ],
}

export const contact: readonly Detector[] = [email]
