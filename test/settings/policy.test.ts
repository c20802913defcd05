import { describe, expect, it } from 'vitest'
import { DEFAULT_EXCLUDE_FIELDS } from '../../src/settings/defaults.ts'
import { loadPolicyFile } from '../../src/settings/load_policy.ts'
import { BASE, load, policyOf, registries } from './standins.ts'

/** What complaints about a missing key advise. */
const ADD_KEY = '(add hmac: { id: k1, key: "${LOGVEIL_HMAC_KEY}" } to the policy)'

const PACK = 'test/settings/packs/small.yaml'

function rule(text: string): string {
  return `packs: []\nrules:\n  - { ${text} }\n`
}

const WRONG: [string, string, string[]][] = [
  [
    'nothing to find',
    rule('id: a, find: {}, action: mask'),
    ['3:20: this rule says not what to find (write one of detector, pattern, field, path)'],
  ],
  [
    'two ways at once',
    rule('id: a, find: { detector: jwt, path: [a] }, action: mask'),
    ['3:20: detector and path stand together (write one of detector, pattern, field, path)'],
  ],
  [
    'a key of another way',
    rule('id: a, find: { field: [x], group: 1 }, action: mask'),
    ['3:34: "group" says nothing here (it goes with "pattern": remove it)'],
  ],
  [
    'an unknown detector',
    rule('find: { detector: jtw }, action: mask'),
    ['3:25: unknown detector "jtw" (did you mean "jwt"?)'],
  ],
  [
    'an unknown action',
    rule('find: { detector: jwt }, action: remove'),
    ['3:40: unknown action "remove" (actions: mask, replace, hash, drop_field, drop_record, keep)'],
  ],
  [
    'an unknown action type',
    rule('find: { detector: jwt }, action: { type: maks }'),
    ['3:48: unknown action "maks" (did you mean "mask"?)'],
  ],
  [
    'a setting that the action does not have',
    rule('find: { detector: jwt }, action: { type: mask, keeplast: 4 }'),
    ['3:54: unknown setting "keeplast" (did you mean "keep_last"?)'],
  ],
  [
    'a setting of a wrong kind',
    rule('find: { detector: jwt }, action: { type: mask, keep_last: four }'),
    ['3:65: expected a number, found a text (Letters and digits kept at the end)'],
  ],
  ['no id', rule('find: { path: [a] }, action: mask'), ['3:5: missing setting "id" (add it: a name for the rule)']],
  [
    'no action, no find',
    rule('id: a'),
    [
      '3:5: missing setting "find" (add it: What to look for: one of `detector`, `pattern`, `field`, `path`)',
      '3:5: missing setting "action" (add it: What is done: the name of an action, or a mapping with ' +
        '`type` and its settings)',
    ],
  ],
  [
    'an id that is none',
    rule('id: A b, find: { path: [a] }, action: mask'),
    [
      '3:11: not a rule id (Small letters, digits and _.- (at most 64); a rule by detector has the id ' +
        'of the detector when absent)',
    ],
  ],
  [
    'an unknown key of a rule',
    rule('id: a, find: { path: [a] }, action: mask, severty: low'),
    ['3:49: unknown setting "severty" (did you mean "severity"?)'],
  ],
  [
    'an unknown severity',
    rule('id: a, find: { path: [a] }, action: mask, severity: bad'),
    ['3:59: not one of low, medium, high, critical (low, medium, high or critical)'],
  ],
  [
    'a pattern that does not compile',
    rule("id: a, find: { pattern: '(a' }, action: mask"),
    ['3:31: the pattern does not compile: missing ): (a (RE2 has no look-around and no back-references)'],
  ],
  [
    'look-around',
    rule("id: a, find: { pattern: '(?=a)b' }, action: mask"),
    ['3:31: the pattern does not compile: invalid perl operator: (?= (RE2 has no look-around and no back-references)'],
  ],
  [
    'patterns that match nothing at all',
    "packs: []\nrules:\n  - { id: a, find: { pattern: 'a*' }, action: mask }\n" +
      "  - { id: b, find: { pattern: '\\b' }, action: mask }\n",
    [
      '3:31: the pattern matches an empty text (let it match at least one character)',
      '4:31: the pattern matches an empty text (let it match at least one character)',
    ],
  ],
  [
    'groups that are not there',
    "packs: []\nrules:\n  - { id: a, find: { pattern: '(a)', group: 2 }, action: mask }\n" +
      "  - { id: b, find: { pattern: '(?P<n>a)', group: m }, action: mask }\n",
    ['3:45: the pattern has no group "2" (it has 1 groups)', '4:50: the pattern has no group "m" (groups: n)'],
  ],
  [
    'globs that can match nothing',
    rule("id: a, find: { path: ['a..b', 'items[0].card'] }, action: mask, where: { not_path: ['a b', '***'] }"),
    [
      '3:29: "a..b" is no glob of paths (a key between two dots is empty; write it like order.items[].card or **.card)',
      '3:37: "items[0].card" is no glob of paths (list elements are written `[]`; write it like ' +
        'order.items[].card or **.card)',
      '3:91: "a b" is no glob of paths (a path has no white space; write it like order.items[].card or **.card)',
      '3:98: "***" is no glob of paths (`***` is more than `**`; write it like order.items[].card or **.card)',
    ],
  ],
  [
    'a field name of no letters',
    rule("id: a, find: { field: ['-_'] }, action: mask"),
    ['3:30: "-_" is no key name (write a word)'],
  ],
  [
    'an allow pattern, of a rule and of all',
    `${rule("id: a, find: { path: [a] }, action: mask, allow: { pattern: ['('] }")}allow: { pattern: [ok, '.*'] }\n`,
    [
      '3:68: the pattern does not compile: missing ): ( (RE2 has no look-around and no back-references)',
      '4:24: the pattern matches an empty text (let it match at least one character)',
    ],
  ],
  [
    'one id twice',
    'packs: []\nrules:\n  - { find: { detector: jwt }, action: mask }\n' +
      '  - { id: jwt, find: { path: [a] }, action: mask }\n',
    ['4:11: two rules are called "jwt" (give each an id of its own)'],
  ],
  [
    'an id of the pack',
    `packs: [${PACK}]\nrules:\n  - { find: { detector: jwt }, action: mask }\n`,
    ['3:5: the pack has a rule "jwt" too (change it in override.jwt, or choose another id, or exclude the pack\'s)'],
  ],
  [
    'hashes and fingerprints without a key',
    `packs: [${PACK}]\nrules:\n  - { id: a, find: { path: [a] }, action: hash, fingerprint: true }\n` +
      `override: { jwt: { action: hash } }\n`,
    [
      `3:43: hash needs a key, and the policy has none ${ADD_KEY}`,
      `3:62: fingerprints need a key, and the policy has none ${ADD_KEY}`,
      `4:28: hash needs a key, and the policy has none ${ADD_KEY}`,
    ],
  ],
  [
    'a short key',
    'packs: []\nhmac: { id: k1, key: short }\n',
    ['2:22: the key is too short (At least 16 characters from a random source, from ${ENV} or ${file:/path})'],
  ],
  [
    'rules that no pack has',
    `packs: [${PACK}]\nexclude: [jtw]\noverride: { emial: {}, jwt: { actoin: mask, action: none } }\n`,
    [
      '2:11: no rule of the packs is called "jtw" (did you mean "jwt"?)',
      '3:13: no rule of the packs is called "emial" (did you mean "email"?)',
      '3:31: unknown setting "actoin" (did you mean "action"?)',
      '3:53: unknown action "none" (actions: mask, replace, hash, drop_field, drop_record, keep)',
    ],
  ],
  [
    'packs that are not there',
    `packs: [defalt, ./none.yaml, ${PACK}, ${PACK}]\n`,
    [
      '1:9: unknown pack "defalt" (did you mean "default"?)',
      '1:17: the pack "./none.yaml" cannot be read (check that none.yaml exists and is readable)',
      `1:${PACK.length + 32}: the pack "${PACK}" is here twice (remove one)`,
    ],
  ],
  [
    'an unknown key of the policy',
    'packs: []\nmodus: observe\n',
    ['2:1: unknown setting "modus" (did you mean "mode"?)'],
  ],
]

describe('complaints about a policy', () => {
  it.each(WRONG)('%s', async (_, text, expected) => {
    const { complaints } = await policyOf(text)
    expect(complaints).toEqual(expected.map((line) => `policy.yaml:${line}`))
  })

  it('in a pack name the file of the pack', async () => {
    const { complaints } = await policyOf('packs: [test/settings/packs/broken.yaml]\n')
    expect(complaints).toEqual([
      'test/settings/packs/broken.yaml:4:25: unknown detector "jtw" (did you mean "jwt"?)',
      'test/settings/packs/broken.yaml:6:5: two rules are called "email" (give each an id of its own)',
    ])
  })

  it('name a source that a rule is bound to and that is not there', async () => {
    const text =
      `${BASE}policy:\n  packs: []\n  rules:\n` +
      `    - { id: a, find: { path: [a] }, where: { source: [ap, 'a*'] }, action: mask }\n`
    const { complaints } = await load(text)
    expect(complaints).toEqual(['logveil.yaml:8:55: no source is called "ap" (did you mean "app"?)'])
  })

  it('and about what only the compiler knows, at the rule', async () => {
    const text =
      'packs: []\nrules:\n  - { find: { detector: jwt }, action: mask }\n' +
      "  - { id: a, find: { pattern: 'x' }, action: mask }\n"
    const compile = () => [{ rule: 0, message: 'too large' }]
    const loaded = await loadPolicyFile(text, 'p.yaml', { ...registries, compile }, {})
    expect(loaded.ok ? [] : loaded.complaints).toMatchObject([
      { line: 4, column: 5, message: 'the rule "a" does not compile: too large' },
    ])
  })
})

describe('a policy', () => {
  const own = `packs: [${PACK}]
rules:
  - { id: own, find: { pattern: 'x+', ignore_case: true }, action: mask }
  - { find: { detector: payment_card }, action: { type: mask, keep_last: 4 }, severity: low }
override:
  jwt: { severity: critical, allow: { exact: [b] }, where: { service: [a] }, action: drop_field }
exclude: [email]
exclude_fields: [build_number, Trace-ID]
include_fields: [Timestamp]
`

  it('has own rules first, then those of the packs as overridden, without the excluded', async () => {
    const { policy } = await policyOf(own)
    expect(policy?.rules).toEqual([
      {
        id: 'own',
        find: { pattern: 'x+', ignore_case: true },
        action: { type: 'mask', keep_first: 0, keep_last: 0, char: '*' },
        category: 'other',
        severity: 'medium',
        confidence: 'medium',
        own: 0,
      },
      {
        id: 'payment_card',
        find: { detector: 'payment_card' },
        action: { type: 'mask', keep_first: 0, keep_last: 4, char: '*' },
        category: 'secret',
        severity: 'low',
        confidence: 'high',
        own: 1,
      },
      {
        id: 'jwt',
        find: { detector: 'jwt' },
        where: { service: ['a'] },
        allow: { exact: ['a', 'b'] },
        action: { type: 'drop_field' },
        category: 'secret',
        severity: 'critical',
        confidence: 'high',
      },
    ])
  })

  it('excludes by default, and more or less when told', async () => {
    const { policy } = await policyOf(own)
    expect(policy?.exclude_fields).toContain('trace_id')
    expect(policy?.exclude_fields).toContain('build_number')
    expect(policy?.exclude_fields).not.toContain('timestamp')
    expect(policy?.exclude_fields).not.toContain('@timestamp')
    expect((await policyOf('packs: []')).policy?.exclude_fields).toEqual(DEFAULT_EXCLUDE_FIELDS)
  })

  it('has one version, however it is written, whatever the key', async () => {
    const version = async (text: string) => (await policyOf(text)).policy?.version
    const hmac = (id: string, key: string) => `packs: []\nhmac: { id: ${id}, key: ${key} }\n`
    const first = await version(rule('find: { detector: jwt }, action: mask'))
    expect(first).toMatch(/^[0-9a-f]{12}$/)
    expect(await version(rule('action: { type: mask, keep_last: 0 }, id: jwt, find: { detector: jwt }'))).toBe(first)
    expect(await version(rule('find: { detector: jwt }, action: keep'))).not.toBe(first)
    expect(await version(hmac('k1', 'a-key-of-16-chars'))).toBe(await version(hmac('k1', 'another-key-of-it')))
    expect(await version(hmac('k2', 'a-key-of-16-chars'))).not.toBe(await version(hmac('k1', 'a-key-of-16-chars')))
  })

  it('is the same in a config, in a file of its own, and below `policy`', async () => {
    const text = 'packs: []\nmode: observe\n'
    const below = `policy:\n  ${text.replaceAll('\n', '\n  ')}\n`
    const alone = await policyOf(text)
    expect(alone.policy?.mode).toBe('observe')
    expect((await policyOf(below)).policy).toEqual(alone.policy)
    expect((await policyOf(`nothing: true\n${below}`)).policy).toEqual(alone.policy)
    expect((await load(BASE + below)).plan?.policy).toEqual(alone.policy)
  })

  it('warns of a key in the open and of a name that was never excluded', async () => {
    const text = 'packs: []\ninclude_fields: [timestmp]\nhmac: { id: k1, key: a-key-of-16-chars }\n'
    expect((await policyOf(text)).warnings).toEqual([
      'policy.yaml:1:1: the policy has no rules: nothing is redacted (packs: [default])',
      'policy.yaml:2:18: "timestmp" is not excluded by default (did you mean "timestamp"?)',
      'policy.yaml:3:22: the key stands in the file for all who can read it (take it from ${ENV} or ${file:/path})',
    ])
  })
})
