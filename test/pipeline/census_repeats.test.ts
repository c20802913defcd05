// Which batches were counted before a crash, by their names and by the stretches of streams that they are.
import { describe, expect, it } from 'vitest'
import type { Stretch } from '../../src/core/batch.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { CensusRepeats } from '../../src/pipeline/census_repeats.ts'
import { CensusStretches } from '../../src/pipeline/census_stretches.ts'
import { HandClock } from './kit.ts'

const at = (from: number, to: number, stream = 'a'): Stretch => ({ stream, from, to })

describe('stretches', () => {
  it('in any order and cut anyhow are the places that they cover', () => {
    for (let run = 0; run < 300; run++) {
      const stretches = new CensusStretches()
      const covered = new Array(40).fill(false)
      for (let left = 12; left > 0; left--) {
        const from = Math.floor(Math.random() * 39)
        const to = from + 1 + Math.floor(Math.random() * (40 - from - 1))
        stretches.add(at(from, to), left)
        covered.fill(true, from, to)
      }
      for (let from = 0; from < 39; from++) {
        for (let to = from + 1; to <= 40; to++) {
          expect(stretches.has(at(from, to))).toBe(covered.slice(from, to).every(Boolean))
        }
      }
      const edges = covered.flatMap((is, place) => (is === (covered[place - 1] ?? false) ? [] : [place]))
      expect(stretches.seams('a')).toEqual(covered[39] ? [...edges, 40] : edges)
    }
  })

  it('of streams that have not grown for long are forgotten, and the oldest of too many', () => {
    const stretches = new CensusStretches()
    for (const [stream, at_ms] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      stretches.add(at(0, 9, stream), at_ms)
    stretches.forget(3, 10)
    expect(['a', 'b', 'c'].map((stream) => stretches.has(at(0, 9, stream)))).toEqual([true, false, true])
    stretches.forget(0, 1)
    expect(['a', 'c'].map((stream) => stretches.has(at(0, 9, stream)))).toEqual([true, false])
  })
})

describe('repeats', () => {
  it('are known in the next life, for a while, and in this one nothing is', () => {
    const clock = new HandClock(0)
    const first = new CensusRepeats(clock)
    first.add(['id', at(0, 100)], 1)
    first.add([at(100, 150)], 2)
    expect(first.isRepeat(['id'])).toBe(false)
    expect(first.seams('a')).toEqual([])
    const second = new CensusRepeats(clock)
    second.restore(JSON.parse(JSON.stringify(first.state)))
    expect(second.naming).toBe('alone')
    expect(second.seams('a')).toEqual([0, 150])
    expect(second.isRepeat(['id', at(20, 150)])).toBe(true)
    for (const name of ['other', at(20, 151), at(0, 1, 'b')]) expect(second.isRepeat(['id', name])).toBe(false)
    clock.pass(LIMITS.census_repeats_ms)
    expect(second.isRepeat(['id'])).toBe(false)
    expect(second.seams('a')).toEqual([])
  })
})
