import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, nearest } from '../../src/settings/nearest.ts'
import { durationMs, sizeBytes } from '../../src/settings/units.ts'

describe('nearest names', () => {
  it.each([
    ['listen', 'lisen', 1],
    ['listen', 'lsiten', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['same', 'same', 0],
  ])('%s and %s are %i apart', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('is the same both ways, and zero only for the same', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
      }),
    )
  })

  it.each([
    ['forwrad', 'forward'],
    ['Forward', 'forward'],
    ['card', 'payment_card'],
    ['kafka', undefined],
    ['', undefined],
  ])('%s: %s', (name, expected) => expect(nearest(name, ['forward', 'file', 'payment_card'])).toBe(expected))

  it('lists what there is when nothing is near, but not endlessly', () => {
    expect(didYouMean('x', [], 'packs')).toBe('there are no packs')
    const many = Array.from({ length: 20 }, (_, at) => `name-number-${at}`)
    expect(didYouMean('else', many, 'names')).toMatch(/^names: name-number-0, .*name-number-11, …$/)
  })
})

describe('units', () => {
  const duration = durationMs({ min: 1, max: 1e12 })
  const size = sizeBytes({ min: 1, max: 1e15 })

  it.each<[string | number, number | undefined]>([
    [250, 250],
    ['250', 250],
    ['250ms', 250],
    ['60s', 60_000],
    ['1.5 m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', undefined],
    ['-5s', undefined],
    ['', undefined],
    [0, undefined],
    [1.5, undefined],
  ])('%s is %s ms', (written, expected) => expect(duration.safeParse(written).data).toBe(expected))

  it.each<[string | number, number | undefined]>([
    ['64MiB', 67_108_864],
    ['64 MB', 64_000_000],
    ['1kB', 1000],
    ['512B', 512],
    ['512', 512],
    ['1KB', undefined],
    ['1mb', undefined],
  ])('%s is %s bytes', (written, expected) => expect(size.safeParse(written).data).toBe(expected))
})
