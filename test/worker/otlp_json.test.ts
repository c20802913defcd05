// OTLP's JSON, walked and spliced in place.
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/core/policy.ts'
import type { Plain } from '../wire/otlp_schema.ts'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const SECRET = 'EMP-123456'
const MASKED = '**********'
const FINE = { body: { stringValue: 'fine' } }
const base64 = (text: string) => Buffer.from(text).toString('base64')

function requestOf(records: Plain[], resource: Plain = {}, scope: Plain = {}): string {
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: records }] }] })
}

function recordsOf(text: string): Plain[] {
  return JSON.parse(text).resourceLogs.flatMap((of: Plain) => of.scopeLogs.flatMap((scope: Plain) => scope.logRecords))
}

/** The record after it went through, between two others that must not change. */
function redactRecord(
  record: Plain,
  one: Parameters<typeof policy>[0][number] = emp,
  more: Partial<Policy> = {},
): Plain {
  const { text } = inspect(policy([one], more), 'otlp_json', [requestOf([FINE, record, FINE])])
  const records = recordsOf(text)
  expect([records[0], records.at(-1)]).toEqual([FINE, FINE])
  return records[1]
}

function reasons(counts: ReturnType<typeof inspect>['counts']): Record<string, number> {
  return Object.assign({}, ...counts.services.map(({ failures }) => failures))
}

const one = (key: string, value: Plain) => ({ attributes: [{ key, value }] })

describe('requests in JSON in place', () => {
  it.each<[string, Plain, Plain]>([
    ['a body', { body: { stringValue: `"x" ${SECRET}\n` } }, { body: { stringValue: `"x" ${MASKED}\n` } }],
    ['an attribute', one('a', { stringValue: SECRET }), one('a', { stringValue: MASKED })],
    ['a key', one(SECRET, {}), one(MASKED, {})],
    ['bytes', { body: { bytesValue: base64(`a ${SECRET} z`) } }, { body: { bytesValue: base64(`a ${MASKED} z`) } }],
    [
      'JSON in bytes',
      { body: { bytesValue: base64(`{"a":"\\u0045MP-123456"}`) } },
      { body: { bytesValue: base64(`{"a":"${MASKED}"}`) } },
    ],
    ['base64 for URLs', { body: { bytesValue: '77-_RU1QLTEyMzQ1Ng' } }, { body: { bytesValue: '77-_KioqKioqKioqKg' } }],
    ['base64 that is none', { body: { bytesValue: `!${SECRET}` } }, { body: { bytesValue: `!${MASKED}` } }],
    [
      'arrays and maps',
      {
        body: {
          arrayValue: { values: [{ kvlistValue: { values: [{ key: SECRET, value: { stringValue: SECRET } }] } }] },
        },
      },
      {
        body: {
          arrayValue: { values: [{ kvlistValue: { values: [{ key: MASKED, value: { stringValue: MASKED } }] } }] },
        },
      },
    ],
    ['severity, event', { severityText: SECRET, eventName: SECRET }, { severityText: MASKED, eventName: MASKED }],
    [
      'names of the .proto files',
      { severity_text: SECRET, body: { string_value: SECRET } },
      { severity_text: MASKED, body: { string_value: MASKED } },
    ],
    ['members that nobody knows', { new: { [SECRET]: [SECRET, 1] } }, { new: { [MASKED]: [MASKED, 1] } }],
    [
      'values of the wrong kind',
      { severityText: [SECRET], body: SECRET, attributes: { a: SECRET } },
      { severityText: [MASKED], body: MASKED, attributes: { a: MASKED } },
    ],
    ['an id of another length', { traceId: SECRET, spanId: `ab${SECRET}` }, { traceId: MASKED, spanId: `ab${MASKED}` }],
    [
      'a time that is none',
      { timeUnixNano: `x${SECRET}`, flags: SECRET },
      { timeUnixNano: `x${MASKED}`, flags: MASKED },
    ],
  ])('%s', (_, record, expected) => {
    expect(redactRecord(record)).toEqual(expected)
  })

  it('a key has the value that stands before it', () => {
    const pw = rule('pw', { field: ['password'] })
    const attribute = '{"value":{"stringValue":"abc"},"k\\u0065y":"passw\\u006frd"}'
    const text = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[${attribute}]}]}]}]}`
    expect(inspect(policy([pw]), 'otlp_json', [text]).text).toBe(text.replace('"abc"', '"***"'))
  })

  it('numbers: zeros under mask, a string under replace, whatever they were written as', () => {
    const digits = rule('n', { pattern: '\\d{10,}' }, { type: 'mask', keep_last: 4 })
    const of = (value: Plain) => ({ body: value })
    expect(redactRecord(of({ intValue: '4111111111111111' }), digits)).toEqual(of({ intValue: '1111' }))
    expect(redactRecord(of({ intValue: -4111111111111111 }), digits)).toEqual(of({ intValue: -1111 }))
    expect(redactRecord(of({ doubleValue: 4111111111111111 }), digits)).toEqual(of({ doubleValue: 1111 }))
    const text = rule('n', { pattern: '\\d{10,}' }, 'replace')
    expect(redactRecord(of({ intValue: '4111111111111111' }), text)).toEqual(of({ stringValue: '[REDACTED:n]' }))
    expect(redactRecord(of({ doubleValue: 4111111111111111 }), text)).toEqual(of({ stringValue: '[REDACTED:n]' }))
  })

  it('drops members, elements and records, and the commas that they leave', () => {
    const drop = rule('pw', { field: ['password'] }, 'drop_field')
    const attributes = ['password', 'a', 'password', 'password'].map((key) => ({ key, value: { stringValue: 'x' } }))
    expect(redactRecord({ attributes, body: FINE.body }, drop)).toEqual({ ...one('a', { stringValue: 'x' }), ...FINE })
    const dropEmp = rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_field')
    expect(redactRecord({ eventName: SECRET, body: { stringValue: SECRET }, severityText: 'x' }, dropEmp)).toEqual({
      severityText: 'x',
    })
    expect(
      redactRecord({ body: { arrayValue: { values: [{ stringValue: SECRET }, { intValue: '1' }] } } }, dropEmp),
    ).toEqual({
      body: { arrayValue: { values: [{ intValue: '1' }] } },
    })
    const whole = rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_record')
    for (let bits = 0; bits < 16; bits++) {
      const records = [1, 2, 4, 8].map((bit) =>
        (bits & bit) === 0 ? FINE : { body: { stringValue: `, ${SECRET} ,` } },
      )
      const { text, counts } = inspect(policy([whole]), 'otlp_json', [
        JSON.stringify(JSON.parse(requestOf(records)), null, bits % 3),
        requestOf([FINE]),
      ])
      const dropped = records.filter((record) => record !== FINE).length
      expect(recordsOf(text.slice(0, text.lastIndexOf('{"resourceLogs"')))).toEqual(
        records.filter((record) => record === FINE),
      )
      expect(counts.services[0]).toMatchObject({ records: 5, dropped })
    }
  })

  it('resource and scope, wherever they stand, and services', () => {
    const pay = {
      attributes: [
        { key: 'service.name', value: { stringValue: 'pay' } },
        { key: 'x', value: { stringValue: SECRET } },
      ],
    }
    const text = JSON.stringify({
      extra: SECRET,
      resourceLogs: [
        {
          scopeLogs: [{ logRecords: [FINE, FINE], schemaUrl: SECRET, scope: { name: SECRET, version: 1 } }],
          schemaUrl: SECRET,
          resource: { ...pay, entityRefs: [{ type: SECRET, idKeys: [SECRET] }], droppedAttributesCount: 1 },
        },
        { scopeLogs: [{ logRecords: [FINE] }] },
        SECRET,
      ],
    })
    const from = policy([emp], { service_from: ['@group.resource.attributes.service.name'] })
    const out = inspect(from, 'otlp_json', [text])
    expect(out.text).toBe(text.replaceAll(SECRET, MASKED))
    expect(out.counts.services.map(({ service, records }) => [service, records]).sort()).toEqual([
      ['pay', 2],
      ['unknown_service', 1],
    ])
  })

  it('ids, times and enums never change', () => {
    const fixed = {
      timeUnixNano: '4111111111111111',
      observedTimeUnixNano: 4111111111111111,
      severityNumber: 9,
      traceId: '41111111111111114111111111111111',
      spanId: '4111111111111111',
      flags: 411111111,
      droppedAttributesCount: 411111111,
    }
    const all = rule('digits', { pattern: '\\d{4,}' })
    expect(redactRecord({ ...fixed, body: { stringValue: '12345' } }, all)).toEqual({
      ...fixed,
      body: { stringValue: '*****' },
    })
  })
})

describe('requests in JSON without a finding keep their very bytes', () => {
  it.each([
    ['white space', ' {\n"resourceLogs" : [ {"scopeLogs":[ {"logRecords": [ { } , {"body" : { } } ] } ] } ] }\n'],
    ['integers beyond 2^53 as numbers', requestOf([{ body: { intValue: 1 } }]).replace(':1}', ':9007199254740993}')],
    ['duplicate members', '{"resourceLogs":[],"resourceLogs":[{"resource":{},"resource":{}}]}'],
    ['nothing', '{}'],
    ['an empty line', ' \n'],
    ['null', '{"resourceLogs":null}'],
  ])('%s', (_, text) => {
    const result = inspect(policy([emp]), 'otlp_json', [text])
    expect(reasons(result.counts)).toEqual({})
    expect(result.untouched).toBe(true)
  })
})

describe('requests in JSON that cannot be read', () => {
  it.each([
    `garbage ${SECRET}`,
    `["${SECRET}"]`,
    `"${SECRET}"`,
    `{"a":"${SECRET}"`,
    `{"a":"${SECRET}"} x`,
    '{"a":"\\x"}',
  ])('are replaced whole: %s', (text) => {
    const out = inspect(policy([emp]), 'otlp_json', [`${text}\n`, `${requestOf([FINE])}\n`])
    const [marker, fine] = out.text.trim().split('\n')
    expect(recordsOf(marker)[0].body.kvlistValue.values[0].value).toEqual({ stringValue: 'malformed' })
    expect(recordsOf(fine)).toEqual([FINE])
    expect(reasons(out.counts)).toEqual({ malformed: 1 })
    expect(inspect(policy([emp], { on_error: 'drop' }), 'otlp_json', [`${text}\n`]).text).toBe('')
  })

  it('nesting beyond the limit: a marker stands for the record, or for the resource', () => {
    const deep = (levels: number) => {
      let value: Plain = { stringValue: SECRET }
      for (let i = 0; i < levels; i++) value = { arrayValue: { values: [value] } }
      return value
    }
    const { text, counts } = inspect(policy([emp]), 'otlp_json', [
      requestOf([{ body: deep(65) }, { body: deep(64) }, FINE], one('a', deep(65)), one('a', deep(65))),
    ])
    const [marker, masked, fine] = recordsOf(text)
    expect(marker.body.kvlistValue.values[0].value).toEqual({ stringValue: 'too_deep' })
    expect(JSON.stringify(masked)).toBe(JSON.stringify({ body: deep(64) }).replace(SECRET, MASKED))
    expect(fine).toEqual(FINE)
    expect(JSON.parse(text).resourceLogs[0].resource.attributes[0].key).toBe('logveil_unreadable')
    expect(JSON.parse(text).resourceLogs[0].scopeLogs[0].scope.attributes[0].key).toBe('logveil_unreadable')
    expect(reasons(counts)).toEqual({ too_deep: 3 })
    const dropped = inspect(policy([emp], { on_error: 'drop' }), 'otlp_json', [
      requestOf([{ body: deep(65) }, FINE], one('a', deep(65)), one('a', deep(65))),
    ])
    expect(JSON.parse(dropped.text)).toEqual({
      resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords: [FINE] }] }],
    })
    const endless = `{"resourceLogs":${'['.repeat(10_000)}"${SECRET}"${']'.repeat(10_000)}}`
    expect(inspect(policy([emp]), 'otlp_json', [endless]).text).not.toContain(SECRET)
  })

  it('unknown members go when the policy says so, or when they are nested too deep', () => {
    const record = { new: SECRET, ...FINE, other: 1 }
    expect(redactRecord(record, emp, { unknown_fields: 'drop' })).toEqual(FINE)
    const deep = `{"deep":${'['.repeat(70)}"${SECRET}"${']'.repeat(70)},"body":{"stringValue":"fine"}}`
    const out = inspect(policy([emp]), 'otlp_json', [requestOf([FINE]).replace(JSON.stringify(FINE), deep)])
    expect(recordsOf(out.text)).toEqual([FINE])
    expect(reasons(out.counts)).toEqual({ unknown_field: 1 })
  })

  it('all is masked when it is told to, and stays a request', async () => {
    const { Inspector } = await import('../../src/worker/inspector.ts')
    const { batchOf } = await import('./harness.ts')
    const record = {
      timeUnixNano: '5',
      severityNumber: 9,
      body: { bytesValue: base64('text') },
      attributes: [{ key: 'key', value: { intValue: '77' } }],
    }
    const { bytes, ends } = batchOf([requestOf([record], one('host', { doubleValue: 1.5 }))])
    const result = new Inspector(policy([emp])).inspect('otlp_json', bytes, ends, 'app', true)
    expect(JSON.parse(Buffer.from(result.bytes).toString()).resourceLogs[0]).toEqual({
      resource: one('****', { doubleValue: 0 }),
      scopeLogs: [
        {
          scope: {},
          logRecords: [
            {
              timeUnixNano: '5',
              severityNumber: 9,
              body: { bytesValue: base64('****') },
              attributes: [{ key: '***', value: { intValue: '0' } }],
            },
          ],
        },
      ],
    })
  })
})
