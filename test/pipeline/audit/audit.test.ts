// The audit log: what was written is found whole, and whatever somebody does to it shows.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { Policy } from '../../../src/core/policy.ts'
import { type Audit, headOf, openAudit } from '../../../src/pipeline/audit/audit_log.ts'
import { verified } from '../../../src/pipeline/audit/chain.ts'
import { policyDiff } from '../../../src/pipeline/audit/policy_diff.ts'
import { POLICY } from '../kit.ts'

const KEY = 'a made-up key for this test'

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-audit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'deep', 'audit.ndjson')
}

async function opened(path: string, key?: string): Promise<{ audit: Audit; said: string[] }> {
  const said: string[] = []
  const emit = (_level: string, name: string) => void said.push(name)
  const settings = { path, ...(key === undefined ? {} : { key }) }
  return { audit: await openAudit(settings, { instance: 'box', clock: systemClock, emit }), said }
}

/** A log of `count` entries, closed. */
async function written(count: number, key?: string): Promise<string> {
  const path = place()
  const { audit } = await opened(path, key)
  await Promise.all(Array.from({ length: count }, (_, n) => audit.note('policy_accepted', { policy: `v${n}` })))
  await audit.close()
  return path
}

async function problems(path: string, key?: string): Promise<string[]> {
  const verdict = verified(readFileSync(path, 'utf8'), key, await headOf(path))
  return verdict.problems.map(({ line, what }) => `${line}: ${what}`)
}

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1)
const rewrite = (path: string, lines: string[]) => writeFileSync(path, lines.map((line) => `${line}\n`).join(''))

describe('an audit log', () => {
  it('holds who did what and when, one line each, for the eyes of few', async () => {
    const path = await written(2)
    const entries = linesOf(path).map((line) => JSON.parse(line))
    expect(entries.map(({ seq, event, policy }) => [seq, event, policy])).toEqual([
      [1, 'policy_accepted', 'v0'],
      [2, 'policy_accepted', 'v1'],
    ])
    expect(entries[0]).toMatchObject({ instance: 'box', pid: process.pid, by: expect.any(String) })
    expect(statSync(path).mode & 0o007).toBe(0)
  })

  it.each([undefined, KEY])('goes on where it ended, and verifies (key %s)', async (key) => {
    const path = await written(5, key)
    const { audit, said } = await opened(path, key)
    await audit.note('stop', { delivered: true })
    await audit.close()
    expect(said).toEqual([])
    expect(linesOf(path)).toHaveLength(6)
    expect(await problems(path, key)).toEqual([])
  })

  it.each<[string, (lines: string[]) => string[], string[]]>([
    [
      'an entry that was changed',
      (lines) => lines.map((line) => line.replace('"v2"', '"v9"')),
      ['3: this entry was changed, or the key is another one'],
    ],
    [
      'an entry that was removed',
      (lines) => lines.filter((_, at) => at !== 2),
      ['3: entry 3 is missing before entry 4'],
    ],
    ['the first ones removed', (lines) => lines.slice(2), ['1: entries 1 to 2 are missing before entry 3']],
    [
      'entries that were exchanged',
      (lines) => [lines[0], lines[2], lines[1], ...lines.slice(3)],
      [
        '2: entry 2 is missing before entry 3',
        '3: entry 2 stands behind entry 3: entries were reordered or repeated',
        '4: entry 3 is missing before entry 4',
      ],
    ],
    [
      'an entry that was repeated',
      (lines) => [...lines, lines[4]],
      ['6: entry 5 stands behind entry 5: entries were reordered or repeated'],
    ],
    [
      'a line that is no entry',
      (lines) => [...lines, '{"seq":6,"event":"stop"}'],
      ['6: this is no entry of an audit log'],
    ],
    [
      'an end that was cut off',
      (lines) => lines.slice(0, 3),
      ['3: the end is cut off: entry 5 was written, and the log ends with entry 3'],
    ],
    ['all of it gone', () => [], ['0: the end is cut off: entry 5 was written, and the log ends with entry 0']],
  ])('shows %s', async (_name, change, expected) => {
    const path = await written(5)
    rewrite(path, change(linesOf(path)))
    expect(await problems(path)).toEqual(expected)
  })

  it('can not be made anew without its key', async () => {
    const path = await written(3, KEY)
    const forged = await written(3)
    writeFileSync(path, readFileSync(forged))
    writeFileSync(`${path}.head`, readFileSync(`${forged}.head`))
    expect(await problems(path, KEY)).toHaveLength(3)
    expect(await problems(path, 'another key')).toHaveLength(3)
  })

  it('keeps the gap in sight when it is written on after its end was cut off', async () => {
    const path = await written(5)
    rewrite(path, linesOf(path).slice(0, 3))
    const { audit, said } = await opened(path)
    await audit.close()
    expect(said).toEqual(['audit_broken'])
    expect(JSON.parse(linesOf(path)[3])).toMatchObject({ seq: 6, event: 'recovered', problems: 1 })
    expect(await problems(path)).toEqual(['4: entries 4 to 5 are missing before entry 6'])
  })

  it('tells when the note of its end was taken away', async () => {
    const path = await written(2)
    rmSync(`${path}.head`)
    const { audit, said } = await opened(path)
    await audit.close()
    expect(said).toEqual(['audit_broken'])
    expect(JSON.parse(linesOf(path)[2])).toMatchObject({ event: 'recovered', head_missing: true })
  })

  it('drops a line whose writer died in the middle of it, and says so', async () => {
    const path = await written(2)
    appendFileSync(path, '{"seq":3,"event":"st')
    const { audit, said } = await opened(path)
    await audit.note('start', {})
    await audit.close()
    expect(said).toEqual([])
    expect(
      linesOf(path)
        .map((line) => JSON.parse(line).event)
        .slice(2),
    ).toEqual(['recovered', 'start'])
    expect(await problems(path)).toEqual([])
  })

  it('can not be opened where it can not be written', async () => {
    // Below a file no folder can be.
    await expect(opened(join(await written(1), 'audit'))).rejects.toMatchObject({ code: 'FILE_WRITE' })
  })
})

describe('what is told of a policy', () => {
  const rule = (id: string, severity: 'low' | 'high' = 'low') =>
    ({ id, severity, find: { detector: id }, action: { type: 'mask' }, category: 'other', confidence: 'high' }) as const
  const before: Policy = {
    ...POLICY,
    version: 'a',
    rules: [rule('x'), rule('y')],
    hmac: { id: 'k1', key: 'made-up-one' },
  }
  const after: Policy = {
    ...before,
    version: 'b',
    mode: 'observe',
    rules: [rule('y', 'high'), rule('z')],
    hmac: { id: 'k1', key: 'made-up-two' },
  }

  it('is names: rules that came, went and changed, and never a key', () => {
    const told = policyDiff(before, after)
    expect(told).toMatchObject({
      policy_before: 'a',
      policy: 'b',
      mode_before: 'enforce',
      mode: 'observe',
      rules_added: ['z'],
      rules_removed: ['x'],
      rules_changed: ['y'],
      settings_changed: ['hmac'],
    })
    expect(JSON.stringify(told)).not.toContain('made-up')
  })

  it('is bounded', () => {
    const many = { ...after, rules: Array.from({ length: 500 }, (_, n) => rule(`r${n}`)) }
    expect((policyDiff(before, many).rules_added as string[]).at(-1)).toBe('… 450 more')
  })
})
