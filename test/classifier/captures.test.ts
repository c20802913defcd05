import { describe, expect, it } from 'vitest'
import { withoutCaptures } from '../../src/classifier/captures.ts'
import { detectors } from '../../src/classifier/detectors/index.ts'
import { inspect, policy, rule } from '../worker/harness.ts'

describe('a pattern without its captures', () => {
  it.each([
    ['(a)(?:b)(?P<n>c)(?<m>d)', '(?:a)(?:b)(?:c)(?:d)'],
    ['\\((a)\\)', '\\((?:a)\\)'],
    ['[(](a)[^(]', '[(](?:a)[^(]'],
    ['[]()](a)[^]()]', '[]()](?:a)[^]()]'],
    ['(?i:x(y))', '(?i:x(?:y))'],
  ])('%s', (pattern, plain) => expect(withoutCaptures(pattern)).toBe(plain))

  it.each(detectors.map(({ id, pattern }) => [id, pattern]))('of %s compiles', (_, pattern) => {
    expect(withoutCaptures(pattern)).not.toMatch(/\(\?P?</)
  })
})

describe('a match of thousands of bytes', () => {
  const own = policy([
    rule('own', { pattern: '(?:^|\\s)(?P<token>tok_[a-z]{10,})(?:$|\\s)', group: 'token' }, 'replace'),
  ])

  it('is taken whole', () => {
    const { text } = inspect(own, 'text', [`x tok_${'a'.repeat(100_000)} y`])
    expect(text).toBe('x[REDACTED:own]y')
  })

  it('does not change how short ones beside it are found', () => {
    const { text } = inspect(own, 'text', [`${'filler '.repeat(2000)}tok_aaaaaaaaaa z tok_bbbbbbbbbb`])
    expect(text).toBe(`${'filler '.repeat(2000)}[REDACTED:own] z [REDACTED:own]`)
  })
})
