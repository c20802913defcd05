import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadPlan } from '../../src/settings/load.ts'
import { BASE, registries } from './standins.ts'

const GOOD = `${BASE}policy:
  packs: [test/settings/packs/small.yaml]
  rules:
    - { id: own, find: { pattern: 'x(y)', group: 1 }, action: { type: mask, keep_last: "\${KEEP:-4}" } }
  override: { jwt: { severity: low } }
  hmac: { id: k, key: '\${KEY}' }
pipeline: { deadline_ms: 5s }
`
const SECRET = 'hunter2-hunter2-hunter2'
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '\n',
  '  ',
  '- ',
  '&a ',
  '*a',
  '!x ',
  '"',
  "'",
  '${KEY}',
  '${',
  '#',
  '? ',
  '|',
  'null',
  '1e9',
  '\u0000',
  '\ufeff',
  '<<: *a',
]

async function complaintsAbout(text: string) {
  const loaded = await loadPlan(text, 'logveil.yaml', registries, { env: { KEY: SECRET } })
  const complaints = loaded.ok ? loaded.warnings : loaded.complaints
  const lines = text.split('\n').length
  for (const { file, line, column, message, remedy } of complaints) {
    if (file === 'logveil.yaml') expect(line).toBeLessThanOrEqual(lines)
    expect(Math.min(line, column, message.length, remedy.length)).toBeGreaterThan(0)
    expect(message + remedy).not.toContain('hunter2')
  }
  expect(loaded.ok || complaints.length > 0).toBe(true)
  return complaints
}

describe('whatever the file holds, it loads or is complained about', () => {
  it('loads as it stands', async () => expect(await complaintsAbout(GOOD)).toEqual([]))

  it('with something cut out and something else put there', async () => {
    const place = fc.nat(GOOD.length)
    const change = fc.tuple(place, fc.nat(30), fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(change, change, async (first, second) => {
        let text = GOOD
        for (const [at, length, pieces] of [first, second]) {
          text = text.slice(0, at) + pieces.join('') + text.slice(at + length)
        }
        await complaintsAbout(text)
      }),
      { numRuns: 200 },
    )
  })

  it('with any value in the place of any other', async () => {
    const value = fc.json({ maxDepth: 3 })
    const places = ['{ type: forward', '127.0.0.1:24224', 'out.ndjson', '[test/', "'x(y)'", '{ id: own', '{ jwt', '5s']
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), value, (place, json) =>
        complaintsAbout(GOOD.replace(place, () => json)).then(() => undefined),
      ),
      { numRuns: 150 },
    )
  })
})
