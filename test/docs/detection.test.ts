// What docs/detection.md shows is what the program does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPolicy } from '../../src/settings/index.ts'
import { inspect } from '../worker/harness.ts'

const page = readFileSync(new URL('../../docs/detection.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'logveil-'))
afterAll(() => rmSync(folder, { recursive: true }))

function blocks(kind: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`yaml ${kind}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text)
}

async function policyOf(text: string) {
  const loaded = await loadPolicy(text, join(folder, 'policy.yaml'), { env: {} })
  if (!loaded.ok) throw new Error(loaded.complaints.map(({ message }) => message).join('; '))
  return loaded.policy
}

describe('docs/detection.md', () => {
  it('shows two policies and a pack', () => expect([blocks('policy').length, blocks('pack').length]).toEqual([2, 1]))

  it.each([
    ['context', 0, 'member no 123456789, offset 123456789 and more: 123456789', 'member no *********,'],
    ['company', 1, 'acct_0a1b2c3d of jane@example.com', 'acct_******** of [REDACTED:email]'],
    ['one that is observed', 1, 'cust-123456 acct_0a1b2c3d', 'cust-123456 acct_0a1b2c3d'],
  ])('a policy: %s', async (_, at, input, part) => {
    expect(inspect(await policyOf(blocks('policy')[at]), 'text', [input]).text).toContain(part)
  })

  it('a pack that extends another', async () => {
    writeFileSync(join(folder, 'shop.yaml'), blocks('pack')[0])
    const policy = await policyOf('packs: [./shop.yaml]\n')
    const { text } = inspect(policy, 'json', ['{"m":"jane@example.com, +1 212-555-0123","order_note":"x"}'])
    expect(text).toBe('{"m":"j***************, +1 212-555-0123"}')
  })
})
