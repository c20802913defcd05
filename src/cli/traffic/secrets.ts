// What is hidden in made-up records: each kind with the rule of the default pack that must find it, and where such a
// value stands in real logs. The caller learns every value, so that a proof can look for it.
import * as numbers from './numbers.ts'
import type { Random } from './random.ts'
import * as tokens from './tokens.ts'

/** One value that was put into a record. */
export interface Secret {
  /** Id of the rule that must find it. */
  readonly rule: string
  /** The bytes that the rule must find, as they stand in the text (before any escaping). */
  readonly value: string
  /** What the default pack leaves in its place: the value itself when it is only counted. */
  readonly redacted: string
}

/** How a secret stands in a record: in its message, or in members of its own. */
export interface Hidden {
  readonly secret: Secret
  /** The message, or undefined when the members say it all. */
  readonly message?: (value: string) => string
  readonly members?: (value: string) => Record<string, unknown>
}

type Action = 'replace' | 'mask' | 'mask_last4' | 'number_last4' | 'keep'

interface Kind {
  readonly rule: string
  readonly action: Action
  readonly make: (random: Random) => string
  /** Messages around a value; `{}` is its place. */
  readonly messages: readonly string[]
  /** Members that hold it; none for kinds that are known by the text around them. */
  readonly members?: readonly ((value: string) => Record<string, unknown>)[]
}

const field =
  (...path: string[]) =>
  (value: unknown): Record<string, unknown> =>
    path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>

/** Kinds that anybody has in logs come up more often than private keys. */
const COMMON: readonly Kind[] = [
  {
    rule: 'email',
    action: 'replace',
    make: tokens.email,
    messages: [
      'sent order confirmation to {} template=order_v3',
      'login failed for {}: account locked after 5 attempts',
      'newsletter bounce from=<{}> status=5.1.1',
    ],
    members: [field('user_email'), field('customer', 'contact', 'email')],
  },
  {
    rule: 'ipv4',
    action: 'keep',
    make: (random) =>
      `${random.pick(['10.42', '203.0', '198.51', '172.16'])}.${random.int(1, 254)}.${random.int(1, 254)}`,
    messages: ['accepted connection from {} port 52144', 'upstream {} answered 502, trying the next one'],
    members: [field('remote_addr'), field('http', 'client_ip')],
  },
  {
    rule: 'payment_card',
    action: 'mask_last4',
    make: numbers.card,
    messages: ['charge of card {} declined: insufficient_funds', 'retrying authorisation pan={} attempt=2'],
    members: [field('payment', 'account')],
  },
  {
    rule: 'payment_card',
    action: 'mask_last4',
    make: (random) => numbers.grouped(numbers.card(random), random.pick([' ', '-'])),
    messages: ['customer wrote: "my card {} does not work"', 'ocr line 4: {} VALID THRU'],
  },
  {
    rule: 'payment_card',
    action: 'number_last4',
    make: (random) => String(numbers.cardNumber(random)),
    messages: [],
    members: [(value) => ({ payment: { reference: Number(value), scheme: 'visa' } })],
  },
  {
    rule: 'phone',
    action: 'replace',
    make: numbers.phone,
    messages: ['sms to {} queued, provider=twilio', 'courier could not reach {} at the door'],
    members: [field('recipient', 'mobile')],
  },
  {
    rule: 'password_assignment',
    action: 'replace',
    make: tokens.password,
    messages: ['cannot bind: user=svc_report password={} host=ldap-2', 'parsed form: login=jdoe passwd={} remember=1'],
  },
  {
    rule: 'password_field',
    action: 'replace',
    make: tokens.password,
    messages: [],
    members: [field('password'), field('form', 'newPassword'), field('config', 'DB_PASSWORD')],
  },
  {
    rule: 'jwt',
    action: 'replace',
    make: tokens.jwt,
    messages: ['token expired: {} (clock skew 3 s)', 'refused id={} audience mismatch'],
    members: [field('auth', 'presented')],
  },
  {
    rule: 'authorization_field',
    action: 'replace',
    make: (random) => `Bearer ${tokens.opaque(random)}`,
    messages: [],
    members: [field('headers', 'authorization'), field('request', 'headers', 'Authorization')],
  },
]

const RARE: readonly Kind[] = [
  {
    rule: 'us_ssn',
    action: 'mask',
    make: numbers.ssn,
    messages: ['kyc form: applicant {} needs review', 'tax export row rejected, id {} seen twice'],
    members: [field('applicant', 'identity')],
  },
  {
    rule: 'iban',
    action: 'mask_last4',
    make: numbers.iban,
    messages: ['payout to {} accepted by the bank', 'sepa file 17: creditor {} unknown'],
    members: [field('payout', 'account')],
  },
  {
    rule: 'ipv6',
    action: 'keep',
    make: (random) => `2001:db8:${random.hex(4)}:${random.int(1, 9)}::${random.int(1, 999)}`,
    messages: ['peer [{}]:443 closed the stream'],
    members: [field('peer_address')],
  },
  {
    rule: 'mac_address',
    action: 'keep',
    make: (random) => `02:42:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}`,
    messages: ['DHCPACK to {} via eth0'],
    members: [field('nic', 'hw')],
  },
  {
    rule: 'bearer_token',
    action: 'replace',
    make: (random) => tokens.opaque(random),
    messages: ['> Authorization: Bearer {}', 'curl -H "Authorization: Bearer {}" failed with 401'],
  },
  {
    rule: 'basic_auth',
    action: 'replace',
    make: tokens.basicCredentials,
    messages: ['> Authorization: Basic {}'],
  },
  {
    rule: 'url_credentials',
    action: 'replace',
    make: tokens.password,
    messages: [
      'connecting to postgres://orders:{}@db-1.internal:5432/orders',
      'GET https://bot:{}@repo.internal/x.git',
    ],
  },
  {
    rule: 'github_token',
    action: 'replace',
    make: tokens.githubToken,
    messages: ['git clone with token {} failed: not found'],
    members: [field('ci', 'credential')],
  },
  {
    rule: 'gitlab_token',
    action: 'replace',
    make: tokens.gitlabToken,
    messages: ['runner registered using {} in group shop'],
  },
  {
    rule: 'npm_token',
    action: 'replace',
    make: tokens.npmToken,
    messages: ['npm publish: {} is not allowed to publish @shop/cart'],
  },
  {
    rule: 'slack_token',
    action: 'replace',
    make: tokens.slackToken,
    messages: ['alert bot started with {} in #ops'],
  },
  {
    rule: 'slack_webhook',
    action: 'replace',
    make: tokens.slackWebhook,
    messages: ['POST {} returned 200 in 85 ms'],
  },
  {
    rule: 'stripe_key',
    action: 'replace',
    make: tokens.stripeKey,
    messages: ['stripe client initialised: {} v2026-08'],
  },
  {
    rule: 'google_api_key',
    action: 'replace',
    make: tokens.googleApiKey,
    messages: ['maps: quota exceeded for {} today'],
  },
  {
    rule: 'aws_access_key_id',
    action: 'replace',
    make: tokens.awsAccessKeyId,
    messages: ['AccessDenied for {} on s3:PutObject shop-exports'],
    members: [field('aws', 'principal')],
  },
  {
    rule: 'aws_secret_access_key',
    action: 'replace',
    make: tokens.awsSecret,
    messages: ['env dump: aws_secret_access_key={} region=eu-west-1'],
  },
  {
    rule: 'pem_private_key',
    action: 'replace',
    make: tokens.pem,
    messages: ['loaded signing material {} from vault'],
    members: [field('vault', 'material')],
  },
  {
    rule: 'token_field',
    action: 'replace',
    make: (random) => tokens.opaque(random),
    messages: [],
    members: [field('session', 'refresh_token'), field('accessToken')],
  },
  {
    rule: 'api_key_field',
    action: 'replace',
    make: (random) => tokens.opaque(random, 32),
    messages: [],
    members: [field('apiKey'), field('provider', 'api_key')],
  },
  {
    rule: 'cookie_field',
    action: 'replace',
    make: (random) => `sid=${tokens.opaque(random, 32)}; theme=dark`,
    messages: [],
    members: [field('headers', 'cookie')],
  },
  {
    rule: 'ssn_field',
    action: 'mask',
    make: (random) => `9${random.digits(8)}`,
    messages: [],
    members: [field('employee', 'ssn')],
  },
]

/** Rules that the traffic gives something to find. */
export const TRAFFIC_RULES: readonly string[] = [...new Set([...COMMON, ...RARE].map(({ rule }) => rule))]

const COMMON_SHARE = 0.8

/** Draws one secret and its place. `membersAllowed`: the record has room for members of its own. */
export function hide(random: Random, membersAllowed: boolean): Hidden {
  for (;;) {
    const kind = random.pick(random.chance(COMMON_SHARE) ? COMMON : RARE)
    const members = membersAllowed ? (kind.members ?? []) : []
    const places = kind.messages.length + members.length
    if (places === 0) continue
    const value = kind.make(random)
    const secret = { rule: kind.rule, value, redacted: redactedForm(kind, value) }
    const place = random.int(0, places - 1)
    if (place >= kind.messages.length) return { secret, members: members[place - kind.messages.length] }
    const [before, behind] = kind.messages[place].split('{}')
    return { secret, message: (text) => before + text + behind }
  }
}

/** Written anew here and not taken from the redactor: it is what the redactor is held against. */
function redactedForm({ rule, action }: Kind, value: string): string {
  if (action === 'keep') return value
  if (action === 'replace') return `[REDACTED:${rule}]`
  if (action === 'mask') return '*'.repeat(value.length)
  if (action === 'number_last4') return String(Number(value.slice(-4)))
  const kept = value.length - lastFour(value)
  return '*'.repeat(kept) + value.slice(kept)
}

/** Length of the tail with the last four letters and digits; they may stand in groups, but never across one. */
function lastFour(value: string): number {
  return /[^0-9A-Z]/.test(value.slice(-4)) ? value.length : 4
}
