// What rules say besides what they look for: groups, company, exceptions, observation, precedence.
import { describe, expect, it } from 'vitest'
import { Fingerprints } from '../../src/redactor/fingerprint.ts'
import { inspect, policy, rule } from '../worker/harness.ts'

const text = (rules: Parameters<typeof policy>[0], line: string, more = {}) =>
  inspect(policy(rules, more), 'text', [line]).text

describe('groups', () => {
  const address = { pattern: '(?P<local>[a-z.]+)(@example\\.com)' }

  it.each([
    ['by name', 'local', 'to ********@example.com'],
    ['by number', 2, 'to jane.doe************'],
    ['several', ['local', 2], 'to ********************'],
    ['several, none of which touch', [1], 'to ********@example.com'],
  ])('%s', (_, group, output) => {
    expect(text([rule('a', { ...address, group })], 'to jane.doe@example.com')).toBe(output)
  })

  it('that took no part are no finding', () => {
    const either = rule('a', { pattern: 'id=(\\d+)|no=(\\d+)', group: [1, 2] })
    expect(text([either], 'id=12 no=345 id=')).toBe('id=** no=*** id=')
  })
})

describe('rules that count only in company', () => {
  const id = rule('id', { pattern: 'AK[0-9]{4}' }, 'mask', { with: { rules: ['secret'] } })
  const secret = rule('secret', { pattern: 'SK[0-9]{4}' })

  it.each([
    ['in the same record', '{"a":"AK1234","b":"SK1234"}', '{"a":"******","b":"******"}'],
    ['not alone', '{"a":"AK1234"}', '{"a":"AK1234"}'],
  ])('%s', (_, input, output) => {
    expect(inspect(policy([id, secret]), 'json', [input]).text).toBe(output)
  })

  it('not in the company of an earlier record', () => {
    const { text: out } = inspect(policy([id, secret]), 'json', ['{"b":"SK1234"}\n', '{"a":"AK1234"}\n'])
    expect(out).toBe('{"b":"******"}\n{"a":"AK1234"}\n')
  })

  it('near by, where the rule says so', () => {
    const near = rule('id', id.find, 'mask', { with: { rules: ['secret'], within_bytes: 5 } })
    expect(text([near, secret], 'AK1234 .. SK1234 ........ AK5678')).toBe('****** .. ****** ........ AK5678')
    expect(inspect(policy([near, secret]), 'json', ['{"a":"AK1234","b":"SK1234"}']).text).toContain('AK1234')
  })

  it('named by a detector', () => {
    const one = rule('id', id.find, 'mask', { with: { rules: ['email'] } })
    const mail = rule('mail', { detector: 'email' }, 'keep')
    expect(text([one, mail], 'AK1234 of jane@example.com')).toBe('****** of jane@example.com')
  })

  it('each other', () => {
    const back = rule('secret', secret.find, 'mask', { with: { rules: ['id'] } })
    expect(text([id, back], 'AK1234 SK1234')).toBe('****** ******')
    expect(text([id, back], 'SK1234')).toBe('SK1234')
  })

  it('is no company when it is allowed, or out of its scope', () => {
    const allowed = rule('secret', secret.find, 'mask', { allow: { exact: ['SK1234'] } })
    expect(text([id, allowed], 'AK1234 SK1234')).toBe('AK1234 SK1234')
    const elsewhere = rule('secret', secret.find, 'mask', { where: { service: ['other'] } })
    expect(text([id, elsewhere], 'AK1234 SK1234')).toBe('AK1234 SK1234')
  })

  it('takes no time, however many there are', () => {
    const near = rule('id', id.find, 'mask', { with: { rules: ['secret'], within_bytes: 4 } })
    const began = process.cpuUsage()
    const out = text([near, secret], `${'AK1234 '.repeat(4_000)}${'.'.repeat(99)}${'SK1234 '.repeat(4_000)}`)
    const { user, system } = process.cpuUsage(began)
    expect(out.startsWith('AK1234 AK1234')).toBe(true)
    expect((user + system) / 1000).toBeLessThan(3_000)
  })
})

describe('exceptions by keyed hash', () => {
  const hmac = { id: 'k1', key: 'only-for-this-test-0123456789' }
  const mail = rule('mail', { detector: 'email' })
  const hash = new Fingerprints(hmac.id, hmac.key).exception(Buffer.from('jane@example.com'))

  it('let the value pass, and no other', () => {
    const more = { hmac, allow: { hash: [hash] } }
    expect(text([mail], 'jane@example.com Jane@Example.com john@example.com', more)).toBe(
      'jane@example.com Jane@Example.com ****************',
    )
  })

  it('hold of one rule only, where that says so', () => {
    const one = rule('mail', mail.find, 'mask', { allow: { hash: [hash] } })
    expect(text([one], 'jane@example.com', { hmac })).toBe('jane@example.com')
  })

  it('are of one key', () => {
    const other = { id: 'k1', key: 'another-key-of-this-test-012' }
    expect(text([mail], 'jane@example.com', { hmac: other, allow: { hash: [hash] } })).toBe('*'.repeat(16))
    expect(hash).toMatch(/^k1:[0-9a-f]{32}$/)
  })
})

describe('a rule that is only observed', () => {
  it('counts, changes nothing, and shadows no other', () => {
    const watched = rule('watched', { pattern: 'EMP-\\d+ of .*' }, 'mask', { observe: true })
    const emp = rule('emp', { pattern: 'EMP-\\d+' })
    const { text: out, counts } = inspect(policy([watched, emp]), 'text', ['EMP-12 of x\n', 'EMP-12\n'])
    expect(out).toBe('****** of x\n******\n')
    expect(inspect(policy([watched]), 'text', ['EMP-12 of x\n']).counts.findings).toMatchObject([
      { rule: 'watched', action: 'keep', matches: 1 },
    ])
    expect(counts.findings).toMatchObject([{ rule: 'emp', matches: 2 }])
  })
})

describe('what also stands in a field that is not scanned', () => {
  const id = rule('id', { pattern: '\\b\\d{16}\\b' })
  const password = rule('pw', { field: ['password'] })

  it.each([
    ['is no finding', '{"trace_id":"1234567890123456","m":"in 1234567890123456"}', 'in 1234567890123456'],
    ['as a number', '{"trace_id":1234567890123456,"m":"in 1234567890123456"}', 'in 1234567890123456'],
    ['behind it', '{"m":"in 1234567890123456","x":{"trace_id":"1234567890123456"}}', 'in 1234567890123456'],
    ['is one when it is only a part', '{"trace_id":"a1234567890123456","m":"in 1234567890123456"}', '****************'],
    ['is one in another field', '{"trace":"1234567890123456","m":"in 1234567890123456"}', '****************'],
  ])('%s', (_, input, part) => {
    expect(inspect(policy([id]), 'json', [`${input}\n`]).text).toContain(part)
  })

  it('holds within one record', () => {
    const frames = ['{"trace_id":"1234567890123456"}\n', '{"m":"1234567890123456"}\n']
    expect(inspect(policy([id]), 'json', frames).text).toContain('{"m":"****************"}')
  })

  it('does not hold of what is found by the name of its field', () => {
    const { text: out } = inspect(policy([password]), 'json', ['{"trace_id":"abc123","password":"abc123"}'])
    expect(out).toBe('{"trace_id":"abc123","password":"******"}')
  })
})

describe('precedence', () => {
  const rules = [
    rule('b', { pattern: 'EMP-\\d+' }, 'replace'),
    rule('a', { pattern: '[A-Z]+-\\d+' }, 'replace'),
    rule('field', { field: ['emp'] }, 'replace', { severity: 'critical' }),
    rule('c', { pattern: 'E[A-Z]+-\\d+' }, 'replace', { severity: 'low' }),
  ]

  it('does not depend on the order of the rules', () => {
    const frames = ['{"emp":"EMP-1","x":"EMP-2 emp=EMP-3 AB-4"}']
    const first = inspect(policy(rules), 'json', frames).text
    expect(first).toBe('{"emp":"[REDACTED:a]","x":"[REDACTED:a] emp=[REDACTED:a] [REDACTED:a]"}')
    for (const order of [
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [2, 0, 3, 1],
    ]) {
      expect(inspect(policy(order.map((at) => rules[at])), 'json', frames).text).toBe(first)
    }
  })

  it('is that of the surer detector, where a number is right for two', () => {
    // The Luhn digit of a card, and the key of a French social security number.
    const card = rule('payment_card', { detector: 'payment_card' }, 'replace', { severity: 'critical' })
    const nir = rule('fr_nir', { detector: 'fr_nir' }, 'replace', { severity: 'critical' })
    expect(text([nir], '371449526956735')).toBe('[REDACTED:fr_nir]')
    expect(text([nir, card], '371449526956735')).toBe('[REDACTED:payment_card]')
  })

  it('of own rules is their order, before all others', () => {
    const own = [
      rule('z', rules[0].find, 'replace', { own: 0, severity: 'low' }),
      rule('y', rules[0].find, 'replace', { own: 1 }),
    ]
    for (const all of [
      [...own, ...rules],
      [...rules, ...own],
    ]) {
      expect(text(all, 'EMP-1')).toBe('[REDACTED:z]')
    }
  })
})
