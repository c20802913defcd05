import { expect, it } from 'vitest'
import { orAborted, unlessAborted } from '../../src/core/abort.ts'

const never = new Promise<number>(() => {})
const gaveUp = (): Error => new Error('gave up')

it('what is settled first decides, and nobody stays behind as a listener', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  signal.addEventListener = () => void listeners++
  signal.removeEventListener = () => void listeners--
  expect(await orAborted(Promise.resolve(1), signal)).toBe(1)
  expect(await unlessAborted(Promise.resolve(2), signal, gaveUp)).toBe(2)
  await expect(orAborted(Promise.reject(new Error('bad')), signal)).rejects.toThrow('bad')
  await expect(unlessAborted(Promise.reject(new Error('bad')), signal, gaveUp)).rejects.toThrow('bad')
  await new Promise((resolve) => setImmediate(resolve))
  expect(listeners).toBe(0)
})

it('the signal ends the waiting, also one that was given before', async () => {
  const later = new AbortController()
  const waiting = [orAborted(never, later.signal), unlessAborted(never, later.signal, gaveUp).catch(() => 'refused')]
  later.abort()
  expect(await Promise.all(waiting)).toEqual([undefined, 'refused'])
  expect(await orAborted(never, AbortSignal.abort())).toBeUndefined()
  await expect(unlessAborted(never, AbortSignal.abort(), gaveUp)).rejects.toThrow('gave up')
})
