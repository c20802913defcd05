// The detectors with which the library began, about those that the usual way has: what is compared with it runs them.
import type { Policy } from '../../core/policy.ts'

const FIRST: ReadonlySet<string> = new Set([
  'payment_card',
  'iban',
  'us_ssn',
  'email',
  'phone',
  'ipv4',
  'ipv6',
  'mac_address',
  'aws_access_key_id',
  'aws_secret_access_key',
  'google_api_key',
  'github_token',
  'gitlab_token',
  'npm_token',
  'slack_token',
  'slack_webhook',
  'stripe_key',
  'jwt',
  'pem_private_key',
  'url_credentials',
  'bearer_token',
  'basic_auth',
  'cookie_header',
  'password_assignment',
])

/** The policy with these detectors and all rules by field name. */
export function withFirstDetectors(policy: Policy): Policy {
  return { ...policy, rules: policy.rules.filter(({ find }) => !('detector' in find) || FIRST.has(find.detector)) }
}
