// The figures that the README speaks of, on a small corpus of another seed.
import { describe, expect, it } from 'vitest'
import { makeCorpus } from './corpus.mjs'
import { total } from './report.mjs'
import { findingsOf, scored, wholeLibrary } from './score.mjs'

const VALUES = 1
const SEED = 2

describe('the whole library', () => {
  const corpus = makeCorpus(SEED, VALUES)
  const lines = corpus.map(({ line }) => line)
  const places = findingsOf(wholeLibrary(), lines)
  const { scores, mistakes } = scored(corpus, places)

  it('finds at least 98 % of what is there, and 98 % of what it finds is there', () => {
    const { recall, precision, exact, there } = total(scores)
    expect(there).toBeGreaterThan(1500)
    const worst = mistakes.slice(0, 20).map(({ why, detector, rendering }) => `${why} ${detector} in ${rendering}`)
    expect(recall, worst.join('\n')).toBeGreaterThanOrEqual(0.98)
    expect(precision, worst.join('\n')).toBeGreaterThanOrEqual(0.98)
    expect(exact).toBeGreaterThanOrEqual(0.98)
  })

  it('finds hardly anything in lines as logs are full of them', () => {
    const innocent = corpus.filter(({ rendering }) => rendering === 'innocent')
    const found = mistakes.filter(({ rendering }) => rendering === 'innocent')
    const shown = found.map(({ detector, line }) => `${detector}: ${line}`).join('\n')
    expect(innocent.length).toBeGreaterThan(2000)
    expect(found.length, shown).toBeLessThanOrEqual(innocent.length / 1000)
  })

  it('finds the same in another order of rules', () => {
    const policy = wholeLibrary()
    const some = lines.filter((_, at) => at % 7 === 0)
    const other = findingsOf({ ...policy, rules: policy.rules.toReversed() }, some)
    const spans = (found: typeof places) =>
      found.map((list) => list.map(({ column, end_column }) => [column, end_column]))
    expect(spans(other)).toEqual(spans(places.filter((_, at) => at % 7 === 0)))
  })
})
