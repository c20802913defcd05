import { describe, expect, it } from 'vitest'
import { ELEMENT, LONG_KEY, Paths, ROOT } from '../../src/core/paths.ts'

describe('names of places', () => {
  it('the same keys and paths have the same numbers, over many of them', () => {
    const paths = new Paths()
    const named = Array.from({ length: 20_000 }, (_, i) => paths.childNamed(ROOT, `key${i}`))
    expect(new Set(named).size).toBe(20_000)
    named.forEach((path, i) => {
      expect(paths.childNamed(ROOT, `key${i}`)).toBe(path)
    })
    expect(paths.render(paths.child(named[7], ELEMENT))).toBe('key7[]')
  })

  it('a key that is itself a finding is not reported', () => {
    const paths = new Paths()
    const path = paths.childNamed(paths.childNamed(ROOT, 'jane@example.com'), 'n')
    paths.hideKey(paths.key[paths.parent[path]])
    expect([paths.render(path), paths.report(path)]).toEqual(['jane@example.com.n', '*redacted*.n'])
  })

  it('a very long key has no name', () => {
    const paths = new Paths()
    expect(paths.keyOf(new Uint8Array(200), 0, 200)).toBe(LONG_KEY)
  })

  it('keys made to hash alike do not make it slow', () => {
    // Pairs that collide under any polynomial with the multiplier 31, the way of many hash tables.
    const keys = Array.from({ length: 2 ** 14 }, (_, i) =>
      Array.from({ length: 14 }, (_, bit) => ((i >> bit) & 1 ? 'Aa' : 'BB')).join(''),
    )
    const time = (names: string[]) => {
      const paths = new Paths()
      const began = performance.now()
      for (const name of names) paths.childNamed(ROOT, name)
      return performance.now() - began
    }
    const ordinary = time(keys.map((_, i) => `ordinary-key-with-number-${i}`))
    expect(time(keys)).toBeLessThan(20 * ordinary + 50)
  })
})
