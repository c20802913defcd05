import { describe, expect, it } from 'vitest'
import type { Rule } from '../../src/core/policy.ts'
import { inspect, policy, rule } from '../worker/harness.ts'

/** Eight digits are anything; with a word by them they are a number of the made-up kind. */
const weak = (more: Partial<Rule> = {}) =>
  rule('club_id', { pattern: '\\b\\d{8}\\b' }, 'mask', { near: { words: ['club id', 'member', 'clé'] }, ...more })

function masked(text: string, one = weak()): string {
  return inspect(policy([one]), 'text', [text]).text
}

describe('words near a finding', () => {
  it.each([
    'club id 12345678',
    'club_id=12345678',
    'Club-ID: 12345678',
    'clubId=12345678',
    'CLUBID 12345678',
    'club.id 12345678',
    'theClubIdWas12345678 12345678',
    '12345678 is a member',
    'members: 12345678',
    'Member12 12345678',
    'CLÉ 12345678',
    `member${'.'.repeat(64)}12345678`,
    `12345678${'.'.repeat(64)}member`,
    'x "club id": "12345678"',
  ])('speak for it: %s', (text) => {
    expect(masked(text)).toMatch(/\*{8}/)
  })

  it.each([
    '12345678',
    'id 12345678',
    'club 12345678 id',
    'clubs id 12345678',
    'aclub id 12345678',
    'remember 12345678',
    'membership 12345678',
    'club  id 12345678',
    `member${'.'.repeat(65)}12345678`,
    `12345678${'.'.repeat(65)}member`,
  ])('are not there: %s', (text) => {
    expect(masked(text)).toBe(text)
  })

  it('count as far as the rule says', () => {
    const far = weak({ near: { words: ['member'], within_bytes: 100 } })
    expect(masked(`member${'.'.repeat(99)}12345678`, far)).toMatch(/\*{8}/)
    expect(masked(`member${'.'.repeat(101)}12345678`, far)).not.toMatch(/\*/)
  })

  it('inside of a finding say nothing', () => {
    const one = rule('word', { pattern: 'member\\d+' }, 'mask', { near: { words: ['member'] } })
    expect(masked('member1', one)).toBe('member1')
    expect(masked('member member1', one)).toBe('member *******')
  })
})

describe('words in the path', () => {
  it.each([
    ['of the key', { clubId: '12345678' }],
    ['of a key above', { member: { number: '12345678' } }],
    ['over two keys', { club: { id: '12345678' } }],
    ['above an array', { club_ids: [['12345678']] }],
    ['of a number', { clubId: 12345678 }],
    ['in JSON in a string', { log: JSON.stringify({ member: { n: '12345678' } }) }],
  ])('speak for it: %s', (_, record) => {
    expect(inspect(policy([weak()]), 'json', [JSON.stringify(record)]).text).not.toContain('12345678')
  })

  it('do not speak for what stands beside', () => {
    const text = '{"member":"x","n":"12345678","m":12345678,"club":{"x":{"id":"12345678"}}}'
    expect(inspect(policy([weak()]), 'json', [text]).text).toBe(text)
  })

  it('speak for one path only, whatever came before at another', () => {
    const frames = ['{"n":"12345678"}\n', '{"member":"12345678"}\n', '{"n":"12345678"}\n']
    const { text } = inspect(policy([weak()]), 'json', frames)
    expect(text).toBe('{"n":"12345678"}\n{"member":"********"}\n{"n":"12345678"}\n')
  })
})

describe('confidence', () => {
  const strong = rule('strong', { detector: 'payment_card' }, 'mask', { near: { words: ['harmless'] } })

  it('is raised by words and never lowered', () => {
    const { counts, text } = inspect(policy([strong]), 'text', ['4111111111111111\n', 'harmless 4111111111111111\n'])
    expect(text).not.toContain('4111')
    expect(counts.findings[0].confidence).toEqual({ high: 2 })
  })

  it('is told of each finding', () => {
    const ssn = rule('us_ssn', { detector: 'us_ssn' }, 'mask', { confidence: 'medium', near: { words: ['ssn'] } })
    const { counts } = inspect(policy([ssn]), 'text', ['x 536-22-1234 y\n', 'ssn 536-22-1234\n', 'a 536-22-1235\n'])
    expect(counts.findings[0].confidence).toEqual({ high: 1, medium: 2 })
  })

  it('decides by the rule what is a finding', () => {
    const sure = rule('us_ssn', { detector: 'us_ssn' }, 'mask', {
      confidence: 'medium',
      confidence_min: 'high',
      near: { words: ['ssn'] },
    })
    const { text } = inspect(policy([sure]), 'text', ['x 536-22-1234\n', 'ssn 536-22-1234\n'])
    expect(text).toBe('x 536-22-1234\nssn ***********\n')
  })

  it('low is enough where the rule says so', () => {
    expect(masked('12345678', weak({ confidence_min: 'low' }))).toBe('********')
  })
})
