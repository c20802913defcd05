// Secrets by the name in front of them: `password=…`, `"api_key": "…"`, in text, queries, logfmt, YAML, escaped JSON.
import type { Detector, SpanFinder } from '../../../core/detector.ts'
import { isAssignedSecret } from '../../checks/assignment.ts'
import { ALPHA, DASH, HEX, is, LOWER, PERCENT, setOf, UNDERSCORE, WORD } from '../../checks/bytes.ts'

const KEY_BYTES_MAX = 24
const BLANKS_MAX = 4
const DOUBLE = 0x22
const SINGLE = 0x27
const BACKSLASH = 0x5c
/** What a value without quotes ends at. */
const PLAIN_END = setOf(' \t\n\f\r"\'&,;\\<>|)]}`')
const ENCODED_END = setOf(' \t\n\f\r"\'&')

const NAMES = [
  'password',
  'passwort',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'token',
  ...['secret', 'access', 'api', 'private'].flatMap((word) => ['key', '_key', '-key'].map((key) => word + key)),
].map((name) => new TextEncoder().encode(name))

const findAssignment: SpanFinder = (bytes, from, to, at, span) => {
  // Anchors end within the name, or one byte behind it.
  let key = at
  if (!isKeyByte(bytes[at - 1])) key--
  else while (key < to && key - at < KEY_BYTES_MAX && isKeyByte(bytes[key])) key++
  if ((key < to && isKeyByte(bytes[key])) || !isSecretName(bytes, from, key)) return -1
  let start = behindSeparator(bytes, key, to)
  if (start < 0) return -1
  const open = quoteLength(bytes, start, to)
  const end = valueEnd(bytes, start + open, to, open === 0 ? 0 : bytes[start], bytes[start + open - 1])
  start += open
  if (end <= start || !isAssignedSecret(bytes, start, end)) return -1
  span.start = start
  return end
}

function isKeyByte(byte: number): boolean {
  return is(byte, WORD) || byte === UNDERSCORE || byte === DASH
}

/** True when the name that ends at `end` ends like that of a secret; `pass` must be a word alone (not `bypass`). */
function isSecretName(bytes: Uint8Array, from: number, end: number): boolean {
  for (const name of NAMES) if (endsWith(bytes, from, end, name)) return true
  if (!endsWith(bytes, from, end, PASS)) return false
  const start = end - 4
  if (start === from || !is(bytes[start - 1], ALPHA)) return true
  return (
    is(bytes[start - 1], LOWER) &&
    bytes[start] === 0x50 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x73 &&
    bytes[start + 3] === 0x73
  )
}

const PASS = new TextEncoder().encode('pass')

function endsWith(bytes: Uint8Array, from: number, end: number, name: Uint8Array): boolean {
  const start = end - name.length
  if (start < from) return false
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]
    if ((is(byte, ALPHA) ? byte | 0x20 : byte) !== name[i]) return false
  }
  return true
}

/** Length of the quote at `at`: `"`, `'`, either with backslashes before it, or `%22`; 0 when there is none. */
function quoteLength(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] === PERCENT) return at + 2 < to && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x32 ? 3 : 0
  let quote = at
  while (quote < to && bytes[quote] === BACKSLASH) quote++
  return quote < to && (bytes[quote] === DOUBLE || bytes[quote] === SINGLE) ? quote + 1 - at : 0
}

function behindBlanks(bytes: Uint8Array, at: number, to: number): number {
  let next = at
  while (next < to && next - at < BLANKS_MAX && (bytes[next] === 0x20 || bytes[next] === 9)) next++
  return next
}

/** Behind `=`, `:`, `:=`, `=>`, `%3D` or `%3A` with blanks around and perhaps the quote that closes the name; or -1. */
function behindSeparator(bytes: Uint8Array, key: number, to: number): number {
  let at = behindBlanks(bytes, key + quoteLength(bytes, key, to), to)
  if (at >= to) return -1
  if (bytes[at] === 0x3d) at += at + 1 < to && bytes[at + 1] === 0x3e ? 2 : 1
  else if (bytes[at] === 0x3a) at += at + 1 < to && bytes[at + 1] === 0x3d ? 2 : 1
  else if (bytes[at] === PERCENT && bytes[at + 1] === 0x33 && at + 2 < to && isDOrA(bytes[at + 2])) at += 3
  else return -1
  return behindBlanks(bytes, at, to)
}

function isDOrA(byte: number): boolean {
  return (byte | 0x20) === 0x64 || (byte | 0x20) === 0x61
}

/** `first` is the first byte of the opening quote (0: none), `quote` its last. A quote never closed: all the line. */
function valueEnd(bytes: Uint8Array, start: number, to: number, first: number, quote: number): number {
  let at = start
  if (first === 0) {
    while (at < to && PLAIN_END[bytes[at]] === 0) at++
    return at
  }
  if (first === PERCENT) return encodedEnd(bytes, start, to)
  const isEscaped = first === BACKSLASH
  for (; at < to && bytes[at] !== quote && bytes[at] !== 10 && bytes[at] !== 13; at++) {
    if (bytes[at] !== BACKSLASH) continue
    const slashes = at
    if (isEscaped) while (at < to && bytes[at] === BACKSLASH) at++
    else at++
    const isEnd = at >= to || bytes[at] === 10 || bytes[at] === 13 || (isEscaped && bytes[at] === quote)
    if (isEnd) return slashes
  }
  return at
}

function encodedEnd(bytes: Uint8Array, start: number, to: number): number {
  let at = start
  while (at < to && ENCODED_END[bytes[at]] === 0) {
    if (bytes[at] !== PERCENT) at++
    else if (at + 2 >= to || !is(bytes[at + 1], HEX) || !is(bytes[at + 2], HEX)) return at
    else if (bytes[at + 1] === 0x32 && bytes[at + 2] === 0x32) return at
    else at += 3
  }
  return at
}

const NAME =
  '(?:(?i:passwor[dt]|passwd|passphrase|passcode|pwd|(?:secret|access|api|private)[_-]?key|secret|token)' +
  '|(?:^|[^A-Za-z])(?i:pass)|[a-z]Pass)'
const SEPARATOR = '(?:\\\\*["\']|%22)?[ \\t]{0,4}(?:=>|:=|[:=]|%3[DdAa])[ \\t]{0,4}'
const VALUES = [
  '\\\\+"(?P<value_escaped>(?:[^"\\\\\\r\\n]|\\\\+[^"\\\\\\r\\n])+)',
  "\\\\+'(?P<value_escaped_single>(?:[^'\\\\\\r\\n]|\\\\+[^'\\\\\\r\\n])+)",
  '"(?P<value_quoted>(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n])+)',
  "'(?P<value_single>(?:[^'\\\\\\r\\n]|\\\\[^\\r\\n])+)",
  '%22(?P<value_encoded>(?:[^\\s%&"\']|%(?:2[013-9A-Fa-f]|[013-9A-Fa-f][0-9A-Fa-f]))+)',
  '(?P<value>[^\\s"\'&,;\\\\<>|)\\]}`]+)',
]

const passwordAssignment: Detector = {
  id: 'password_assignment',
  summary:
    'Values behind names such as password, secret, token, api_key in text, queries, logfmt, YAML, JSON in a string',
  category: 'secret',
  severity: 'high',
  confidence: 'medium',
  generic: 1,
  source: 'CWE-532; names as in the OWASP Logging Cheat Sheet',
  // One group for each way to quote; the finding is the one that took part.
  pattern: `${NAME}${SEPARATOR}(?:${VALUES.join('|')})`,
  group: 'value',
  anchors: [
    '(?i)passw',
    '(?i)passphr',
    '(?i)passcode',
    '(?i)pass[:="\'\\\\% \\t]',
    '(?i)pwd[:="\'\\\\% \\t]',
    '(?i)secret[:="\'\\\\% \\t]',
    '(?i)token[:="\'\\\\% \\t]',
    '(?i)[tsie][_-]key[:="\'\\\\% \\t]',
    '(?i)[tsie]key[:="\'\\\\% \\t]',
  ],
  check: isAssignedSecret,
  find: findAssignment,
  judge: 'assignment',
  yes: [
    'login password=«hunter2» ok',
    'passwd: "«correct horse, battery»"',
    "pwd='«S3cr,et&x»'",
    'GET /l?user=a&password=«p%40ss»&x=1',
    '{\\"user\\":\\"a\\",\\"password\\":\\"«x»\\"}',
    'level=info client_secret=«abc123def456» ok',
    'X-Api-Key: «0a1b2c3d4e5f»',
    'refresh_token=«abcdefghij»',
    'db_pass=«letmein»',
    'dbPass = "«letmein»"',
    'DB_PASSWORD: «Tr0ub4dor#3»',
    '%22password%22%3A%22«hunter2»%22%7D',
    'password => «hunter2», next',
    "{'secret': '«topsecret»'}",
    'apiKey: "«abcd efgh»"',
    'password="«cut off in the middle»',
  ],
  no: [
    'password=',
    'password=*** ok',
    'password=[REDACTED:secret]',
    'token=null',
    'password: none',
    'token_count=5',
    'tokens=300',
    'password reset for bob',
    'password=%s',
    'password=${PASSWORD}',
    'secretName: foo',
    'x = getPassword()',
    'password=getPassword()',
    'PWD=/root ; USER=root',
    'Unexpected token: identifier',
    'for stream/token: com.example.activity/4505: 132',
    'pass: 12, fail: 3',
    'bypass=true1',
    'nextPageToken=abcdef123456',
    'check pass; user unknown',
    'password: must be at least 8 letters',
    'password=<password>',
    'Failed password for invalid user admin from 10.0.0.1',
    'if (password == other)',
  ],
}

export const assignments: readonly Detector[] = [passwordAssignment]
