import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Anchor, AnchorError, parseAnchor } from '../../src/classifier/anchor.ts'
import { buildAutomaton } from '../../src/classifier/automaton.ts'
import { deriveAnchors } from '../../src/classifier/derive.ts'
import { Hits, scan } from '../../src/classifier/scan.ts'

/** Ends of anchors found by trying each one at each place; a line feed stands before the text. */
function naive(anchors: readonly Anchor[], text: Uint8Array): string[] {
  const padded = Buffer.concat([Buffer.of(10), text])
  const ends: string[] = []
  for (let end = 2; end <= padded.length; end++) {
    anchors.forEach(({ classes }, owner) => {
      const start = end - classes.length
      if (start >= 0 && classes.every((set, i) => set[padded[start + i]] === 1)) ends.push(`${end - 1}:${owner}`)
    })
  }
  return [...new Set(ends)]
}

function found(anchors: readonly Anchor[], text: Uint8Array): string[] {
  const automaton = buildAutomaton(
    anchors,
    anchors.map((_, i) => i),
  )
  const hits = new Hits()
  scan(automaton, text, 0, text.length, hits)
  const ends: string[] = []
  for (let i = 0; i < hits.count; i++) {
    for (const owner of automaton.owners[hits.end[i]]) ends.push(`${hits.at[i]}:${owner}`)
  }
  return ends
}

const piece = fc.constantFrom('a', 'b', '1', '\\d', '[ab]', '[^a]', '[0-9-]', '^a', '@')

describe('the automaton', () => {
  it('finds just what trying every anchor at every place finds', () => {
    const sources = fc.array(fc.array(piece, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 })
    const texts = fc.array(fc.constantFrom(...'ab1-@ \n'), { maxLength: 60 })
    fc.assert(
      fc.property(sources, texts, (parts, letters) => {
        const anchors = parts.map((part) =>
          parseAnchor(part.map((p, i) => (i > 0 ? p.replace('^a', 'a') : p)).join('')),
        )
        const text = Buffer.from(letters.join(''))
        expect(found(anchors, text).sort()).toEqual(naive(anchors, text).sort())
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  it('takes a thousand literals', () => {
    const anchors = Array.from({ length: 1000 }, (_, i) => parseAnchor(`tok${i}_`))
    expect(found(anchors, Buffer.from('x tok77_ tok999_'))).toEqual(['8:77', '16:999'])
  })

  it.each(['', '[ab', 'a{0}', '{2}'])('refuses the anchor %j', (source) => {
    expect(() => parseAnchor(source)).toThrow(AnchorError)
  })
})

describe('anchors derived from a pattern', () => {
  it.each([
    ['EMP-\\d{6}', 1],
    ['(?i)employee[ _-]?id', 1],
    ['(?:AKIA|ASIA)[A-Z2-7]{16}', 2],
    ['\\b[A-Z]{3}-\\d{4}\\b', 1],
    ['foo(?:bar)?baz', 1],
  ])('%s', (pattern, count) => {
    expect(deriveAnchors(pattern, false)).toHaveLength(count)
  })

  it.each(['\\d+', '[a-z]*', 'a|b', '(?:abcdef)?x', '\\p{Greek}+', '.*', '(?s:a.b)'])('%s has none', (pattern) => {
    expect(deriveAnchors(pattern, false)).toBeUndefined()
  })

  it('every match contains one of them', () => {
    const atom = fc.constantFrom('ab', 'cd', '\\d', '[a-c]', 'x?', '(?:ab|cd)', 'z+', '\\d{2,4}', '[^z]', 'é')
    const matches = fc
      .array(atom, { minLength: 1, maxLength: 6 })
      .chain((atoms) => fc.tuple(fc.constant(atoms.join('')), fc.stringMatching(new RegExp(`^${atoms.join('')}$`))))
    let checked = 0
    fc.assert(
      fc.property(matches, ([pattern, match]) => {
        const anchors = deriveAnchors(pattern, false)
        if (anchors === undefined) return
        checked++
        expect(naive(anchors, Buffer.from(match))).not.toEqual([])
      }),
      { numRuns: 1000, seed: 3 },
    )
    expect(checked).toBeGreaterThan(100)
  })
})
