import { describe, expect, it } from 'vitest'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const field = rule('pw', { field: ['password', 'api key'] }, 'replace')
const dropped = rule('pw', { field: ['password'] }, 'drop_field')

describe('json in place', () => {
  it.each([
    ['a string value', emp, '{"a":"x EMP-123456 y"}', '{"a":"x ********** y"}'],
    ['twice in one value', emp, '{"a":"EMP-123456,EMP-654321"}', '{"a":"**********,**********"}'],
    ['a key', emp, '{"EMP-123456":1}', '{"**********":1}'],
    [
      'white space and order are kept',
      emp,
      ' { "b" : 1.50 , "a" : "EMP-123456" }\n',
      ' { "b" : 1.50 , "a" : "**********" }\n',
    ],
    ['an escape within the value', emp, '{"a":"EMP\\u002d123456\\n"}', '{"a":"**********\\n"}'],
    ['a surrogate pair before it', emp, '{"a":"\\ud83d\\ude42 EMP-123456"}', '{"a":"\\ud83d\\ude42 **********"}'],
    ['an escaped slash stays as it was', emp, '{"a":"\\/EMP-123456\\/"}', '{"a":"\\/**********\\/"}'],
    ['an array', emp, '["EMP-123456",["EMP-123456"]]', '["**********",["**********"]]'],
    ['duplicate keys', emp, '{"a":"EMP-123456","a":"EMP-123456"}', '{"a":"**********","a":"**********"}'],
    ['__proto__', emp, '{"__proto__":{"x":"EMP-123456"}}', '{"__proto__":{"x":"**********"}}'],
    ['a bare string', emp, '"EMP-123456"', '"**********"'],
    ['JSON in a string', emp, '{"log":"{\\"a\\":\\"EMP-123456\\"}"}', '{"log":"{\\"a\\":\\"**********\\"}"}'],
    [
      'JSON in a string in a string',
      emp,
      JSON.stringify({ l: JSON.stringify({ m: JSON.stringify({ a: 'EMP-123456' }) }) }),
      JSON.stringify({ l: JSON.stringify({ m: JSON.stringify({ a: '**********' }) }) }),
    ],
    [
      'a field in JSON in a string',
      field,
      '{"log":"{\\"password\\":\\"x\\\\\\"y\\"}"}',
      '{"log":"{\\"password\\":\\"[REDACTED:pw]\\"}"}',
    ],
    [
      'a field by its end',
      field,
      '{"dbPassword":"s3cret","x-api-key":"k"}',
      '{"dbPassword":"[REDACTED:pw]","x-api-key":"[REDACTED:pw]"}',
    ],
    ['an escaped key', field, '{"pass\\u0077ord":"s3cret"}', '{"pass\\u0077ord":"[REDACTED:pw]"}'],
    [
      'what lies below a sensitive field',
      field,
      '{"password":{"a":["s3cret",12345]}}',
      '{"password":{"a":["[REDACTED:pw]","[REDACTED:pw]"]}}',
    ],
    ['null and booleans stay', field, '{"password":null,"api_key":true}', '{"password":null,"api_key":true}'],
    ['drop the only member', dropped, '{"password":"x"}', '{}'],
    ['drop the first member', dropped, '{"password":"x", "b":1}', '{"b":1}'],
    ['drop the last member', dropped, '{"b":1 , "password":"x" }', '{"b":1  }'],
    ['drop two in front', dropped, '{"password":"x","pass_password":1234,"b":1}', '{"b":1}'],
    [
      'drop below a sensitive field',
      dropped,
      '{"password":"x","db_password":{"y":"z"},"b":1}',
      '{"db_password":{},"b":1}',
    ],
    ['drop several in a row', dropped, '{"b":1,"password":"x","password":"y","c":2,"password":"z"}', '{"b":1,"c":2}'],
    ['drop all', dropped, '{"password":"x","password":"y"}', '{}'],
    [
      'drop inside JSON in a string',
      dropped,
      '{"l":"{\\"password\\":\\"x\\",\\"b\\":\\"\\\\n\\"}"}',
      '{"l":"{\\"b\\":\\"\\\\n\\"}"}',
    ],
  ])('%s', (_, one, input, output) => {
    const result = inspect(policy([one]), 'json', [input])
    expect(result.text).toBe(output)
    if (input.trim() !== '"EMP-123456"') expect(() => JSON.parse(result.text)).not.toThrow()
  })

  it.each([
    [
      'mask leaves a number',
      rule('n', { pattern: '\\d{8,}' }, { type: 'mask', keep_last: 2 }),
      '{"n":1234567890}',
      '{"n":90}',
    ],
    ['mask of all digits is zero', rule('n', { pattern: '\\d{8,}' }), '{"n":-1234567890.5e3}', '{"n":-0.5e3}'],
    [
      'replace makes a string',
      rule('n', { pattern: '\\d{8,}' }, 'replace'),
      '{"n":1234567890}',
      '{"n":"[REDACTED:n]"}',
    ],
    [
      'in JSON in a string',
      rule('n', { pattern: '\\d{8,}' }, 'replace'),
      '{"l":"{\\"n\\":1234567890}"}',
      '{"l":"{\\"n\\":\\"[REDACTED:n]\\"}"}',
    ],
  ])('numbers: %s', (_, one, input, output) => {
    const { text } = inspect(policy([one]), 'json', [input])
    expect(text).toBe(output)
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it.each([
    ['beyond ASCII', { pattern: 'clé-\\d+', anchors: ['clé-'] }, 'la clé-77', 'la ******'],
    ['beyond ASCII, without case', { pattern: 'clé-\\d+', anchors: ['clé-'], ignore_case: true }, 'CLÉ-77', '******'],
    ['that is no plain letter', { pattern: '\\[id\\]=\\d+', anchors: ['[id]='] }, 'x [id]=12', 'x *******'],
    [
      'longer than what is looked for',
      { pattern: 'a{20}\\d', anchors: ['a'.repeat(20)] },
      `${'a'.repeat(20)}1`,
      '*'.repeat(21),
    ],
  ])('an anchor of an operator %s', (_, find, input, output) => {
    expect(inspect(policy([rule('own', find)]), 'json', [JSON.stringify({ log: input })]).text).toBe(
      JSON.stringify({ log: output }),
    )
  })

  it('returns the very bytes when nothing was found', () => {
    const result = inspect(policy([emp, field]), 'json', [
      '{"a":1e400,"b":"\\ud800","c":[1,2,{"d":null}]}\n',
      '{}\n',
      '\n',
    ])
    expect(result.untouched).toBe(true)
    expect(result.counts.services).toEqual([
      { service: 'unknown_service', records: 2, affected: 0, dropped: 0, failures: {} },
    ])
  })

  it.each([
    '{"a":"EMP-123456"',
    '{"a":EMP-123456}',
    '{"a" "EMP-123456"}',
    '["EMP-123456",]',
    '{"a":1}{"b":"EMP-123456"}',
    '"EMP-123456',
    '{"a":tru}',
    '-',
  ])('fails closed on what is no JSON: %s', (input) => {
    const { text, counts } = inspect(policy([emp]), 'json', ['{"ok":1}\n', `${input}\n`, '{"ok":2}\n'])
    expect(text).not.toContain('EMP')
    expect(text).toBe(`{"ok":1}\n{"logveil_unreadable":"malformed","bytes":${input.length + 1}}\n{"ok":2}\n`)
    expect(counts.services[0].failures).toEqual({ malformed: 1 })
    const strict = inspect(policy([emp], { on_error: 'drop' }), 'json', ['{"ok":1}\n', `${input}\n`])
    expect(strict.text).toBe('{"ok":1}\n')
    expect(strict.ends).toEqual(Uint32Array.of(9))
  })

  it('fails closed on endless nesting, and survives it', () => {
    const deep = `${'['.repeat(100_000)}"EMP-123456"${']'.repeat(100_000)}`
    const { text, counts } = inspect(policy([emp]), 'json', [deep])
    expect(text).toContain('too_deep')
    expect(counts.services[0].failures).toEqual({ too_deep: 1 })
  })

  it('redacts 10,000 findings in one record', () => {
    const input = JSON.stringify({ a: Array.from({ length: 10_000 }, () => 'EMP-123456') })
    const { text, counts } = inspect(policy([emp]), 'json', [input])
    expect(text).not.toContain('EMP')
    expect(counts.findings[0]).toMatchObject({ matches: 10_000, records: 1 })
  })

  it('masks every leaf, keys too, of a record over its budget', () => {
    const inspector = new Inspector(policy([emp]))
    // Known from before: a key in which nothing can be found, a field that is not scanned, a number of few digits.
    const known = batchOf(['{"other":"harmless","trace_id":"abcdef","n":123}'])
    inspector.inspect('json', known.bytes, known.ends, 'app')
    const record = { other: 'harmless', trace_id: 'abcdef', n: 123, a: 'EMP-123456 '.repeat(30_000) }
    const { bytes, ends } = batchOf([JSON.stringify(record)])
    const { counts, ...result } = inspector.inspect('json', bytes, ends, 'app')
    const text = Buffer.from(result.bytes).toString()
    expect(text).not.toMatch(/EMP|harmless|other|trace|abcdef|123/)
    expect(() => JSON.parse(text)).not.toThrow()
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })

  it('puts a marker in the place of a record with too many leaves to mask', () => {
    const input = JSON.stringify({ a: Array.from({ length: 30_000 }, () => 'EMP-123456') })
    const { text } = inspect(policy([emp]), 'json', ['{"ok":1}\n', `${input}\n`, '{"ok":2}\n'])
    expect(text).toBe(`{"ok":1}\n{"logveil_unreadable":"over_budget","bytes":${input.length + 1}}\n{"ok":2}\n`)
  })

  it('fails closed on a record of very many new keys', () => {
    const input = JSON.stringify(
      Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`key${i}`, 'EMP-123456'])),
    )
    const { text, counts } = inspect(policy([emp]), 'json', [input])
    expect(text).not.toContain('EMP')
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
    const inside = inspect(policy([emp]), 'json', [JSON.stringify({ log: input })])
    expect(inside.text).not.toContain('EMP')
    expect(inside.counts.services[0].failures).toEqual({ over_budget: 1 })
  })
})
