import { expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { HalfSent } from '../../src/net/half_sent.ts'

const { half_sent_batches_max, half_sent_bytes_max } = LIMITS

it('forgets the oldest of too many, and of too large ones', () => {
  const sent = new HalfSent<number>()
  for (let n = 0; n <= half_sent_batches_max; n++) sent.keep(`b${n}`, n)
  expect([sent.get('b0'), sent.get('b1'), sent.get(`b${half_sent_batches_max}`)]).toEqual([
    undefined,
    1,
    half_sent_batches_max,
  ])
  const large = new HalfSent<number>()
  const bytes = half_sent_bytes_max / 4
  for (let n = 0; n < 4; n++) large.keep(`b${n}`, n, bytes)
  // One that is kept again is not counted twice, and is the newest.
  large.keep('b0', 10, bytes)
  large.keep('b4', 4, bytes)
  expect(['b0', 'b1', 'b2', 'b3', 'b4'].map((id) => large.get(id))).toEqual([10, undefined, 2, 3, 4])
  large.forget('b2')
  large.keep('b5', 5, bytes)
  expect(['b0', 'b3', 'b4', 'b5'].map((id) => large.get(id))).toEqual([10, 3, 4, 5])
})

it('keeps the one that it was just given, however large', () => {
  const sent = new HalfSent<string>()
  sent.keep('a', 'one', 1)
  sent.keep('b', 'other', 2 * half_sent_bytes_max)
  expect([sent.get('a'), sent.get('b')]).toEqual([undefined, 'other'])
})
