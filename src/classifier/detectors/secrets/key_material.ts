// Keys and tokens of standards: PEM, JSON Web Tokens, and the files of programs that sign and encrypt.
import type { Detector } from '../../../core/detector.ts'
import { isJwt } from '../../checks/jwt.ts'

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

export const keyMaterial: readonly Detector[] = [jwt, pemPrivateKey]
