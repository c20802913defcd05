import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileClassifier } from '../../src/classifier/compile.ts'
import { PathFacts } from '../../src/classifier/path_facts.ts'
import { Paths, ROOT } from '../../src/core/paths.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { PACK_NAMES } from '../../src/settings/packs.ts'

const policy = await defaultPolicy()
const paths = new Paths()
const facts = new PathFacts(compileClassifier(policy), paths)

function actionOf(id: string): string | undefined {
  return policy.rules.find((rule) => rule.id === id)?.action.type
}

describe('the pack `default`', () => {
  it('has a detector once at most, under its own name, and compiles', () => {
    const used = policy.rules.flatMap(({ id, find }) => ('detector' in find ? [[id, find.detector]] : []))
    for (const [id, detector] of used) expect(id).toBe(detector)
    expect(new Set(used.map(([id]) => id)).size).toBe(used.length)
    expect(() => compileClassifier(policy)).not.toThrow()
  })

  it('redacts, except for addresses of machines', () => {
    const kept = policy.rules.filter((rule) => rule.action.type === 'keep').map((rule) => rule.id)
    expect(kept.sort()).toEqual(['ipv4', 'ipv6', 'mac_address'])
    expect(policy.mode).toBe('enforce')
    expect(policy.on_error).toBe('mask_all')
  })

  it('keeps four digits of a card and of an account, none of a social security number', () => {
    for (const id of ['payment_card', 'iban', 'card_number_field']) {
      expect(policy.rules.find((rule) => rule.id === id)?.action).toMatchObject({ type: 'mask', keep_last: 4 })
    }
    expect(policy.rules.find((rule) => rule.id === 'us_ssn')?.action).toMatchObject({ type: 'mask', keep_last: 0 })
    expect(actionOf('email')).toBe('replace')
    expect(actionOf('card_code_field')).toBe('replace')
  })

  it('is in the list of packs, like every file of config/packs', () => {
    const files = readdirSync(new URL('../../config/packs', import.meta.url)).map((file) => basename(file, '.yaml'))
    expect(files.sort()).toEqual([...PACK_NAMES].sort())
  })
})

describe('its field names', () => {
  it.each([
    ['password', 'password_field'],
    ['dbPassword', 'password_field'],
    ['DB_PASSWORD', 'password_field'],
    ['user.password', 'password_field'],
    ['newPassword', 'password_field'],
    ['password2', 'password_field'],
    ['passwordConfirmation', 'password_field'],
    ['PGPASSWORD', 'password_field'],
    ['passwd', 'password_field'],
    ['client_secret', 'secret_field'],
    ['clientSecret', 'secret_field'],
    ['SecretString', 'secret_field'],
    ['aws_secret_access_key', 'secret_field'],
    ['tls.private-key', 'secret_field'],
    ['access_token', 'token_field'],
    ['accesstoken', 'token_field'],
    ['X-Auth-Token', 'token_field'],
    ['x-amz-security-token', 'token_field'],
    ['csrfToken', 'token_field'],
    ['x-api-key', 'api_key_field'],
    ['apiKey', 'api_key_field'],
    ['stripe_apikey', 'api_key_field'],
    ['Authorization', 'authorization_field'],
    ['proxy-authorization', 'authorization_field'],
    ['Cookie', 'cookie_field'],
    ['set-cookie', 'cookie_field'],
    ['JSESSIONID', 'cookie_field'],
    ['otp', 'one_time_code_field'],
    ['verificationCode', 'one_time_code_field'],
    ['cardNumber', 'card_number_field'],
    ['cc_number', 'card_number_field'],
    ['cvv', 'card_code_field'],
    ['cvv2', 'card_code_field'],
    ['card.cvc', 'card_code_field'],
    ['ssn', 'ssn_field'],
    ['employee_ssn', 'ssn_field'],
    ['socialSecurityNumber', 'ssn_field'],
  ])('%s: %s', (key, rule) => expect(rulesFor(key)[0]).toBe(rule))

  it.each([
    'password_policy',
    'password_changed_at',
    'passwordLength',
    'has_password',
    'forgotPassword',
    'OLDPWD',
    'secretary',
    'secret_name',
    'imagePullSecret',
    'token_count',
    'tokens',
    'max_tokens',
    'prompt_tokens',
    'tokenizer',
    'token_type',
    'next_token',
    'nextPageToken',
    'next_page_token',
    'NextContinuationToken',
    'syncToken',
    'unexpected_token',
    'resumeToken',
    'key',
    'primary_key',
    'foreign_key',
    'cache_key',
    'public_key',
    'partition_key',
    'routing_key',
    'author',
    'authorized',
    'authorization_url',
    'cookie_consent',
    'otp_version',
    'code',
    'status_code',
    'error_code',
    'country_code',
    'pin',
    'pan',
    'card',
    'card_type',
    'discard',
    'card_last4',
    'account_number_format',
    'session_id',
    'classname',
    'pass',
    'bypass',
    'compass',
  ])('%s is left alone', (key) => expect(rulesFor(key)).toEqual([]))
})

function rulesFor(key: string): string[] {
  const path = paths.childNamed(ROOT, key)
  facts.of(path)
  return facts.rulesOf(path).map((index) => policy.rules[index].id)
}
