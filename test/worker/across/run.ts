// Inspects frames in batches of given sizes, as the pipeline does it: each batch is told what the ones before it left
// open, and sees those behind it when it has to wait for them.
import type { Format } from '../../../src/core/batch.ts'
import type { Policy } from '../../../src/core/policy.ts'
import type { Inspected } from '../../../src/worker/inspected.ts'
import { Inspector } from '../../../src/worker/inspector.ts'
import type { Carry } from '../../../src/worker/types.ts'
import { batchOf } from '../harness.ts'

export interface Out {
  text: string
  matches: number
  /** Records with a part of a finding. */
  records: number
  affected: number
  failures: Record<string, number>
  /** How often a batch had to wait for another one. */
  waits: number
}

/** One for each policy: what one run leaves behind must not show in the next. */
const inspectors = new WeakMap<Policy, Inspector>()

function inspectorOf(policy: Policy): Inspector {
  const inspector = inspectors.get(policy) ?? new Inspector(policy)
  inspectors.set(policy, inspector)
  return inspector
}

export type Frame = string | Uint8Array

/** With `isLate` nothing ever comes in time: each batch is on its own. */
export function run(
  policy: Policy,
  format: Format | 'lines',
  frames: readonly Frame[],
  sizes: readonly number[] = [frames.length],
  isLate = false,
): Out {
  const inspector = inspectorOf(policy)
  const out: Out = { text: '', matches: 0, records: 0, affected: 0, failures: {}, waits: 0 }
  let carry: Carry | undefined
  let from = 0
  sizes.forEach((size, at) => {
    let done: Inspected
    for (let behind = 0; ; behind++) {
      const more = isLate ? 0 : sizes.slice(at + 1, at + 1 + behind).reduce((sum, one) => sum + one, 0)
      const { bytes, ends } = batchOf(frames.slice(from, from + size + more))
      const isFinal = isLate || at + behind + 1 >= sizes.length
      const around = { carry, now_ms: 0, frames: size, isFinal }
      if (format === 'lines') done = inspector.inspectLines(bytes, ends, 'app', undefined, around)
      else done = inspector.inspect(format, bytes, ends, 'app', false, undefined, around)
      if (!done.waits) break
      out.waits++
    }
    carry = structuredClone(done.carry)
    out.text += Buffer.from(done.bytes).toString()
    for (const row of done.counts.findings) {
      out.matches += row.matches
      out.records += row.records
    }
    for (const row of done.counts.services) {
      out.affected += row.affected
      for (const [reason, count] of Object.entries(row.failures)) {
        out.failures[reason] = (out.failures[reason] ?? 0) + count
      }
    }
    from += size
  })
  return out
}

/** Every way to cut `count` frames into two batches, then into batches of one. */
export function splits(count: number): number[][] {
  const two = Array.from({ length: count - 1 }, (_, at) => [at + 1, count - at - 1])
  return [...two, Array.from({ length: count }, () => 1)]
}
