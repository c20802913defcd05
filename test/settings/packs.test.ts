import { describe, expect, it } from 'vitest'
import { compileClassifier } from '../../src/classifier/compile.ts'
import { detectors } from '../../src/classifier/detectors/index.ts'
import type { Rule } from '../../src/core/policy.ts'
import { loadPolicy } from '../../src/settings/index.ts'
import { PACK_NAMES } from '../../src/settings/packs.ts'

async function rulesOf(packs: readonly string[]): Promise<readonly Rule[]> {
  const loaded = await loadPolicy(JSON.stringify({ packs }), 'policy.yaml')
  if (!('policy' in loaded)) throw new Error(JSON.stringify(loaded))
  return loaded.policy.rules
}

describe('the packs that ship', () => {
  it.each(PACK_NAMES)('%s loads, and compiles', async (name) => {
    const loaded = await loadPolicy(JSON.stringify({ packs: [name] }), 'policy.yaml')
    expect('policy' in loaded && compileClassifier(loaded.policy).rules.length).toBeGreaterThan(5)
  })

  it('have each detector in one of them at least', async () => {
    const used = new Set<string>()
    for (const name of PACK_NAMES) {
      for (const { find } of await rulesOf([name])) if ('detector' in find) used.add(find.detector)
    }
    expect(detectors.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([])
  })

  it('may stand together: a rule that is the same in two of them counts once', async () => {
    const [one, both] = [await rulesOf(['default']), await rulesOf(['default', 'secrets'])]
    expect(both.slice(0, one.length)).toEqual(one)
    expect(both.length).toBeGreaterThan(one.length)
    expect(new Set(both.map(({ id }) => id)).size).toBe(both.length)
  })
})
