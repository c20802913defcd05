import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Finding, settle } from '../../src/classifier/overlap.ts'

function finding(start: number, end: number, rule = 0, observes = false, leaf = 0): Finding {
  return { leaf, start, end, rule, observes, confidence: 1, whole: true }
}

function shown(findings: Finding[]): string[] {
  return settle(findings).map((one) => `${one.rule}:${one.start}-${one.end}${one.whole ? '' : ' part'}`)
}

describe('overlapping findings', () => {
  it.each([
    ['the longer one wins', [finding(0, 4, 0), finding(0, 9, 1)], ['1:0-9']],
    ['what it leaves of another is redacted too', [finding(0, 9, 0), finding(5, 12, 1)], ['0:0-9', '1:9-12 part']],
    ['the policy order settles ties', [finding(0, 4, 3), finding(0, 4, 1)], ['1:0-4']],
    ['one that only counts never shadows', [finding(0, 9, 0, true), finding(2, 4, 1)], ['1:2-4']],
    ['one that only counts stands alone', [finding(0, 3, 0, true), finding(4, 6, 1)], ['0:0-3', '1:4-6']],
    ['leaves are apart', [finding(0, 4, 0, false, 0), finding(0, 9, 1, false, 1)], ['0:0-4', '1:0-9']],
  ])('%s', (_, findings, expected) => {
    expect(shown(findings)).toEqual(expected)
  })

  it('covers every byte of every finding once, in any order of the input', () => {
    const one = fc.record({ start: fc.nat(30), length: fc.integer({ min: 1, max: 12 }), rule: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), fc.nat(), (specs, turn) => {
        const findings = specs.map(({ start, length, rule }) => finding(start, start + length, rule))
        const bytes = new Set(
          findings.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        )
        const settled = settle(findings.slice())
        const covered = settled.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i))
        expect(covered.length).toBe(new Set(covered).size)
        expect(new Set(covered)).toEqual(bytes)
        const turned = findings.map((_, i) => findings[(i + turn) % findings.length])
        expect(settle(turned)).toEqual(settled)
      }),
      { numRuns: 1000, seed: 5 },
    )
  })
})
