// Credentials with a shape of their own: tokens and keys of standards, and what the headers of HTTP carry.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import { isBasicCredentials } from '../checks/basic_credentials.ts'
import { DASH, DOT, is, setOf, UNDERSCORE, WORD } from '../checks/bytes.ts'
import { isBearerToken, isCookieHeader, isUrlPassword } from '../checks/credential.ts'
import { isJwt } from '../checks/jwt.ts'

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z_%-])'

const jwt: Detector = {
  id: 'jwt',
  summary: 'JSON Web Tokens, signed, encrypted or bare: the first part decodes to JSON with "alg"',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'RFC 7519, RFC 7515, RFC 7516',
  pattern:
    `${FRONT}(?P<token>eyJ[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]*\\.[0-9A-Za-z_-]*` +
    '(?:\\.[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+)?)',
  group: 'token',
  anchors: ['^eyJ[0-9A-Za-z]{2}', '%[0-9A-Fa-f]{2}eyJ', '\\\\[nrt]eyJ'],
  check: isJwt,
  yes: [
    'token «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl» ok',
    '"«eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2ln»"',
    'bare «eyJhbGciOiJub25lIn0.eyJzdWIiOiJqYW5lIn0.»',
    'GET /?t=«eyJhbGciOiJIUzI1NiJ9.e30.c2ln»&x=1',
    'jwe «eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.Y2lwaGVy.dGFn»',
    'a%3D«eyJhbGciOiJIUzI1NiJ9.e30.c2ln»',
    '[«eyJhbGciOiJIUzI1NiJ9.e30.c2ln»]',
  ],
  no: [
    'eyJhbGciOiJIUzI1NiJ9',
    'eyJhbGciOiJIUzI1NiJ9.e30',
    'eyJmb28iOiJiYXIifQ.e30.c2ln',
    'eyJhbGciOiJIUzI1Ni.e30.c2ln',
    'xeyJhbGciOiJIUzI1NiJ9.e30.c2ln',
    'eyJava.lang.String',
    'abc.def.ghi',
  ],
}

const PEM_KIND = '[0-9A-Z ]*PRIVATE KEY[A-Z ]*-----'

const pemPrivateKey: Detector = {
  id: 'pem_private_key',
  summary: 'Private keys in PEM, the whole block; to the end of the text when the block is cut off',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'RFC 7468, RFC 1421; OpenSSH PROTOCOL.key',
  pattern: `-----BEGIN ${PEM_KIND}(?:(?s:.)*?-----END ${PEM_KIND}|(?s:.)*)`,
  anchors: ['--BEGIN '],
  yes: [
    'key: «-----BEGIN PRIVATE KEY-----\nTUFERSBVUA==\n-----END PRIVATE KEY-----» done',
    '«-----BEGIN RSA PRIVATE KEY-----\nTUFERSBVUA==\n-----END RSA PRIVATE KEY-----»\n',
    'x "«-----BEGIN EC PRIVATE KEY-----\\nTUFERSBVUA==\\n-----END EC PRIVATE KEY-----»\\n" y',
    'cut «-----BEGIN OPENSSH PRIVATE KEY-----\nTUFERSBVUA»',
    '«-----BEGIN ENCRYPTED PRIVATE KEY-----TUFE-----END ENCRYPTED PRIVATE KEY-----»',
    '«-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nTUFE\n-----END PGP PRIVATE KEY BLOCK-----».',
  ],
  no: [
    '-----BEGIN CERTIFICATE-----\nTUFE\n-----END CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----\nTUFE\n-----END PUBLIC KEY-----',
    'BEGIN PRIVATE KEY',
    '-----BEGIN private key-----',
    '-----END PRIVATE KEY-----',
    'expected -----BEGIN line',
  ],
}

const AUTHORITY_END = setOf(' \t\n\f\r/"\'<>\\')
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
  source: 'RFC 3986 section 3.2.1',
  pattern: ':(?://|\\\\/\\\\/)[^\\s/?#@:"\'<>\\\\]*:(?P<password>[^\\s/"\'<>\\\\]+)@[0-9A-Za-z\\[_.-]',
  group: 'password',
  anchors: ['://', ':\\\\/\\\\/'],
  check: isUrlPassword,
  find: findUrlPassword,
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

const bearerToken: Detector = {
  id: 'bearer_token',
  summary: 'Tokens of the Bearer scheme',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'RFC 6750 section 2.1',
  pattern: '(?i:bearer)(?:[ \\t]+|%20|\\+|[:=][ \\t]?)(?P<token>[0-9A-Za-z._~+/-]*[0-9A-Za-z_~+/-]=*)',
  group: 'token',
  anchors: ['(?i)bearer[ \\t%+:=]'],
  check: isBearerToken,
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

export const credentials: readonly Detector[] = [
  jwt,
  pemPrivateKey,
  urlCredentials,
  bearerToken,
  basicAuth,
  cookieHeader,
]
