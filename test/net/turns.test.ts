import { expect, it } from 'vitest'
import { Turns } from '../../src/net/turns.ts'

it('so many at a time, in their order, whether they succeed or fail', async () => {
  const turns = new Turns(2)
  const begun: number[] = []
  let running = 0
  let most = 0
  const work = (n: number) => async () => {
    begun.push(n)
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    running--
    if (n % 3 === 0) throw new Error('failed')
    return n
  }
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => turns.take(work(n))))
  expect(begun).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(most).toBe(2)
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual(
    begun.map((n) => (n % 3 === 0 ? 'failed' : n)),
  )
})
