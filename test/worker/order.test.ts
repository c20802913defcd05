// What comes out depends on the records and on what the rules say, and on nothing else.
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonBatch } from '../../src/cli/traffic/encode.ts'
import { Random } from '../../src/cli/traffic/random.ts'
import type { Counts } from '../../src/core/counts.ts'
import type { Policy } from '../../src/core/policy.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf } from './harness.ts'

const { bytes, ends } = jsonBatch(0, 256 * 1024, { seed: 5, share: 0.3 })
const frames = Array.from(ends, (end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1], end))

/** The records as they come out, and what was found by service and rule, in batches of `size` records. */
function run(policy: Policy, size: number): { text: string; found: Record<string, number> } {
  const inspector = new Inspector(policy)
  let text = ''
  const found: Record<string, number> = {}
  for (let at = 0; at < frames.length; at += size) {
    const batch = batchOf(frames.slice(at, at + size))
    const out = inspector.inspect('json', batch.bytes, batch.ends, 'app')
    text += Buffer.from(out.bytes).toString()
    sum(found, out.counts)
  }
  return { text, found: Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

function sum(found: Record<string, number>, { findings }: Counts): void {
  for (const { service, rule, confidence, matches, records } of findings) {
    for (const [name, count] of Object.entries({ matches, records, ...confidence })) {
      const key = `${service} ${rule} ${name}`
      found[key] = (found[key] ?? 0) + count
    }
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const turned = [...list]
  for (let i = turned.length - 1; i > 0; i--) {
    const other = random.int(0, i)
    const kept = turned[i]
    turned[i] = turned[other]
    turned[other] = kept
  }
  return turned
}

describe('results', () => {
  let policy: Policy
  let first: ReturnType<typeof run>
  beforeAll(async () => {
    policy = await defaultPolicy()
    first = run(policy, frames.length)
  }, 60_000)

  it('are there', () => expect(Object.keys(first.found).length).toBeGreaterThan(20))

  it('do not depend on how records are put into batches', () => {
    for (const size of [1, 7, 100]) expect(run(policy, size)).toEqual(first)
  }, 60_000)

  it('do not depend on the order of the rules', () => {
    const random = new Random(9)
    for (let turn = 0; turn < 3; turn++) {
      const turned = run({ ...policy, rules: shuffled(policy.rules, random) }, 50)
      expect(turned).toEqual(first)
    }
  }, 60_000)
})
