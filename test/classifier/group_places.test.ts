// Where groups lie is told without RE2, and as RE2 tells it: on patterns of the library and on patterns made at random.
import RE2 from 're2'
import { describe, expect, it } from 'vitest'
import { detectors } from '../../src/classifier/detectors/index.ts'
import { type Group, GroupPlaces } from '../../src/classifier/group_places.ts'
import type { Detector } from '../../src/core/detector.ts'
import { dice } from './dice.ts'

type Spans = readonly (readonly [number, number])[]

interface Told {
  readonly end: number
  readonly spans: Spans
}

/** What RE2 says of the first match: where it ends, and where those of its groups lie that are not empty. */
function byRe2(pattern: RE2, text: Buffer, isWanted: (name: string) => boolean): (Told & { start: number }) | null {
  pattern.lastIndex = 0
  const match = pattern.exec(text)
  if (match?.indices === undefined) return null
  const [start, end] = match.indices[0] ?? [0, 0]
  const named = Object.entries(match.indices.groups ?? {}).filter(([name]) => isWanted(name))
  const spans = named.map(([, span]) => span).filter((span) => span !== undefined && span[1] > span[0])
  return { start, end, spans: spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]) }
}

/** How often the same was told, and how often nothing was. */
class Tally {
  told = 0
  untold = 0

  compare(expected: (Told & { start: number }) | null, places: GroupPlaces | undefined, text: Buffer, what: string) {
    if (expected === null) return
    const end = places?.follow(text, expected.start) ?? -1
    if (end < 0) {
      this.untold++
      return
    }
    this.told++
    const { start: _, ...rest } = expected
    expect({ end, spans: places?.spans() }, `${what} in ${JSON.stringify(text.toString())}`).toEqual(rest)
  }
}

const SETS = ['a', 'b', 'K', 's', '.', '[ab]', '[^a]', '\\w', '\\W', '\\s', '\\S', '\\d', '[^\\s"]', '[a-k_]', '\\.']
const EDGES = ['^', '$', '\\b', '\\B']
const GROUPS = ['(?:', '(?:', '(?i:', '(?s:', '(']
const COUNTS = ['', '', '', '', '?', '*', '+', '{2}', '{1,3}', '{2,}', '??', '*?', '+?', '{1,2}?']
const LETTERS = [...'aabbAkKS1_ \n\v."é', 'ſ', '\u212a', '\u{1f600}']

function patternOf(roll: (sides: number) => number, depth: number): string {
  const options = Array.from({ length: 1 + (roll(3) >> 1) }, () => rowOf(roll, depth))
  return options.join('|')
}

function rowOf(roll: (sides: number) => number, depth: number): string {
  const atoms = Array.from({ length: 1 + roll(3) }, () => {
    const kind = roll(10)
    if (kind === 0) return EDGES[roll(EDGES.length)]
    const isGroup = kind < 4 && depth > 0
    const atom = isGroup ? `${GROUPS[roll(GROUPS.length)]}${patternOf(roll, depth - 1)})` : SETS[roll(SETS.length)]
    return atom + COUNTS[roll(COUNTS.length)]
  })
  return atoms.join('')
}

describe('where groups lie', () => {
  it('is told as RE2 tells it, for patterns made at random', () => {
    const roll = dice(5)
    const tally = new Tally()
    for (let i = 0; i < 3000; i++) {
      const source = `(?:${patternOf(roll, 2)})(?P<g>${patternOf(roll, 2)})(?P<h>${patternOf(roll, 1)})?`
      const ignoreCase = roll(3) === 0
      const pattern = new RE2(source, ignoreCase ? 'dgi' : 'dg')
      const places = GroupPlaces.of(source, ignoreCase, ['g', 'h'], false)
      for (let j = 0; j < 8; j++) {
        const text = Buffer.from(Array.from({ length: roll(14) }, () => LETTERS[roll(LETTERS.length)]).join(''))
        tally.compare(
          byRe2(pattern, text, () => true),
          places,
          text,
          source,
        )
      }
    }
    expect(tally.told).toBeGreaterThan(1000)
  })

  const grouped = detectors.filter(({ group }) => group !== undefined)

  it('is told for nearly every pattern of the library, on its own strings and on what comes of them', () => {
    const roll = dice(9)
    const tally = new Tally()
    for (const detector of grouped) compareOn(detector, roll, tally)
    expect(tally.told).toBeGreaterThan(tally.untold * 20)
  })

  it('is told by number, and for each group of a name that begins alike', () => {
    const text = Buffer.from('x ab-cd')
    const spansOf = (pattern: string, groups: readonly Group[], byPrefix = false) => {
      const places = GroupPlaces.of(pattern, false, groups, byPrefix)
      return places?.follow(text, 2) === 7 ? places.spans() : 'untold'
    }
    expect(spansOf('(a)(b)-(?P<key>c)(d)', [4, 2])).toEqual([
      [3, 4],
      [6, 7],
    ])
    expect(spansOf('(?:(?P<key_a>ab)|(?P<key_b>x))-(?P<other>c)(?P<key_d>d)', ['key'], true)).toEqual([
      [2, 4],
      [6, 7],
    ])
  })

  it('is not told when it would take long', () => {
    const slow = GroupPlaces.of('(?P<g>(?:a|a)*b|a*)', false, ['g'], false)
    expect(slow?.follow(Buffer.from('a'.repeat(40)), 0)).toBe(-1)
    const long = GroupPlaces.of('x(?P<g>[a-z]*)', false, ['g'], false)
    expect(long?.follow(Buffer.from('x'.repeat(4000)), 0)).toBe(4000)
    expect(GroupPlaces.of('(?P<g>(?:(?:ab[a-z]*){60}){60})', false, ['g'], false)).toBeUndefined()
  })
})

function compareOn(
  { id, pattern: source, group = '', yes, no }: Detector,
  roll: (sides: number) => number,
  tally: Tally,
) {
  const pattern = new RE2(source, 'dg')
  const places = GroupPlaces.of(source, false, [group], true)
  const lines = [...yes, ...no].map((line) => line.replaceAll(/[«»]/g, ''))
  for (let i = 0; i < 60; i++) {
    const [line, other] = [lines[i % lines.length], lines[roll(lines.length)]]
    const cut = roll(line.length)
    const mutated = `${line.slice(0, cut)}${['', other, other[0], 'é', ' '][roll(5)]}${line.slice(cut + roll(2))}`
    const text = Buffer.from(i < lines.length ? line : mutated)
    tally.compare(
      byRe2(pattern, text, (name) => name.startsWith(group)),
      places,
      text,
      id,
    )
  }
}
