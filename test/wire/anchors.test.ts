// The walkers find the same ends of anchors as classifier/scan.ts, which reads one byte after the other.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Anchor, parseAnchor } from '../../src/classifier/anchor.ts'
import { type Automaton, buildAutomaton } from '../../src/classifier/automaton.ts'
import { judgedEnds } from '../../src/classifier/judges.ts'
import { Hits, scan } from '../../src/classifier/scan.ts'
import { Paths } from '../../src/core/paths.ts'
import { Walker } from '../../src/wire/walker.ts'

function automatonOf(sources: readonly string[]): Automaton {
  const anchors: readonly Anchor[] = sources.map(parseAnchor)
  return buildAutomaton(
    anchors,
    anchors.map((_, i) => i),
  )
}

function rows({ count, at, end }: Hits): string[] {
  return Array.from({ length: count }, (_, i) => `${at[i]}:${end[i]}`)
}

/** Scans each text with both, all of them in one batch. */
function compare(automaton: Automaton, walker: Walker, paths: Paths, texts: readonly Uint8Array[]): void {
  const bytes = Buffer.concat([...texts, Buffer.alloc(64)])
  paths.batch++
  // Loads the batch.
  walker.occursAgain(bytes, 0, 0, 0, 0)
  const [wanted, hits] = [new Hits(), new Hits()]
  let start = 0
  for (const { length } of texts) {
    scan(automaton, bytes, start, start + length, wanted)
    expect(walker.scan(bytes, start, start + length, hits)).toBe(true)
    expect(rows(hits)).toEqual(rows(wanted))
    start += length
  }
}

function lettersOf(letters: string, length: number, seed: number): Buffer {
  let state = seed | 1
  const random = () => {
    state = (Math.imul(state, 0x5851f42d) + 0x14057b7f) | 0
    return letters[(state >>> 16) % letters.length]
  }
  return Buffer.from(Array.from({ length }, random).join(''))
}

const piece = fc.constantFrom('a', 'b', '1', '\\d', '[ab]', '[^a]', '[ab1]', '@')
// Long ones whose parts repeat: what is under way matters long.
const source = fc
  .tuple(
    fc.constantFrom('', '^', '(?i)'),
    fc.array(fc.tuple(piece, fc.constantFrom(1, 1, 2, 5)), { minLength: 1, maxLength: 3 }),
  )
  .map(([first, parts]) => first + parts.map(([part, times]) => `${part}{${times}}`).join(''))
const lengths = fc.oneof(fc.nat(300), fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33, 35, 63, 64, 65, 127, 128, 129))
const text = fc
  .tuple(lengths, fc.constantFrom('ab1-@ \n', 'ab', '1', 'a1', 'ab1'), fc.nat(2 ** 31))
  .map(([length, letters, seed]) => lettersOf(letters, length, seed))

/** Of no candidate more is known than where it is. */
function judgedByFinders(automaton: Automaton) {
  return { automaton, judged: judgedEnds(automaton, [], -1) }
}

describe('the walkers find the ends of anchors', () => {
  it('in texts of all lengths', () => {
    const property = fc.property(
      fc.array(source, { minLength: 1, maxLength: 8 }),
      fc.array(text, { minLength: 1, maxLength: 20 }),
      (sources, texts) => {
        const paths = new Paths()
        const [automaton, walker] = [automatonOf(sources), new Walker(paths)]
        walker.anchors(judgedByFinders(automaton), true)
        compare(automaton, walker, paths, texts)
        compare(automaton, walker, paths, texts.toReversed())
      },
    )
    fc.assert(property, { numRuns: 300, seed: 41 })
  })

  it('at each place of a text', () => {
    const paths = new Paths()
    const [automaton, walker] = [automatonOf(['^key=', 'secret', '@', '\\d{3}-\\d{2}-']), new Walker(paths)]
    walker.anchors(judgedByFinders(automaton), true)
    const texts = ['key=', 'secret', '@', '123-45-'].flatMap((anchor) =>
      [4, 31, 32, 33, 66, 130].flatMap((length) =>
        Array.from({ length: length + 1 }, (_, at) =>
          Buffer.from(' '.repeat(at) + anchor + ' '.repeat(Math.max(0, length - at - anchor.length))),
        ),
      ),
    )
    compare(automaton, walker, paths, texts)
  })

  it('when texts lead to more states than there is room for, and in the next batch', () => {
    const paths = new Paths()
    // Whatever the last letters were is a state of its own: 4096 for each of the first two.
    const [automaton, walker] = [automatonOf(['a[ab]{12}c', '1[12]{12}3', 'bac', '[abc]{8}c']), new Walker(paths)]
    walker.anchors(judgedByFinders(automaton), true)
    const batch = (bytes: number) =>
      ['ab', '12', 'abc', '123', 'ab12c3'].flatMap((letters) => {
        const made = lettersOf(letters, bytes, 7)
        return [made.subarray(0, 20), made.subarray(20), Buffer.from('bac bac'), Buffer.from(`${'x'.repeat(40)}bac`)]
      })
    for (const bytes of [100_000, 1000, 50_000, 100_000, 50]) compare(automaton, walker, paths, batch(bytes))
  })
})
