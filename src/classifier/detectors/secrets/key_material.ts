// Keys and tokens of standards: PEM, JSON Web Tokens, and the files of programs that sign and encrypt.
import type { Detector, SpanFinder } from '../../../core/detector.ts'
import { isBase64PrivateKey } from '../../checks/base64_pem.ts'
import { DOT, setOf } from '../../checks/bytes.ts'
import { isUnfilled } from '../../checks/credential.ts'
import { isJwt } from '../../checks/jwt.ts'
import { fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'
import { beginsAt } from '../../sequence.ts'
import { named, token } from '../../tokens.ts'

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z_%-])'

const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_%-')
const BASE64URL = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-')

function runEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && BASE64URL[bytes[at]] === 1) at++
  return at
}

/** Three parts, of which the last two may be empty, or five. */
function jwtEnd(bytes: Uint8Array, start: number, to: number): number {
  const header = runEnd(bytes, start + 3, to)
  if (header === start + 3 || header >= to || bytes[header] !== DOT) return -1
  const second = runEnd(bytes, header + 1, to)
  if (second >= to || bytes[second] !== DOT) return -1
  const third = runEnd(bytes, second + 1, to)
  if (third >= to || bytes[third] !== DOT) return third
  const fourth = runEnd(bytes, third + 1, to)
  if (fourth === third + 1 || fourth >= to || bytes[fourth] !== DOT) return third
  const fifth = runEnd(bytes, fourth + 1, to)
  return fifth === fourth + 1 ? third : fifth
}

const findJwt: SpanFinder = (bytes, from, to, at, span) => {
  // Anchors end behind `eyJ`, or two letters further.
  const start = at - from >= 5 && isEyJ(bytes, at - 5) ? at - 5 : at - 3
  if (start < from || !isEyJ(bytes, start) || !beginsAt(bytes, from, start, NO_FRONT)) return -1
  const end = jwtEnd(bytes, start, to)
  if (end < 0) return -1
  if (!isJwt(bytes, start, end)) return ~end
  span.start = start
  return end
}

function isEyJ(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x65 && bytes[at + 1] === 0x79 && bytes[at + 2] === 0x4a
}

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
  find: findJwt,
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

const puttyPrivateKey: Detector = {
  id: 'putty_private_key',
  summary: 'Private keys of PuTTY (PPK), to the MAC or to the end of the text',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'PuTTY documentation, appendix C: PPK file format',
  pattern: 'PuTTY-User-Key-File-[1-3]: (?:(?s:.)*?Private-MAC: [0-9a-f]{40,64}|(?s:.)*)',
  anchors: ['PuTTY-Us'],
  yes: [
    `«PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nTUFERSBVUA==\nPrivate` +
      `-MAC: ${fake('hex', 64)}»\n`,
    `x «PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nTUFE\nPrivate-MAC: ${fake('hex', 40)}» y`,
    'cut «PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nTUFE»',
    `"«PuTTY-User-Key-File-3: ssh-rsa\\nPrivate-Lines: 1\\nTUFE\\nPrivate-MAC: ${fake('hex', 64)}»\\n"`,
    `key=«PuTTY-User-Key-File-1: ssh-dss\r\nTUFE\r\nPrivate-MAC: ${fake('hex', 40)}»\r\n`,
    '«PuTTY-User-Key-File-2: ecdsa-sha2-nistp256»',
  ],
  no: [
    'PuTTY-User-Key-File',
    'PuTTY-User-Key-File-9: ssh-rsa',
    `Private-MAC: ${fake('hex', 40)}`,
    'putty-user-key-file-2: ssh-rsa',
    'PuTTY 0.83 was started',
    'PuTTY-User-Key-File-2 cannot be read',
  ],
}

const QUOTE = '\\\\*"'
const PRIVATE_PART = `${QUOTE}(?:d|k)${QUOTE}\\s*:\\s*${QUOTE}`
const D = fake('word', 43)

const jwkPrivateKey: Detector = {
  id: 'jwk_private_key',
  summary: 'The private part of a JSON Web Key',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'RFC 7517, RFC 7518 section 6',
  pattern: `"kty${QUOTE}[^{}]*?${PRIVATE_PART}(?P<key>[0-9A-Za-z_-]{22,})`,
  group: 'key',
  anchors: ['"kty'],
  yes: [
    `{"kty":"OKP","crv":"Ed25519","d":"«${D}»","x":"abc"}`,
    `{"kty": "EC", "crv": "P-256", "x": "abc", "y": "abc", "d": "«${D}»"}`,
    `{"kty":"OKP","d":"«${D}»"}`,
    `{\\"kty\\":\\"oct\\",\\"k\\":\\"«${D}»\\"}`,
    `{"keys":[{"kid":"1","kty":"oct","k":"«${D}»"}]}`,
    `key {"kty":"RSA","n":"abc","e":"AQAB","d":"«${D.repeat(8)}»","p":"x"} made`,
  ],
  no: [
    `{"kty":"OKP","crv":"Ed25519","x":"${D}"}`,
    `{"d":"${D}"}`,
    `{"kty":"OKP"},{"d":"${D}"}`,
    '{"kty":"oct","k":"short"}',
    `{"kty":"RSA","kid":"${D}"}`,
    'the member "kty" is missing',
  ],
}

const PEM_LINE = pieced('LS0tLS1CRUdJTi', 'BQUklWQVRFIEtFWS0tLS0tClRVRkVSU0JWVUNCTFJWa2dSazlTSUZSRlUxUlQ')
const CERTIFICATE_LINE = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tClRVRkVSU0JWVUNCTFJWa2dSazlTSUZSRlUxUlQ'

export const keyMaterial: readonly Detector[] = [
  jwt,
  pemPrivateKey,
  puttyPrivateKey,
  token({
    id: 'base64_private_key',
    summary: 'Private keys in PEM that were put into base64 once more, as in kubeconfig files',
    source: 'RFC 7468; Kubernetes documentation, kubeconfig and secrets',
    prefixes: ['LS0tLS1CRUdJTi'],
    body: '[0-9A-Za-z+/]{30,}={0,2}',
    check: isBase64PrivateKey,
    samples: [PEM_LINE],
    no: [CERTIFICATE_LINE],
  }),
  token({
    id: 'age_secret_key',
    summary: 'Secret keys of age',
    source: 'age specification, C2SP',
    prefixes: ['AGE-SECRET-KEY-1'],
    body: '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
    check: isUnfilled,
    anchors: ['AGE-SECR'],
    samples: [pieced('AGE-SECRET-', 'KEY-1', '4695NQLUXDQ6R9AFQGJP6KTKGV5GZ8FFUVALAYREAT72CU9PFD8SYCW3LE')],
  }),
  token({
    id: 'ansible_vault',
    summary: 'Text that Ansible Vault encrypted',
    source: 'Ansible documentation, format of vaulted files',
    severity: 'medium',
    prefixes: ['$ANSIBLE_VAULT;1.'],
    body: '[0-9];AES256(?:;[0-9A-Za-z_-]{1,40})?(?:(?:\\s|\\\\n){1,20}[0-9a-f]{10,80})+',
    samples: [`$ANSIBLE_VAULT;1.1;AES256\n  ${fake('hex', 80)}\n  ${fake('hex', 60)}`],
  }),
  named({
    id: 'wireguard_private_key',
    summary: 'Private and preshared keys of WireGuard behind their name',
    source: 'wg(8), configuration file format',
    names: 'privatekey|presharedkey|private_key|preshared_key|wireguard|wg[_-]',
    kinds: false,
    anchors: ['(?i)privatek', '(?i)preshare', '(?i)private_', '(?i)wireguar', '(?i)wg_', '(?i)wg-'],
    value: '[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=',
    as: 'wireguard_private_key',
    samples: [`${fake('word', 42)}w=`],
  }),
  jwkPrivateKey,
  token({
    id: 'otpauth_secret',
    summary: 'Secrets of one-time passwords in otpauth URIs',
    source: 'Google Authenticator, key URI format',
    prefixes: ['otpauth://', 'otpauth-migration://'],
    body: '(?:(?:totp|hotp)/[^\\s"\'<>]{0,200}[?&]secret=[A-Z2-7a-z]{10,}={0,6}|offline\\?data=[0-9A-Za-z%+/=_-]{20,})',
    samples: [
      `otpauth://totp/Example:jane?secret=${fake('base32', 32)}`,
      `otpauth-migration://offline?data=${fake('word', 60)}`,
    ],
  }),
  named({
    id: 'otp_seed',
    summary: 'Seeds of one-time passwords behind their name',
    source: 'RFC 6238, RFC 4648 section 6',
    names: 'totp|otp|mfa|2fa|two[_ -]?factor|authenticator',
    kinds: false,
    anchors: [
      '(?i)totp',
      '(?i)otp_s',
      '(?i)otp-s',
      '(?i)otps',
      '(?i)otp s',
      '(?i)mfa',
      '(?i)2fa',
      '(?i)two_fact',
      '(?i)two-fact',
      '(?i)twofact',
      '(?i)nticator',
    ],
    value: '[A-Z2-7]{16,64}={0,6}',
    as: 'totp_secret',
    samples: [fake('base32', 32)],
  }),
  named({
    id: 'framework_secret_key',
    summary: 'Keys by which Laravel, Django and Rails sign and encrypt',
    source: 'documentation of the frameworks, application key',
    names: '(?:app|secret|master)[_-]?key(?:[_-]?base)?',
    kinds: false,
    anchors: [
      '(?i)app_key',
      '(?i)secret_k',
      '(?i)master_k',
      '(?i)app-key',
      '(?i)appkey',
      '(?i)secret-k',
      '(?i)secretk',
    ],
    value: 'base64:[0-9A-Za-z+/]{43}=|django-insecure-[^\\s"\'\\\\]{40,60}|[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{32}',
    as: 'app_key',
    samples: [`base64:${fake('word', 43)}=`, fake('hex', 128)],
  }),
]
