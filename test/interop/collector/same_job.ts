// Records full of what has to be hidden, and whether a rival of the bench hides it.
import { expect } from 'vitest'
import { recordAt } from '../../../src/cli/traffic/records.ts'

export const COUNT = 200
export const TRAFFIC = { seed: 3, share: 1 }
export const RECORDS = Array.from({ length: COUNT }, (_, number) => recordAt(number, TRAFFIC))

export function expectNearlyAllIsHidden(text: string): void {
  const hidden = RECORDS.flatMap(({ secrets }) => secrets.filter(({ value, redacted }) => value !== redacted))
  expect(hidden.length).toBeGreaterThan(COUNT / 2)
  const left = hidden.filter(({ value }) => text.includes(JSON.stringify(value).slice(1, -1)))
  expect(left.length / hidden.length).toBeLessThan(0.1)
}
