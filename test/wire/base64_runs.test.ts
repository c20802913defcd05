// The walkers see base64 that decodes to text just where base64_runs.ts finds some.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Paths } from '../../src/core/paths.ts'
import { Base64Runs } from '../../src/wire/base64_runs.ts'
import { Views } from '../../src/wire/views.ts'
import { Walker } from '../../src/wire/walker.ts'

const paths = new Paths()
const walker = new Walker(paths)
const views = new Views()
const runs = new Base64Runs()

/** How many of the texts, which make one batch, have such base64. */
function compare(texts: readonly Uint8Array[]): number {
  const bytes = Buffer.concat([...texts, Buffer.alloc(64)])
  paths.batch++
  // Loads the batch.
  walker.occursAgain(bytes, 0, 0, 0, 0)
  let count = 0
  let start = 0
  for (const text of texts) {
    views.clear()
    const wanted = runs.next(views, bytes, start, start + text.length, false)
    expect([text.toString(), walker.mayHaveBase64(bytes, start, start + text.length)]).toEqual([
      text.toString(),
      wanted,
    ])
    count += wanted ? 1 : 0
    start += text.length
  }
  return count
}

const letters = fc.constantFrom(...'ABIZafgvz019+/-_ =:éI0Jh')
const part = fc.oneof(
  fc.string({ maxLength: 30 }).map((text) => Buffer.from(text).toString('base64url')),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text).toString('base64')),
  fc.array(letters, { maxLength: 70 }).map((some) => some.join('')),
  // Letters that are text from wherever one begins to read, mostly.
  fc.array(fc.constantFrom(...'IYaZc2JQSI/w'), { minLength: 30, maxLength: 60 }).map((some) => some.join('')),
  fc.constantFrom('/', '-', '_', '+', ' ', '', 'user_name/', 'W'.repeat(13), 'W'.repeat(14), 'A'.repeat(40)),
)
const text = fc.array(part, { maxLength: 5 }).map((parts) => Buffer.from(parts.join('')))

describe('the walkers see base64 that is text', () => {
  it('in texts of all kinds', () => {
    let found = 0
    const property = fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (texts) => {
      found += compare(texts)
    })
    fc.assert(property, { numRuns: 300, seed: 51 })
    expect(found).toBeGreaterThan(300)
  })

  it('at each place of a text, and of each length', () => {
    const texts: Buffer[] = []
    for (let at = 0; at < 70; at++) {
      // The first has thirteen letters, and the letters behind it are not its own.
      texts.push(Buffer.from(`${' '.repeat(at)}dXNlcjpzZWNyZ`), Buffer.from('XQ6MDEyMzQ1Njc4OSBhYmM'))
      for (const size of [8, 9, 10, 11, 12, 17, 18, 19, 30]) {
        const run = Buffer.from('user:secret=0123456789abcdefghijkl'.slice(0, size)).toString('base64url')
        for (const [before, behind] of [
          [' ', ''],
          [' ', ' '],
          ['/', '.'],
          ['9', '_0000000'],
          ['g/', ''],
        ] as const) {
          texts.push(Buffer.from(before.repeat(at) + run + behind))
        }
      }
    }
    expect(compare(texts)).toBeGreaterThan(1000)
  })
})
