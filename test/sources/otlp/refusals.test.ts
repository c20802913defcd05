import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { REFUSALS } from '../../../src/sources/otlp/refusal.ts'

it('the page about OTLP names the event of every refusal', () => {
  const page = readFileSync(new URL('../../../docs/otlp.md', import.meta.url), 'utf8')
  const events = Object.keys(REFUSALS).map((why) => `refused_${why}`)
  expect(events.filter((event) => !new RegExp(`\\b${event}\\b`).test(page))).toEqual([])
})
