// Credentials in URLs and in what the headers of HTTP carry.
import type { Detector, SpanFinder } from '../../../core/detector.ts'
import { isBasicCredentials } from '../../checks/basic_credentials.ts'
import { COLON, DASH, DOT, is, PERCENT, PLUS, SPACE, setOf, UNDERSCORE, WORD } from '../../checks/bytes.ts'
import { isBearerToken, isCookieHeader, isUrlPassword } from '../../checks/credential.ts'

const AUTHORITY_END = setOf(' \t\n\f\r/"\'<>\\')
const EQUALS = 0x3d
const USER_END = setOf('?#@')

const findUrlPassword: SpanFinder = (bytes, _from, to, at, span) => {
  let colon = at
  while (colon < to && bytes[colon] !== 0x3a) {
    if (AUTHORITY_END[bytes[colon]] === 1 || USER_END[bytes[colon]] === 1) return -1
    colon++
  }
  const start = colon + 1
  let end = -1
  for (let i = start; i < to && AUTHORITY_END[bytes[i]] === 0; i++) {
    if (bytes[i] === 0x40 && i > start && i + 1 < to && isHostStart(bytes[i + 1])) end = i
  }
  if (end < 0 || !isUrlPassword(bytes, start, end)) return -1
  span.start = start
  return end
}

function isHostStart(byte: number): boolean {
  return is(byte, WORD) || byte === 0x5b || byte === UNDERSCORE || byte === DOT || byte === DASH
}

const urlCredentials: Detector = {
  id: 'url_credentials',
  summary: 'The password in scheme://user:password@host',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  generic: 1,
  source: 'RFC 3986 section 3.2.1',
  pattern: ':(?://|\\\\/\\\\/)[^\\s/?#@:"\'<>\\\\]*:(?P<password>[^\\s/"\'<>\\\\]+)@[0-9A-Za-z\\[_.-]',
  group: 'password',
  anchors: ['://', ':\\\\/\\\\/'],
  check: isUrlPassword,
  find: findUrlPassword,
  judge: 'url',
  yes: [
    'connect postgres://app:«hunter2»@db.example.com:5432/x',
    'https://user:«p@ss»@example.com/',
    'redis://:«s3cret»@10.0.0.1:6379/0',
    '"amqp:\\/\\/u:«pw»@mq\\/"',
    'mongodb+srv://a:«b#c»@[::1]/?x=y',
    'git clone https://x:«made-up-token»@git.example.com/r.git.',
  ],
  no: [
    'https://user@example.com/',
    'https://example.com:8080/x@y',
    'https://user:***@example.com/',
    'https://example.com/?u=a:b@c',
    'http://host:8080,bob@example.com',
    'postgres://app:${PASSWORD}@db/x',
    'http://a:@b',
    'a:b@c',
  ],
}

const TOKEN68 = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._~+/-')

/** The anchor takes the byte behind the scheme, too. */
const findBearer: SpanFinder = (bytes, _from, to, at, span) => {
  const start = tokenStart(bytes, at - 1, to)
  let letters = start
  while (letters < to && TOKEN68[bytes[letters]] === 1) letters++
  let end = letters
  while (end > start && bytes[end - 1] === DOT) end--
  if (end === start) return -1
  while (end >= letters && end < to && bytes[end] === EQUALS) end++
  if (!isBearerToken(bytes, start, end)) return ~end
  span.start = start
  return end
}

/** Behind blanks, `%20`, `+`, or a colon or equals sign and a blank at most. */
function tokenStart(bytes: Uint8Array, at: number, to: number): number {
  const byte = bytes[at]
  if (byte === PERCENT) return bytes[at + 1] === 0x32 && bytes[at + 2] === 0x30 ? at + 3 : to
  if (byte === PLUS) return at + 1
  let start = at + 1
  if (byte === COLON || byte === EQUALS) return isBlank(bytes[start]) ? start + 1 : start
  while (start < to && isBlank(bytes[start])) start++
  return start
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 9
}

const bearerToken: Detector = {
  id: 'bearer_token',
  summary: 'Tokens of the Bearer scheme',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  generic: 1,
  source: 'RFC 6750 section 2.1',
  pattern: '(?i:bearer)(?:[ \\t]+|%20|\\+|[:=][ \\t]?)(?P<token>[0-9A-Za-z._~+/-]*[0-9A-Za-z_~+/-]=*)',
  group: 'token',
  anchors: ['(?i)bearer[ \\t%+:=]'],
  check: isBearerToken,
  find: findBearer,
  yes: [
    'Authorization: Bearer «abcdef0123456789»',
    'authorization="bearer «mF_9.B5f-4.1JqM»"',
    'Bearer «AbCdEfGhIjKlMnOpQrSt»',
    'header=Bearer%20«0a1b2c3d4e5f»&x',
    "-H 'Authorization: Bearer «abc123def456==»'",
    'sent Bearer «0123456789abcdef».',
  ],
  no: [
    'bearer of bad news',
    'Bearer authentication required',
    'bearer responsibilities',
    'Bearer ***',
    'Bearer [REDACTED]',
    'Bearer ${TOKEN}',
    'token_type=bearer&expires_in=3600',
    'Bearer error="invalid_token"',
    'Bearer realm="example"',
  ],
}

const basicAuth: Detector = {
  id: 'basic_auth',
  summary: 'Credentials of the Basic scheme: base64 of user:password',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  generic: 1,
  source: 'RFC 7617',
  pattern: '(?i:basic)(?:[ \\t]+|%20|\\+|[:=][ \\t]?)(?P<credentials>[0-9A-Za-z+/_-]{4,}=*)',
  group: 'credentials',
  anchors: ['(?i)basic[ \\t%+:=]'],
  check: isBasicCredentials,
  yes: [
    'Authorization: Basic «QWxhZGRpbjpvcGVuIHNlc2FtZQ==»',
    '"basic «dXNlcjpwYXNz»"',
    'proxy-authorization=Basic «amFuZTpzM2NyM3Q=»,',
    'h=Basic%20«dXNlcjpwYXNz»&x',
    "-H 'Authorization: Basic «dXNlcjpwYXNz»'",
    'Basic «OnBhc3N3b3Jk».',
  ],
  no: [
    'basic authentication',
    'Basic realm="x"',
    'visual basic programming',
    'Basic QWxhZGRpbg==',
    'basic checks passed',
    'Basic dXNlcjo=',
    'Basic [REDACTED]',
  ],
}

const cookieHeader: Detector = {
  id: 'cookie_header',
  summary: 'The values of Cookie and Set-Cookie headers in text',
  category: 'secret',
  severity: 'high',
  confidence: 'medium',
  generic: 1,
  source: 'RFC 6265 sections 4.1 and 4.2',
  pattern:
    '(?i:cookies?)(?:\\\\*["\'])?[ \\t]{0,2}[:=][ \\t]{0,3}(?:\\\\*["\'])?' +
    '(?P<value>[0-9A-Za-z_.$!#%*+^|~-]+=[^\\r\\n"\'\\\\]+)',
  group: 'value',
  anchors: ['(?i)cookie[s:="\'\\\\ \\t]'],
  check: isCookieHeader,
  yes: [
    'Cookie: «a=b; c=d»',
    'Set-Cookie: «sid=0123abcd; Path=/; HttpOnly»\r\n',
    "curl -H 'Cookie: «session=abc»' http://x",
    '{\\"cookie\\":\\"«sid=abc»\\"}',
    'cookie="«sid=abc; theme=dark»" x=1',
    'set-cookie: «id=a3fWa; Expires=Wed, 21 Oct 2026 07:28:00 GMT»',
  ],
  no: [
    'cookie: expired',
    'Cookie: [REDACTED]',
    'cookies enabled',
    'Cookie: ',
    'cookie: sid=***',
    'set-cookie header missing',
    'cookie_count=5',
  ],
}

export const headers: readonly Detector[] = [urlCredentials, bearerToken, basicAuth, cookieHeader]
