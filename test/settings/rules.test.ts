// What rules say besides what they look for, as it is written, and what is wrong with it.
import { describe, expect, it } from 'vitest'
import { formatComplaint } from '../../src/settings/complaint.ts'
import { loadPolicy } from '../../src/settings/index.ts'

const PACKS = 'test/settings/packs'

async function loaded(text: string) {
  const result = await loadPolicy(text, 'policy.yaml', { env: {} })
  return result.ok
    ? { rules: result.policy.rules, complaints: [] }
    : { rules: [], complaints: result.complaints.map(formatComplaint) }
}

function rules(...lines: string[]): string {
  return `packs: []\nrules:\n${lines.map((line) => `  - { ${line} }\n`).join('')}`
}

const ID = "id: a, find: { pattern: 'EMP-(\\d+)(x?)' }, action: mask"

const WRONG: [string, string, string[]][] = [
  [
    'examples that fail',
    rules(`${ID}, examples: { match: [EMP-1, EMP], no_match: [emp, EMP-2] }`),
    [
      '3:91: the rule "a" finds nothing in this example (mend the rule, or the example)',
      '3:113: the rule "a" finds something in this example (mend the rule, or the example)',
    ],
  ],
  [
    'an example without a word that has to be near',
    rules(`${ID}, near: { words: [employee] }, examples: { match: [employee EMP-1, EMP-1] }`),
    ['3:129: the rule "a" finds nothing in this example (mend the rule, or the example)'],
  ],
  [
    'groups that the pattern does not have',
    rules("id: a, find: { pattern: 'EMP-(\\d+)(x?)', group: [1, 3, one] }, action: mask"),
    ['3:59: the pattern has no group "3" (it has 2 groups)', '3:62: the pattern has no group "one" (it has 2 groups)'],
  ],
  [
    'company of nobody, and of itself',
    rules(`${ID}, with: [b, emial]`, 'id: b, find: { field: [b] }, action: mask, with: { rules: [b] }'),
    [
      '3:74: no other rule is called "emial", and none finds by that detector (rules: b)',
      '4:66: no other rule is called "b", and none finds by that detector (did you mean "a"?)',
    ],
  ],
  [
    'words near a field',
    rules('id: a, find: { field: [b] }, action: mask, near: { words: [c] }'),
    ['3:50: "near" says nothing here (it goes with `pattern` or `detector`: remove it)'],
  ],
  [
    'hashes without a key, of another, and of none',
    `${rules(`${ID}, allow: { hash: ['k1:${'0'.repeat(32)}'] }`)}allow: { hash: [abc] }\n`,
    [
      '3:80: the policy has no key (make the hash anew with the key in `hmac`)',
      '4:17: not a keyed hash (see config/schema.json)',
    ],
  ],
  [
    'packs that go in a circle',
    `packs: [${PACKS}/circle.yaml]\n`,
    [
      'the pack "./circle.yaml" extends itself (remove it here)',
      'no rule of these packs is called "emial" (did you mean "email"?)',
    ],
  ],
]

describe('complaints about rules', () => {
  it.each(WRONG)('%s', async (_, text, expected) => {
    const { complaints } = await loaded(text)
    expect(complaints).toHaveLength(expected.length)
    complaints.forEach((complaint, i) => {
      expect(complaint).toContain(expected[i])
    })
  })
})

describe('rules', () => {
  it('say all that they say', async () => {
    const { rules: read, complaints } = await loaded(
      rules(
        `${ID}, with: [b], confidence_min: high, near: { words: [staff id], within_bytes: 9 }, observe: true`,
        "id: b, find: { pattern: 'KEY-(a)-(b)', group: [1, 2] }, action: mask, with: { rules: [a], within_bytes: 8 }",
      ),
    )
    expect(complaints).toEqual([])
    expect(read).toMatchObject([
      {
        id: 'a',
        own: 0,
        with: { rules: ['b'] },
        confidence_min: 'high',
        near: { words: ['staff id'], within_bytes: 9 },
        observe: true,
      },
      { id: 'b', own: 1, find: { group: [1, 2] }, with: { rules: ['a'], within_bytes: 8 } },
    ])
    expect(read[0]).not.toHaveProperty('examples')
  })

  it('of packs may be observed, asked for company and for words by an override', async () => {
    const { rules: read } = await loaded(
      `packs: [${PACKS}/small.yaml]\noverride:\n` +
        '  email: { observe: true, with: [jwt], near: { words: [mail] }, confidence_min: high }\n',
    )
    expect(read.find(({ id }) => id === 'email')).toMatchObject({
      observe: true,
      with: { rules: ['jwt'] },
      near: { words: ['mail'] },
      confidence_min: 'high',
    })
  })
})

describe('warnings', () => {
  it('say that a rule can find nothing', async () => {
    const text =
      'packs: []\nrules:\n  - { find: { detector: ipv4 }, action: keep, confidence: medium, confidence_min: high }\n'
    const result = await loadPolicy(text, 'policy.yaml', { env: {} })
    expect(result.ok && result.warnings.map(formatComplaint)).toEqual([
      'policy.yaml:3:5: the rule "ipv4" can find nothing: no finding of its detector is high ' +
        '(lower `confidence_min`, or give it words with `near`)',
    ])
  })

  it('but not that one needs words', async () => {
    const rule = '{ find: { detector: us_ssn }, action: keep, confidence_min: high, near: { words: [x] } }'
    const text = `packs: []\nrules:\n  - ${rule}\n`
    const result = await loadPolicy(text, 'policy.yaml', { env: {} })
    expect(result.ok && result.warnings).toEqual([])
  })
})

describe('packs together', () => {
  const actions = (read: Awaited<ReturnType<typeof loaded>>) =>
    Object.fromEntries(read.rules.map(({ id, action }) => [id, action.type]))

  it('the later one holds where two have a rule of one id', async () => {
    const one = await loaded(`packs: [${PACKS}/small.yaml, ${PACKS}/extends.yaml]\n`)
    expect(actions(one)).toEqual({ jwt: 'replace', email: 'replace', more: 'mask' })
    const other = await loaded(`packs: [${PACKS}/extends.yaml, ${PACKS}/small.yaml]\n`)
    expect(actions(other)).toEqual({ jwt: 'replace', email: 'mask', more: 'mask' })
  })

  it('one extends another, and leaves rules of it out', async () => {
    expect(actions(await loaded(`packs: [${PACKS}/extends.yaml]\n`))).toEqual({ email: 'replace', more: 'mask' })
  })
})
