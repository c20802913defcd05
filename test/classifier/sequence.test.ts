// Finders that are made of a token's body find what RE2 finds, for bodies made at random; and what could be made slow
// gets none.
import RE2 from 're2'
import { describe, expect, it } from 'vitest'
import { setOf } from '../../src/classifier/checks/bytes.ts'
import { findTokens } from '../../src/classifier/sequence.ts'
import { FRONT, NO_FRONT } from '../../src/classifier/tokens.ts'
import { dice } from './dice.ts'

const ANCHOR = 'k_'
const ANYTHING = () => true

function finderOf(bodies: readonly string[], glue: string) {
  const rows = bodies.map((body, i) => ({ prefixes: [`${ANCHOR}${i}`, ANCHOR], anchored: [ANCHOR.length], body }))
  return findTokens(rows, { front: NO_FRONT, glue }, ANYTHING)
}

function patternOf(bodies: readonly string[], glue: string): RE2 {
  const rows = bodies.map((body, i) => `(?:${ANCHOR}${i}|${ANCHOR})${body}`)
  return new RE2(`${FRONT}(?P<token>${rows.join('|')})(?:$|[^0-9A-Za-z${glue}])`, 'dg')
}

/** The first token, as the matcher asks for it: at each anchor that is not passed yet. */
function firstFound(find: NonNullable<ReturnType<typeof findTokens>>, text: Buffer): readonly number[] | null {
  const span = { start: 0 }
  let passed = 0
  for (let at = text.indexOf(ANCHOR); at >= 0; at = text.indexOf(ANCHOR, at + 1)) {
    if (at + ANCHOR.length <= passed) continue
    const end = find(text, 0, text.length, at + ANCHOR.length, span)
    if (end >= 0) return [span.start, end]
    passed = Math.max(passed, ~end)
  }
  return null
}

const SETS = ['a', '1', '[a-c]', '[0-9]', '[0-9a-c]', '\\.', '-', '[0-9a-z_-]', 'k']
const COUNTS = ['', '', '', '?', '{2}', '{1,3}', '{0,2}', '{2,5}']
const LETTERS = [...'aab1k__.- \u00e9']

function bodyOf(roll: (sides: number) => number, depth: number): string {
  const part = () => {
    const isGroup = depth > 0 && roll(4) === 0
    const inner = () => bodyOf(roll, depth - 1)
    return (isGroup ? `(?:${inner()}${roll(2) === 0 ? `|${inner()}` : ''})` : SETS[roll(SETS.length)]) + COUNTS[roll(8)]
  }
  return Array.from({ length: 1 + roll(3) }, part).join('')
}

describe('a finder made of a body', () => {
  it('finds what RE2 finds', () => {
    const roll = dice(11)
    let [found, made] = [0, 0]
    for (let i = 0; i < 1500; i++) {
      const run = ['', '[0-9a-c]{2,}', '[0-9A-Za-z_-]{3,}', '[a-z_]+'][roll(4)]
      const bodies = Array.from({ length: 1 + roll(2) }, () => run + bodyOf(roll, 2))
      const glue = ['', '_-'][roll(2)]
      const find = finderOf(bodies, glue)
      if (find === undefined) continue
      made++
      const pattern = patternOf(bodies, glue)
      for (let j = 0; j < 12; j++) {
        const parts = Array.from({ length: 1 + roll(10) }, () =>
          roll(4) === 0 ? ANCHOR : LETTERS[roll(LETTERS.length)],
        )
        const text = Buffer.from(parts.join(''))
        pattern.lastIndex = 0
        const expected = pattern.exec(text)?.indices?.groups?.token ?? null
        if (expected !== null) found++
        expect(firstFound(find, text), `${pattern.source} in ${text}`).toEqual(expected)
      }
    }
    expect(made).toBeGreaterThan(500)
    expect(found).toBeGreaterThan(500)
  })

  it.each([
    '[a-z]{2}[0-9]+',
    '[0-9]{1,90}a',
    '(?:[a-z]{1,60}-){1,9}x',
    '[^a]{3}',
    'a{2,}?b',
    '(?:a+)+',
    '^a',
    '(?i:s)',
    '\\S+',
  ])('is not made of %s', (body) => expect(finderOf([body], '')).toBeUndefined())

  it('is made of several bodies only when none of them skips', () => {
    const own = { prefixes: ['kk'], anchored: [2], body: '[a-z]{30,}' }
    const around = { front: setOf(''), glue: '' }
    expect(findTokens([own], around, ANYTHING)).toBeDefined()
    expect(findTokens([own, { ...own, prefixes: ['__'] }], around, ANYTHING)).toBeUndefined()
  })
})
