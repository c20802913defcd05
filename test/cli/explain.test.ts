// Why a text is redacted as it is: each way in which a rule can have a chance and lose it.
import { describe, expect, it } from 'vitest'
import { type Explained, Explainer } from '../../src/cli/explain/explanation.ts'
import { loadPolicy } from '../../src/settings/index.ts'
import { folderWith, logveil } from './binary.ts'

const POLICY = `packs: []
allow: { exact: [allowed@example.com] }
rules:
  - { id: mail, find: { detector: email }, action: replace }
  - { id: card, find: { detector: payment_card }, action: mask }
  - { id: lone_mail, find: { detector: email }, action: mask, where: { service: [billing] } }
  - { id: staff, find: { pattern: 'EMP-\\d{6}' }, action: mask, near: { words: [employee] } }
  - { id: pair, find: { pattern: 'PART-\\d{3}' }, action: mask, with: [card] }
  - { id: part_tail, find: { pattern: 'XPART-\\d{3}-tail' }, action: mask }
  - { id: part_only, find: { pattern: 'XPART-\\d{3}' }, action: mask }
  - { id: secret_field, find: { field: [password] }, action: replace }
  - { id: seen, find: { pattern: 'node-\\d+' }, action: keep }
exclude_fields: [request_id]
`

const loaded = await loadPolicy(POLICY, 'policy.yaml')
if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
const explainer = new Explainer(loaded.policy)

function of(text: string, rule: string): Explained[] {
  return explainer.explain(text, 'cli').rules.filter((one) => one.rule === rule)
}

describe('a rule', () => {
  it.each<[string, string, string, Partial<Explained>]>([
    [
      'redacts',
      'by jane@example.com',
      'mail',
      { outcome: 'redacted', text: 'jane@example.com', anchor: 'e@e', check: true },
    ],
    ['only counts', 'on node-17', 'seen', { outcome: 'counted', text: 'node-17', check: null }],
    [
      'is refused by its check',
      'card 4111111111111112',
      'card',
      { outcome: 'check_failed', check: false, pattern: true },
    ],
    ['matches nowhere', 'EMP-12x of an employee', 'staff', { outcome: 'no_match', pattern: false, text: null }],
    ['is heard beside a word', 'employee EMP-123456', 'staff', { outcome: 'redacted', words: ['employee'] }],
    ['goes by an allow list', 'by allowed@example.com', 'mail', { outcome: 'allowed' }],
    [
      'holds elsewhere',
      'by jane@example.com',
      'lone_mail',
      { outcome: 'outranked', why: expect.stringContaining('mail') },
    ],
    ['is alone', 'PART-123', 'pair', { outcome: 'alone' }],
    ['is in company', 'PART-123 4111111111111111', 'pair', { outcome: 'redacted' }],
    [
      'is overlapped',
      'XPART-123-tail',
      'part_only',
      { outcome: 'overlapped', why: expect.stringContaining('part_tail') },
    ],
    ['knows a field', '{"a":{"password":"hunter2"}}', 'secret_field', { outcome: 'redacted', path: 'a.password' }],
    ['sees an echo', '{"request_id":"4111111111111111","n":4111111111111111}', 'card', { outcome: 'echo', path: 'n' }],
  ])('%s', (_, text, rule, expected) => {
    expect(of(text, rule)).toContainEqual(expect.objectContaining(expected))
  })

  it('waits behind its anchor for a word that is not there', () => {
    const { rules, waiting } = explainer.explain('order EMP-123456', 'cli')
    expect([rules.filter(({ rule }) => rule === 'staff'), waiting]).toEqual([
      [],
      [{ anchor: 'EMP-12', rules: ['staff'] }],
    ])
  })
})

it('a field may be excluded, or hold a placeholder', () => {
  const { fields, result } = explainer.explain(
    '{"request_id":"by jane@example.com","password":"<your-password>"}',
    'cli',
  )
  expect(fields.map(({ path }) => path)).toEqual(['request_id', 'password'])
  expect(result).toContain('jane@example.com')
})

it('what it says of the outcome is what redact does', async () => {
  const texts = ['by jane@example.com, EMP-123456', '{"password":"hunter2","b":"employee EMP-123456"}', 'nothing']
  const folder = folderWith({ 'p.yaml': POLICY })
  const [redacted, explained] = await Promise.all([
    logveil(['redact', '-p', 'p.yaml'], { cwd: folder, input: texts.join('\n') }),
    logveil(['explain', '-p', 'p.yaml', '--json', '-'], { cwd: folder, input: texts.join('\n') }),
  ])
  const results = explained.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { result: string }).result)
  expect([explained.code, results]).toEqual([0, redacted.stdout.split('\n')])
})

it('people see at a glance what was found, and what was not', async () => {
  const folder = folderWith({ 'p.yaml': POLICY })
  const { stdout } = await logveil(['explain', '-p', 'p.yaml', 'by jane@example.com', '4111111111111112'], {
    cwd: folder,
  })
  expect(stdout.split('\n')).toEqual([
    '+ mail  jane@example.com  redacted by replace',
    '    anchor "e@e" · pattern yes · check yes · confidence high, needs medium',
    expect.stringMatching(/^x lone_mail {2}jane@example\.com {2}another rule that finds the same goes first: mail$/),
    expect.any(String),
    'x card  4111111111111112  its check says no: the checksum or the structure is wrong',
    expect.stringContaining('check no'),
    '= by [REDACTED:mail] 4111111111111112',
    '',
  ])
})
