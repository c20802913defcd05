// Made-up keys and tokens in the shapes of their issuers, with right checksums. None of them opens anything.
import { crc32 } from 'node:zlib'
import { BASE62, BASE64URL, type Random, UPPER32 } from './random.ts'

const GIVEN = ['ada', 'grace', 'linus', 'margaret', 'dennis', 'barbara', 'alan', 'radia', 'ken', 'joan']
const FAMILY = ['lovelace', 'hopper', 'hamilton', 'ritchie', 'liskov', 'turing', 'perlman', 'thompson', 'clarke']
const MAIL = ['example.com', 'example.org', 'mail.example.net', 'shop.example.co.uk']
const FIRST = ['correct', 'purple', 'silent', 'velvet', 'northern', 'copper', 'rapid', 'amber']
const SECOND = ['horse', 'meadow', 'anchor', 'lantern', 'glacier', 'falcon', 'harbor', 'ribbon']

export function email(random: Random): string {
  return `${random.pick(GIVEN)}.${random.pick(FAMILY)}${random.int(10, 9999)}@${random.pick(MAIL)}`
}

/** Looks like what a person would choose, and is never a word that placeholders use. */
export function password(random: Random): string {
  return `${random.pick(FIRST)}-${random.pick(SECOND)}-${random.text(BASE62, 6)}`
}

export function jwt(random: Random): string {
  const header = { alg: random.pick(['HS256', 'RS256']), typ: 'JWT' }
  const claims = { sub: `user-${random.int(1000, 99999)}`, iss: 'https://id.example.com', iat: 1_790_000_000 }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part({ ...claims, jti: random.hex(12) })}.${random.text(BASE64URL, 43)}`
}

/** Thirty random characters and their CRC-32 in six digits of base 62, as GitHub and npm do. */
function withChecksum(random: Random): string {
  const body = random.text(BASE62, 30)
  let rest = crc32(body)
  let check = ''
  for (let i = 0; i < 6; i++) {
    check = BASE62[rest % 62] + check
    rest = Math.floor(rest / 62)
  }
  return body + check
}

export function githubToken(random: Random): string {
  return `${random.pick(['ghp_', 'gho_', 'ghs_'])}${withChecksum(random)}`
}

export function npmToken(random: Random): string {
  return `npm_${withChecksum(random)}`
}

export function gitlabToken(random: Random): string {
  return `glpat-${random.text(BASE64URL.slice(0, 62), 20)}`
}

export function slackToken(random: Random): string {
  return `xoxb-${random.digits(12)}-${random.digits(13)}-${random.text(BASE62, 24)}`
}

export function slackWebhook(random: Random): string {
  const ids = `T${random.text(UPPER32, 10)}/B${random.text(UPPER32, 10)}`
  return `https://hooks.slack.com/services/${ids}/${random.text(BASE62, 24)}`
}

export function stripeKey(random: Random): string {
  return `${random.pick(['sk_live_', 'rk_live_', 'sk_test_'])}${random.text(BASE62, 24)}`
}

export function googleApiKey(random: Random): string {
  return `AIza${random.text(BASE64URL.slice(0, 62), 35)}`
}

export function awsAccessKeyId(random: Random): string {
  return `${random.pick(['AKIA', 'ASIA'])}${random.text(UPPER32, 16)}`
}

export function awsSecret(random: Random): string {
  return `${random.text(BASE62, 19)}/${random.text(BASE62, 20)}`
}

export function opaque(random: Random, length = 40): string {
  return random.text(BASE62, length)
}

export function pem(random: Random): string {
  const lines = Array.from({ length: 6 }, () => random.text(`${BASE62}+/`, 64))
  const label = random.pick(['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY'])
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----`
}

export function basicCredentials(random: Random): string {
  return Buffer.from(`${random.pick(GIVEN)}:${password(random)}`).toString('base64')
}
