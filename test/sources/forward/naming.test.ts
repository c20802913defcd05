// What clients call their chunks goes with the batches that are made of them: all together, or each in one of its own.
import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { Naming } from '../../../src/core/component.ts'
import { AssemblyBudget } from '../../../src/sources/forward/assembly.ts'
import { Intake } from '../../../src/sources/forward/intake.ts'

function batchesOf(naming: Naming, ...requests: unknown[]) {
  const budget = new AssemblyBudget(1 << 20)
  const intake = new Intake('app', { frame_bytes_max: 1 << 20 }, budget, systemClock, () => naming)
  intake.push(Buffer.concat(requests.map((request) => encode(request))))
  const batches: { ids: number | undefined; records: number; acks: number; names: readonly unknown[] }[] = []
  for (let taken = intake.take(); taken.kind === 'batch'; taken = intake.take()) {
    const { batch, acks } = taken
    const names = batch?.ids ?? []
    batches.push({ ids: batch?.ids?.length, records: batch?.ends.length ?? 0, acks: acks.length, names })
  }
  return batches
}

const chunk = (name: string) => ['tag', [[1, { a: name }]], { chunk: name }]
const message = ['tag', 2, { b: 1 }]

describe('the names of chunks', () => {
  it('are not asked for: the batch has none', () => {
    expect(batchesOf('none', chunk('c1'), chunk('c2'))).toMatchObject([{ ids: undefined, acks: 2 }])
  })

  it('together: one batch has all of them', () => {
    expect(batchesOf('together', chunk('c1'), message, chunk('c2'))).toMatchObject([{ ids: 2, acks: 2 }])
  })

  it('alone: each has a batch of its own, and so has what has no name', () => {
    const batches = batchesOf('alone', chunk('c1'), message, chunk('c2'))
    expect(batches).toMatchObject([
      { ids: 1, acks: 1 },
      { ids: undefined, acks: 0 },
      { ids: 1, acks: 1 },
    ])
  })

  it('are the same when a chunk comes again, others for others, and short however long they are', () => {
    const long = 'x'.repeat(200)
    const [one, again, other, of_long] = ['c1', 'c1', 'c2', long].map(
      (name) => batchesOf('alone', chunk(name))[0].names,
    )
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
    expect(of_long).toEqual([expect.stringMatching(/^.{24}$/)])
    expect(String(one[0])).not.toContain('c1')
  })
})
