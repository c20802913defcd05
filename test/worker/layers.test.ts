// Text that is written in other letters: what is in it is found, and what remains is valid where it stands.
import { decode, decodeMulti, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const named = rule('emp', { pattern: 'EMP-\\d{6}' }, 'replace')
const one = policy([emp])
const policyReplacing = policy([named])

const base64 = (text: string) => Buffer.from(text).toString('base64')
const base64url = (text: string) => Buffer.from(text).toString('base64url')

describe('text in other letters', () => {
  it.each([
    ['percent-encoding', 'q=%45MP%2D123456&x', 'q=**********&x'],
    ['percent-encoding twice', 'q=EMP%252d123456&x', 'q=**********&x'],
    ['an entity', '<b>EMP&#45;123456</b>', '<b>**********</b>'],
    ['an entity in hex', 'EMP&#x2D;123456.', '**********.'],
    ['a named entity', '&lt;EMP&hyphen;123456&gt;', '&lt;**********&gt;'],
    ['\\u', 'EMP\\u002d123456 \\u0041', '********** \\u0041'],
    ['\\u{}', 'EMP\\u{2d}123456', '**********'],
    ['\\x', '\\x45MP-123456', '**********'],
    ['a character without width', 'EMP\u200b-123\u200d456!', '**********!'],
    ['a soft hyphen', 'EMP-123\u00ad456!', '**********!'],
    ['full-width digits', 'EMP-１２３４５６！', '**********！'],
    ['full-width letters', 'ＥＭＰ－123456', '**********'],
    ['Arabic digits', 'EMP-١٢٣٤٥٦', '**********'],
    ['another dash', 'EMP\u2010123456 EMP\u2212123456', '********** **********'],
    ['all together', 'a %45MP-123456 EMP&#45;123456 EMP\u200b-123456', 'a ********** ********** **********'],
    ['found both ways once', 'EMP-123456%20EMP-123456', '**********%20**********'],
  ])('%s', (_, input, output) => {
    expect(inspect(one, 'text', [input]).text).toBe(output)
    const json = inspect(one, 'json', [JSON.stringify({ log: input, n: 1 })])
    expect(JSON.parse(json.text)).toEqual({ log: output, n: 1 })
    const nested = inspect(one, 'json', [JSON.stringify({ log: JSON.stringify({ message: input }) })])
    expect(JSON.parse(JSON.parse(nested.text).log)).toEqual({ message: output })
  })

  it.each([
    '100%',
    '%',
    '%4',
    '%zz',
    '&',
    '&#;',
    '&#x;',
    '&#99999999;',
    '&#xd800;',
    '\\u12',
    '\\u{}',
    '\\u{110000}',
    '\\x4',
    '\\',
    '\u2019 “quoted” …',
    'a\u200b',
    '漢字、かな',
    '\ud83d\ude42',
  ])('leaves alone: %j', (input) => {
    const result = inspect(one, 'json', [JSON.stringify({ log: input })])
    expect(result.untouched).toBe(true)
    expect(result.counts.services[0].failures).toEqual({})
  })

  it('counts what is found raw and decoded once', () => {
    const { counts } = inspect(one, 'text', [
      'EMP-123456%20x\n',
      'EMP%2d123456\n',
      `${base64('id EMP-123456 is in')}\n`,
    ])
    expect(counts.findings[0]).toMatchObject({ matches: 3, records: 3 })
  })

  it.each([
    ['percent', 'a=EMP%2d123456&b=1', 'a=%5BX%26%22%5D&b=1'],
    ['entities', '<a>EMP&#45;123456</a>', '<a>[X&amp;&quot;]</a>'],
    ['backslashes', '"EMP\\u002d123456"', '"[X&\\"]"'],
  ])('writes a replacement as its place wants it: %s', (_, input, output) => {
    const tricky = rule('emp', { pattern: 'EMP-\\d{6}' }, { type: 'replace', template: '[X&"]' })
    expect(inspect(policy([tricky]), 'text', [input]).text).toBe(output.replace('%5B', '[').replace('%5D', ']'))
  })
})

describe('base64', () => {
  it.each([
    ['alone', base64('EMP-123456')],
    ['in text', `body=${base64('the id EMP-123456 is here')}; done`],
    ['of URLs', `x/${base64url('ÿÿÿ?>?> EMP-123456 ~~')}/y`],
    ['at its end', base64('here is EMP-123456')],
    ['several', base64('EMP-123456 EMP-123456EMP-123456,EMP-123456')],
    ['in base64', base64(`inner ${base64('the id EMP-123456 is here')} end`)],
    ['JSON', base64(JSON.stringify({ a: 'EMP-123456', b: [1, 'EMP-123456'] }))],
    ['percent-encoding', base64('x=EMP%2d123456&y=1')],
    ['in percent-encoding', encodeURIComponent(base64('id EMP-123456?'))],
    ['behind a word', `token_${base64('the id EMP-123456 is here')}`],
    ['behind a path', `/v1/items/${base64('the id EMP-123456 is here')}`],
  ])('%s', (_, input) => {
    for (const policyOf of [one, policy([named])]) {
      const { text, counts } = inspect(policyOf, 'text', [input])
      expect(text).not.toBe(input)
      expect(unfolded(text)).not.toContain('EMP-123456')
      expect(unfolded(text)).toMatch(/\*{10}|\[REDACTED:emp\]/)
      expect(counts.services[0].failures).toEqual({})
    }
  })

  it('keeps what is around the finding, and its padding', () => {
    const { text } = inspect(one, 'text', [`a=${base64('left EMP-123456 right!')}&b`])
    expect(text).toBe(`a=${base64('left ********** right!')}&b`)
  })

  it('keeps JSON in it valid, also when a member goes', () => {
    const password = rule('pw', { field: ['password'] }, 'drop_field')
    const secret = { user: 'jane', password: 'EMP-123456', n: 1 }
    const { text } = inspect(policy([password]), 'json', [JSON.stringify({ data: base64(JSON.stringify(secret)) })])
    const data = Buffer.from(JSON.parse(text).data, 'base64').toString()
    expect(JSON.parse(data)).toEqual({ user: 'jane', n: 1 })
  })

  it.each([
    'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
    '/usr/local/lib/python3/site-packages/requests',
    'checkout-7d9f8b6c5-x2x4p-and-more-of-it',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    '=====================',
    '--------------------------------',
    base64('nothing to be found in here'),
  ])('leaves alone %s', (input) => {
    expect(inspect(one, 'text', [input]).untouched).toBe(true)
  })
})

/** Everything that is written in other letters, out of them, as often as there is something. */
function unfolded(text: string, depth = 4): string {
  if (depth === 0) return text
  const decoded = text
    .replace(/(?:%[0-9a-f]{2})+/gi, (part) => decodeURIComponent(part))
    .replace(/[A-Za-z0-9+/_-]{14,}={0,2}/g, (run) => `${run} ${Buffer.from(run, 'base64').toString('latin1')}`)
  const parts = text.split(/[/_]/).map((part) => Buffer.from(part, 'base64').toString('latin1'))
  return text + unfolded(decoded, depth - 1) + parts.join(' ')
}

describe('budgets', () => {
  it('a record that decodes to more than the budget fails closed', () => {
    const { text, counts } = inspect(one, 'text', [`${'%41'.repeat(3_000_000)}EMP-123456\n`])
    expect(text).not.toContain('EMP')
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })

  it('a base64 bomb fails closed', () => {
    let bomb = 'EMP-123456 is the id'
    for (let i = 0; i < 20; i++) bomb = base64(bomb)
    const { text, counts } = inspect(one, 'text', [bomb])
    expect(text).toMatch(/^\*+$/)
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })

  it('so does JSON in a string with too many boxes in one another', () => {
    const deep = `${'['.repeat(70)}"EMP-123456"${']'.repeat(70)}`
    const { text, counts } = inspect(one, 'json', [JSON.stringify({ log: deep })])
    expect(text).not.toContain('EMP')
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })

  it('JSON nested deeper than the limit fails closed', () => {
    let deep = JSON.stringify('EMP-123456')
    for (let i = 0; i < 18; i++) deep = JSON.stringify([deep])
    const { text, counts } = inspect(one, 'json', [JSON.stringify({ a: [deep] })])
    expect(text).not.toContain('EMP')
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })
})

const wrappers: Record<string, (text: string) => string> = {
  percent: (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  component: encodeURIComponent,
  entities: (text) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join(''),
  unicode: (text) => text.replace(/[\s\S]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  hex: (text) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  base64: (text) => base64(`some text ${text} and more`),
  base64url: (text) => base64url(`some text ${text} and more`),
  json: (text) => JSON.stringify({ a: text }),
  invisible: (text) => [...text].join('\u200b'),
  fullWidth: (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
}

/** One forward frame with one event. */
function event(record: unknown): Buffer {
  const body = Buffer.from(encode([1, record]))
  const head = Buffer.of(0xc6, 0, 0, 0, 0)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.of(0x92), encode('t'), head, body])
}

describe('a member with a finding in other letters', () => {
  const dropped = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_field')])
  const values = ['q=EMP%2d123456', base64('the id EMP-123456 is here'), base64('{"a":"EMP-123456"}')]

  it.each(values)('goes, where the rule drops it: %s', (value) => {
    const { text } = inspect(dropped, 'json', [JSON.stringify({ a: value, n: 1 })])
    const left = JSON.parse(text)
    expect(left.n).toBe(1)
    if (value !== values[2]) expect(left).toEqual({ n: 1 })
    else expect(Buffer.from(left.a, 'base64').toString().trim()).toMatch(/^\{\s*\}$/)
  })

  it.each(values)('in msgpack too: %s', (value) => {
    const { bytes } = inspect(dropped, 'msgpack', [event({ a: value, n: 1 })])
    const [[, events]] = [...decodeMulti(bytes)] as [string, Uint8Array][]
    expect(decode(events)).toMatchObject([1, { n: 1 }])
    expect(Buffer.from(bytes).includes('EMP')).toBe(false)
  })
})

describe('for any wrapping', () => {
  it('msgpack: the value is found, and lengths are right', () => {
    const names = fc.array(fc.constantFrom(...Object.keys(wrappers)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(names, (chain) => {
        let value = 'EMP-123456'
        for (const name of chain) value = wrappers[name](value)
        fc.pre(value.length < 20_000)
        const { bytes, counts } = inspect(policyReplacing, 'msgpack', [event({ log: value, n: 'EMP-1', m: [value] })])
        const [[, events]] = [...decodeMulti(bytes)] as [string, Uint8Array][]
        expect(decode(events)).toMatchObject([1, { n: 'EMP-1' }])
        expect(counts.findings[0]?.matches, `${chain}`).toBe(2)
        expect(inspect(policyReplacing, 'msgpack', [bytes]).counts.findings, `${chain}`).toEqual([])
      }),
      { numRuns: 200, seed: 22 },
    )
  })

  it('the value is found, and the record stays JSON', () => {
    const names = fc.array(fc.constantFrom(...Object.keys(wrappers)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(names, fc.boolean(), (chain, inObject) => {
        let value = 'EMP-123456'
        for (const name of chain) value = wrappers[name](value)
        const record = inObject ? { log: value } : { log: `x=${value} y` }
        fc.pre(value.length < 20_000)
        const { text, counts } = inspect(one, 'json', [JSON.stringify(record)])
        expect(() => JSON.parse(text)).not.toThrow()
        expect(counts.findings[0]?.matches, `${chain}`).toBe(1)
        expect(inspect(one, 'json', [text]).counts.findings, `${chain}: ${text}`).toEqual([])
      }),
      { numRuns: 400, seed: 21 },
    )
  })
})
