import { describe, expect, it } from 'vitest'
import { isNamed, NameEnds, normalName, wordsOf } from '../../src/classifier/fields.ts'
import { isPlaceholder } from '../../src/classifier/placeholder.ts'
import { globTest } from '../../src/core/glob.ts'

describe('names of fields', () => {
  it.each([
    ['dbPassword', ['db', 'password']],
    ['DB_PASSWORD', ['db', 'password']],
    ['x-api-key', ['x', 'api', 'key']],
    ['APIKey', ['api', 'key']],
    ['user.name', ['user', 'name']],
    ['password2', ['password']],
    ['größe', ['größe']],
    ['GRÖSSE_Zwei', ['grösse', 'zwei']],
    ['userID', ['user', 'id']],
    ['oauth2Token', ['oauth2', 'token']],
    ['', []],
  ])('%s', (key, words) => expect(wordsOf(key)).toEqual(words))

  const names = new Set(['password', 'api_key', 'token'].map(normalName))
  const ends = new NameEnds<string>()
  for (const name of names) ends.add(name, name)
  const endsInName = (key: string) => ends.find(wordsOf(key)).length > 0

  it.each(['password', 'dbPassword', 'DB-PASSWORD', 'dbpassword', 'x-api-key', 'apiKey', 'accessToken', 'token1'])(
    '%s ends in a name',
    (key) => expect(endsInName(key)).toBe(true),
  )
  it.each(['password_policy', 'tokens', 'token_count', 'tokenizer', 'key', 'monkey', ''])('%s does not', (key) =>
    expect(endsInName(key)).toBe(false),
  )
  it('compares whole names too', () => {
    expect(isNamed('API-key', names)).toBe(true)
    expect(isNamed('x-api-key', names)).toBe(false)
  })
})

describe('globs', () => {
  it.each([
    ['user.*.email', 'user.home.email', true],
    ['user.*.email', 'user.a.b.email', false],
    ['user.**.email', 'user.a.b.email', true],
    ['**.email', 'email', true],
    ['**.email', 'a.b.email', true],
    ['**.email', 'a.bemail', false],
    ['user.**', 'user.a', true],
    ['items[].card', 'items[].card', true],
    ['pay*', 'payments', true],
    ['pay*', 'repayments', false],
    ['*', 'a.b', false],
    ['**', 'a.b', true],
  ])('%s on %s: %s', (glob, name, matches) => expect(globTest([glob])(name)).toBe(matches))

  it('an absent list matches all, an empty one nothing', () => {
    expect(globTest(undefined)('x')).toBe(true)
    expect(globTest([])('x')).toBe(false)
  })
})

describe('placeholders', () => {
  const is = (text: string) => isPlaceholder(Buffer.from(text), 0, Buffer.byteLength(text))
  it.each([
    '',
    'null',
    'NONE',
    '***',
    '*',
    'xxxx',
    '[REDACTED:pw]',
    '[redacted]',
    '<secret>',
    '${PW}',
    '{{ pw }}',
    '0',
    '-',
  ])('%j is one', (text) => expect(is(text)).toBe(true))
  it.each(['hunter2', '1234', 'x', 'nullable', '[REDACTED:pw', 'true-love', '**a**'])('%j is none', (text) =>
    expect(is(text)).toBe(false),
  )
})
