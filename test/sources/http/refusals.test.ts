import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { REFUSALS } from '../../../src/sources/http/refusal.ts'

it('the page about HTTP names the event of every refusal', () => {
  const page = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8')
  const events = Object.keys(REFUSALS).map((why) => `\`refused_${why}\``)
  expect(events.filter((event) => !page.includes(event))).toEqual([])
})
