import { expect, it } from 'vitest'
import { Sends } from '../../src/net/sends.ts'

it('waits for every send, well or badly as it ends, and no longer than the signal lets it', async () => {
  const sends = new Sends()
  const { signal } = new AbortController()
  let fail = (_error: Error): void => {}
  const failing = sends.begin(signal, () => new Promise((_, reject) => (fail = reject)))
  const done = sends.begin(signal, async () => {})
  await done
  const order: string[] = []
  const settled = sends.settled().then(() => order.push('all'))
  await sends.settled(AbortSignal.abort()).then(() => order.push('aborted'))
  fail(new Error('refused'))
  await expect(failing).rejects.toThrow('refused')
  await settled
  expect(order).toEqual(['aborted', 'all'])
  await sends.settled()
})
