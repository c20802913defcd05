import { expect, it } from 'vitest'
import { Orphans } from '../../../src/net/intake/orphans.ts'
import { HandClock } from '../../pipeline/kit.ts'

const bytes = (n: number) => Buffer.from(`request ${n}`)
const done = Promise.resolve(true)

it('the oldest is forgotten when there are too many', () => {
  const orphans = new Orphans(3, new HandClock(0))
  for (let n = 0; n < 5; n++) orphans.keep(bytes(n), done)
  expect([0, 1, 2, 3, 4].map((n) => orphans.claim(bytes(n)) !== undefined)).toEqual([false, false, true, true, true])
})

it('one is forgotten after five minutes', () => {
  const clock = new HandClock(0)
  const orphans = new Orphans(10, clock)
  orphans.keep(bytes(1), done)
  clock.pass(200_000)
  orphans.keep(bytes(2), done)
  clock.pass(100_001)
  expect(orphans.claim(bytes(1))).toBe(undefined)
  expect(orphans.claim(bytes(2))).toBe(done)
})

it('one is claimed once, and only by the same bytes', () => {
  const orphans = new Orphans(10, new HandClock(0))
  orphans.keep(bytes(1), done)
  expect(orphans.claim(bytes(2))).toBe(undefined)
  expect(orphans.claim(bytes(1))).toBe(done)
  expect(orphans.claim(bytes(1))).toBe(undefined)
})

it('one whose delivery fails is nobody’s', async () => {
  const orphans = new Orphans(10, new HandClock(0))
  const failed = Promise.resolve(false)
  orphans.keep(bytes(1), failed)
  await failed
  expect(orphans.claim(bytes(1))).toBe(undefined)
})
