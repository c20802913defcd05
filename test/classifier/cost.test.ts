// What rules cost is measured, and one that would slow the whole policy down is refused by its name.
import { describe, expect, it } from 'vitest'
import { costlyRules, ruleCosts } from '../../src/classifier/cost.ts'
import { defaultPolicy, loadPolicy } from '../../src/settings/index.ts'

const rule = (id: string, pattern: string) =>
  `  - { id: ${id}, find: { pattern: '${pattern}' }, action: mask, category: secret, severity: high }\n`

async function policyOf(...rules: string[]) {
  return loadPolicy(`packs: []\nrules:\n${rules.join('')}`, 'policy.yaml')
}

describe('the cost of rules', () => {
  it('refuses what matches everywhere, with its place, and leaves the others alone', async () => {
    const loaded = await policyOf(rule('fine', 'tok_[a-z0-9]+'), rule('anything', '.'), rule('digits', '\\b\\d{9}\\b'))
    if (loaded.ok) throw new Error('it was taken')
    expect(loaded.complaints).toHaveLength(1)
    expect(loaded.complaints[0]).toMatchObject({ line: 4, column: 5 })
    expect(loaded.complaints[0].message).toMatch(/^the rule "anything" is too slow: it takes \d+ ms for a MiB/)
  })

  it('takes a thousand rules with prefixes of their own', async () => {
    const loaded = await policyOf(...Array.from({ length: 1000 }, (_, i) => rule(`r${i}`, `key${i}_[a-z0-9]{12}`)))
    if (!loaded.ok) throw new Error(loaded.complaints[0].message)
    expect(costlyRules(loaded.policy)).toEqual([])
  })

  it('measures every rule by detector and by pattern, and only those', async () => {
    const policy = await defaultPolicy()
    const some = { ...policy, rules: policy.rules.filter(({ id }) => ['email', 'ipv4', 'password_field'].includes(id)) }
    const costs = [...ruleCosts(some, 8192)]
    expect(costs.map((one) => one.rule.id)).toEqual(['email', 'ipv4'])
    for (const { ordinary, hostile } of costs) expect(hostile).toBeGreaterThan(ordinary)
  })
})
