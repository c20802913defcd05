// OTLP logs in protobuf, walked and spliced in place. @bufbuild/protobuf makes the requests and reads the results.
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/core/policy.ts'
import { anyValue, type Plain, pairs, recordsOf, request, requestBytes, requestPlain } from '../wire/otlp_schema.ts'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const SECRET = 'EMP-123456'
const MASKED = '**********'
const SERVICE = '@group.resource.attributes.service.name'

/** The record after it went through, between two others that must not change. */
function redactRecord(
  record: Plain,
  one: Parameters<typeof policy>[0][number] = emp,
  more: Partial<Policy> = {},
): Plain {
  const before = { body: { stringValue: 'before' } }
  const after = { body: { stringValue: 'after' } }
  const { bytes } = inspect(policy([one], more), 'otlp', [request([before, record, after])])
  const records = recordsOf(bytes)
  expect(records[0]).toEqual(before)
  expect(records.at(-1)).toEqual(after)
  return records[1]
}

/** A field put by hand: `tag` may be any number, the content any bytes. */
function rawField(tag: number[], content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  return Buffer.concat([Buffer.from(tag), Buffer.from(length), bytes])
}

/** A request whose only record has these bytes. */
function rawRecord(record: Uint8Array): Buffer {
  return rawField([0x0a], rawField([0x12], rawField([0x12], record)))
}

describe('OTLP requests in place', () => {
  it.each<[string, Plain, Plain]>([
    ['a body', { body: { stringValue: `x ${SECRET} y` } }, { body: { stringValue: `x ${MASKED} y` } }],
    ['an attribute', { attributes: pairs({ a: SECRET }) }, { attributes: pairs({ a: MASKED }) }],
    ['a key', { attributes: pairs({ [SECRET]: 'v' }) }, { attributes: pairs({ [MASKED]: 'v' }) }],
    [
      'maps and arrays within',
      { body: anyValue({ a: [1, SECRET, { [SECRET]: [SECRET] }] }) },
      { body: anyValue({ a: [1, MASKED, { [MASKED]: [MASKED] }] }) },
    ],
    ['bytes', { body: anyValue(Buffer.from(`b ${SECRET}`)) }, { body: anyValue(Buffer.from(`b ${MASKED}`)) }],
    [
      'JSON in a string',
      { body: { stringValue: `{"a":"${SECRET}"}` } },
      { body: { stringValue: `{"a":"${MASKED}"}` } },
    ],
    ['percent signs', { body: { stringValue: 'q=EMP%2D123456' } }, { body: { stringValue: `q=${MASKED}` } }],
    [
      'base64 in text',
      { body: { stringValue: `v ${Buffer.from(`ab ${SECRET}`).toString('base64')} w` } },
      { body: { stringValue: `v ${Buffer.from(`ab ${MASKED}`).toString('base64')} w` } },
    ],
    ['severity text', { severityText: SECRET }, { severityText: MASKED }],
    ['an event name', { eventName: SECRET }, { eventName: MASKED }],
  ])('%s', (_, record, expected) => {
    expect(redactRecord(record)).toEqual(expected)
  })

  it('resource, scope, schema URLs and entity references', () => {
    const plain = (secret: string) => ({
      resourceLogs: [
        {
          resource: {
            attributes: pairs({ 'process.command_line': `run ${secret}`, list: [secret] }),
            entityRefs: [
              { schemaUrl: `http://x/${secret}`, type: secret, idKeys: ['a', secret], descriptionKeys: [secret] },
            ],
          },
          schemaUrl: `http://x/?q=${secret}`,
          scopeLogs: [
            {
              scope: { name: secret, version: secret, attributes: pairs({ s: secret }) },
              schemaUrl: secret,
              logRecords: [{ body: { stringValue: 'fine' } }],
            },
          ],
        },
      ],
    })
    const { bytes, counts } = inspect(policy([emp]), 'otlp', [requestBytes(plain(SECRET))])
    expect(requestPlain(bytes)).toEqual(plain(MASKED))
    expect(counts.services).toEqual([{ service: 'unknown_service', records: 1, affected: 0, dropped: 0, failures: {} }])
    expect(counts.findings.reduce((sum, { matches }) => sum + matches, 0)).toBe(11)
  })

  it('the lengths around an edit are mended, however wide they become', () => {
    const long = rule('emp', { pattern: 'EMP-\\d{6}' }, { type: 'replace', template: 'r'.repeat(200) })
    const body = (secret: string) => anyValue({ a: { b: ['y'.repeat(100), secret, 'z'.repeat(16_200)] } })
    expect(redactRecord({ body: body(SECRET) }, long)).toEqual({ body: body('r'.repeat(200)) })
    const short = rule('emp', { pattern: 'x{120,}' }, { type: 'replace', template: '-' })
    expect(redactRecord({ attributes: pairs({ a: 'x'.repeat(20_000) }) }, short)).toEqual({
      attributes: pairs({ a: '-' }),
    })
  })

  it('drops members, elements, texts and records', () => {
    const drop = rule('pw', { field: ['password'] }, 'drop_field')
    expect(
      redactRecord(
        { attributes: pairs({ password: 'a', b: { password: 'c', d: 1 } }), body: anyValue({ password: ['e'] }) },
        drop,
      ),
    ).toEqual({ attributes: pairs({ b: { d: 1 } }), body: anyValue({ password: [] }) })
    const dropEmp = rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_field')
    expect(redactRecord({ body: anyValue([SECRET, 'b']), eventName: SECRET }, dropEmp)).toEqual({
      body: anyValue(['b']),
    })
    expect(redactRecord({ body: anyValue(SECRET), severityText: 'INFO' }, dropEmp)).toEqual({ severityText: 'INFO' })
    const whole = rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_record')
    const { bytes, counts } = inspect(policy([whole]), 'otlp', [
      request([{ body: anyValue('a') }, { body: anyValue(SECRET) }]),
      request([{ body: anyValue(SECRET) }]),
    ])
    expect(recordsOf(bytes)).toEqual([{ body: anyValue('a') }])
    expect(counts.services[0]).toMatchObject({ records: 3, dropped: 2 })
  })

  it('numbers: zeros under mask, a string under replace', () => {
    const digits = rule('n', { pattern: '\\d{10,}' }, { type: 'mask', keep_last: 4 })
    const of = (n: Plain, m: Plain) => ({ attributes: pairs({ n, m, k: 5n }), body: anyValue(n) })
    expect(redactRecord(of(4111111111111111n, 4111111111111111), digits)).toEqual(of(1111n, 1111))
    expect(redactRecord(of(-4111111111111111n, 1e10), digits)).toEqual(of(-1111n, 0))
    const text = rule('n', { pattern: '\\d{10,}' }, 'replace')
    expect(redactRecord(of(4111111111111111n, 4111111111111111), text)).toEqual(of('[REDACTED:n]', '[REDACTED:n]'))
    const pin = rule('n', { field: ['pin'] })
    expect(redactRecord({ attributes: pairs({ pin: 1234n, db_pin: -77n, f_pin: 12.5 }) }, pin)).toEqual({
      attributes: pairs({ pin: 0n, db_pin: 0n, f_pin: 0 }),
    })
  })

  it('names services by the resource, or by the better place in the record', () => {
    const resource = (name: string) => ({ attributes: pairs({ 'service.name': name }) })
    const of = (name: string, records: Plain[]) => ({
      resource: resource(name),
      scopeLogs: [{ logRecords: records }, {}],
    })
    const plain = {
      resourceLogs: [
        of('pay', [{ body: anyValue('a') }, { body: anyValue({ service: 'own' }) }]),
        { scopeLogs: [{ logRecords: [{}, {}] }] },
        { scopeLogs: [{ logRecords: [{}] }], resource: resource('late') },
      ],
    }
    const { counts } = inspect(policy([emp], { service_from: ['service', SERVICE] }), 'otlp', [requestBytes(plain)])
    expect(Object.fromEntries(counts.services.map(({ service, records }) => [service, records]))).toEqual({
      pay: 1,
      own: 1,
      unknown_service: 2,
      late: 1,
    })
  })

  it('gives the paths that forward events give to the same data', () => {
    const { counts } = inspect(policy([emp]), 'otlp', [
      request(
        [
          { body: anyValue({ user: { id: SECRET } }), attributes: pairs({ 'http.url': SECRET }), severityText: SECRET },
          { body: anyValue(SECRET) },
        ],
        { attributes: pairs({ host: SECRET }) },
      ),
    ])
    expect(counts.findings[0].paths.sort()).toEqual([
      '@group.resource.attributes.host',
      '@metadata.otlp.attributes.http.url',
      '@metadata.otlp.severity_text',
      'log',
      'user.id',
    ])
  })

  it('ids, times, flags and enums never change, not even when all is masked', () => {
    const fixed = {
      timeUnixNano: '4111111111111111',
      observedTimeUnixNano: '4111111111111111',
      severityNumber: 9,
      traceId: Buffer.from('4111111111111111').toString('base64'),
      spanId: Buffer.from('41111111').toString('base64'),
      flags: 411111111,
      droppedAttributesCount: 411111111,
    }
    const all = rule('digits', { pattern: '\\d{4,}' })
    expect(redactRecord({ ...fixed, attributes: pairs({ a: '12345' }) }, all)).toEqual({
      ...fixed,
      attributes: pairs({ a: '*****' }),
    })
  })
})

describe('OTLP requests without a finding', () => {
  it.each<[string, Uint8Array]>([
    ['all kinds of values', request([{ body: anyValue({ a: [null, true, 1n, 1.5, 'x', Buffer.from([0xff])] }) }])],
    ['lengths wider than they need be', Buffer.from('0a8900128600128300108900', 'hex')],
    ['an empty record, resource and scope', Buffer.from('0a0c0a001208 0a00 1200 1200 1200'.replaceAll(' ', ''), 'hex')],
    ['value before key', rawRecord(rawField([0x32], Buffer.from('12030a0178 0a0161'.replaceAll(' ', ''), 'hex')))],
    ['an attribute that is empty', rawRecord(Buffer.from('3200 32070a016112020a00 3200'.replaceAll(' ', ''), 'hex'))],
    ['nothing', new Uint8Array(0)],
    ['text that nobody knows', Buffer.concat([request([{}]), rawField([0x7a], 'new text')])],
  ])('keep their very bytes: %s', (_, bytes) => {
    const result = inspect(policy([emp]), 'otlp', [bytes, request([{ body: anyValue('b') }])])
    expect(result.counts.services.flatMap(({ failures }) => Object.keys(failures))).toEqual([])
    expect(result.untouched).toBe(true)
  })
})
