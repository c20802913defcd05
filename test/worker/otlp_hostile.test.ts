// OTLP requests as nobody should write them: fields that nobody knows, broken bytes, nesting without end. What cannot
// be read fails closed, and what is around it stays.
import { describe, expect, it } from 'vitest'
import { anyValue, pairs, recordsOf, request, requestMessage, requestPlain } from '../wire/otlp_schema.ts'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const SECRET = 'EMP-123456'
const MASKED = '**********'
const FINE = { body: { stringValue: 'fine' } }

/** A field put by hand: the tag may be any bytes, the content too. */
function field(tag: string, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  return Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(length), bytes])
}

const fine = field('12', field('2a', field('0a', 'fine')))

/** A request with one scope that holds these records, given as encoded LogRecords, and a good one behind them. */
function requestOf(...records: Uint8Array[]): Buffer {
  return field('0a', field('12', Buffer.concat([...records.map((record) => field('12', record)), fine])))
}

function reasons(counts: ReturnType<typeof inspect>['counts']): Record<string, number> {
  return Object.assign({}, ...counts.services.map(({ failures }) => failures))
}

describe('an OTLP record that cannot be read', () => {
  it.each<[string, Uint8Array]>([
    ['a group', Buffer.from('7b7c', 'hex')],
    ['types that do not exist', Buffer.from('7e', 'hex')],
    ['a known field in another type', field('0a', SECRET)],
    ['a text as a varint', Buffer.from('1805', 'hex')],
    ['a length past the end', Buffer.from('1a7f4142', 'hex')],
    ['a length of 4 GiB', Buffer.from('1affffffff0f4142', 'hex')],
    ['a length of more than 32 bits', Buffer.from('1affffffffff01', 'hex')],
    ['a varint of eleven bytes', Buffer.from('10ffffffffffffffffffff01', 'hex')],
    ['a varint of more than 64 bits', Buffer.from('10ffffffffffffffffff02', 'hex')],
    ['a fixed field cut off', Buffer.from('0900', 'hex')],
    ['the field zero', Buffer.from('0201', 'hex')],
    ['broken bytes within a value', field('2a', field('32', Buffer.from('0a050a', 'hex')))],
    ['broken bytes within a key', field('32', Buffer.from('0a0541', 'hex'))],
    ['a tag of more bytes than it needs', Buffer.concat([Buffer.from('9a00', 'hex'), field('', SECRET)])],
  ])('%s: a marker stands for it alone', (_, record) => {
    const { bytes, counts } = inspect(policy([emp]), 'otlp', [requestOf(record), request([FINE])])
    expect(recordsOf(bytes)).toEqual([
      { body: anyValue({ logveil_unreadable: 'malformed', bytes: BigInt(field('12', record).length) }) },
      FINE,
      FINE,
    ])
    expect(reasons(counts)).toEqual({ malformed: 1 })
    const strict = inspect(policy([emp], { on_error: 'drop' }), 'otlp', [requestOf(record)])
    expect(recordsOf(strict.bytes)).toEqual([FINE])
    expect(strict.counts.services[0]).toMatchObject({ records: 2, dropped: 1 })
  })

  it('10,000 maps within one another', () => {
    let value: Uint8Array = field('0a', SECRET)
    for (let i = 0; i < 10_000; i++) value = field('32', field('0a', field('12', value)))
    const { bytes, counts } = inspect(policy([emp]), 'otlp', [requestOf(field('2a', value))])
    expect(recordsOf(bytes).at(-1)).toEqual(FINE)
    expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
    expect(reasons(counts)).toEqual({ too_deep: 1 })
  })

  it('JSON in strings at any number of names is looked at', () => {
    const attributes = Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`name${i}`, `{"a":"${SECRET}"}`]))
    const { bytes } = inspect(policy([emp]), 'otlp', [request([{ attributes: pairs(attributes) }])])
    expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
    expect(recordsOf(bytes)[0].attributes).toHaveLength(9000)
  })

  it('nesting up to the limit is looked at', () => {
    const nest = (secret: string, levels: number) => {
      let value: unknown = secret
      for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value }
      return anyValue(value)
    }
    const { bytes } = inspect(policy([emp]), 'otlp', [
      request([{ body: nest(SECRET, 64) }, { body: nest(SECRET, 65) }]),
    ])
    expect(recordsOf(bytes)[0]).toEqual({ body: nest(MASKED, 64) })
    expect(recordsOf(bytes)[1].body.kvlistValue.values[0].value.stringValue).toBe('too_deep')
  })

  it('a frame that is no request is replaced whole', () => {
    const { bytes, counts, ends } = inspect(policy([emp]), 'otlp', [Buffer.from(`garbage ${SECRET}`), request([FINE])])
    expect(ends).toHaveLength(2)
    const [marker] = recordsOf(bytes.subarray(0, ends[0]))
    expect(marker.body.kvlistValue.values[0]).toEqual(pairs({ logveil_unreadable: 'malformed' })[0])
    expect(recordsOf(bytes.subarray(ends[0]))).toEqual([FINE])
    expect(reasons(counts)).toEqual({ malformed: 1 })
    const strict = inspect(policy([emp], { on_error: 'drop' }), 'otlp', [Buffer.from('garbage'), request([FINE])])
    expect(strict.ends).toHaveLength(1)
  })

  it('a resource or scope that cannot be read is replaced alone, and names nobody', () => {
    const named = field(
      '0a',
      field('0a', Buffer.concat([field('0a', 'service.name'), field('12', field('0a', 'pay'))])),
    )
    const scopes = field('12', Buffer.concat([field('0a', Buffer.from('0aff', 'hex')), fine]))
    const first = field('0a', Buffer.concat([named, field('12', fine)]))
    const second = field('0a', Buffer.concat([field('0a', Buffer.from('0a7f', 'hex')), scopes]))
    const from = policy([emp], { service_from: ['@group.resource.attributes.service.name'] })
    const { bytes, counts } = inspect(from, 'otlp', [Buffer.concat([first, second])])
    const { resourceLogs } = requestPlain(bytes)
    expect(resourceLogs[0].resource.attributes).toEqual(pairs({ 'service.name': 'pay' }))
    expect(resourceLogs[1].resource.attributes[0]).toEqual(pairs({ logveil_unreadable: 'malformed' })[0])
    expect(resourceLogs[1].scopeLogs[0].scope.attributes[0]).toEqual(pairs({ logveil_unreadable: 'malformed' })[0])
    expect(recordsOf(bytes)).toEqual([FINE, FINE])
    expect(counts.services.find(({ service }) => service === 'pay')).toMatchObject({ records: 1, failures: {} })
  })

  it('all is masked when it is told to, but for ids, times and numbers that are enums', async () => {
    const { Inspector } = await import('../../src/worker/inspector.ts')
    const { batchOf } = await import('./harness.ts')
    const record = {
      body: anyValue({ key: ['value', 7n, 1.5] }),
      eventName: 'event',
      severityNumber: 9,
      timeUnixNano: '5',
    }
    const { bytes, ends } = batchOf([request([record], { attributes: pairs({ host: 'h' }) }, { name: 'scope' })])
    const result = new Inspector(policy([emp])).inspect('otlp', bytes, ends, 'app', true)
    expect(Buffer.from(result.bytes).toString('latin1')).not.toMatch(/key|value|event|host|scope/)
    expect(recordsOf(result.bytes)).toEqual([
      { body: anyValue({ '***': ['*****', 0n, 0] }), eventName: '*****', severityNumber: 9, timeUnixNano: '5' },
    ])
  })
})

describe('OTLP fields that nobody knows', () => {
  const text = field('7a', `new ${SECRET}`)
  const message = field('7a', Buffer.concat([field('0a', `in ${SECRET}`), Buffer.from('1005', 'hex')]))
  const binary = field('7a', Buffer.from('ff00fe', 'hex'))
  const number = Buffer.from('78808080d0a7f6c803', 'hex') // varint 2001e12
  const at = (extra: Uint8Array) =>
    [
      ['the request', Buffer.concat([requestOf(), extra])],
      ['a resource', field('0a', Buffer.concat([field('0a', extra), field('12', fine)]))],
      ['resource logs', field('0a', Buffer.concat([extra, field('12', fine)]))],
      ['a scope', field('0a', field('12', Buffer.concat([field('0a', extra), fine])))],
      ['a record', field('0a', field('12', Buffer.concat([field('12', extra), fine])))],
      ['a key and value', field('0a', field('12', Buffer.concat([field('12', field('32', extra)), fine])))],
      ['a value', field('0a', field('12', Buffer.concat([field('12', field('2a', extra)), fine])))],
    ] as const

  it.each(at(text))('text in %s is looked at', (_, bytes) => {
    const out = inspect(policy([emp]), 'otlp', [bytes])
    expect(Buffer.from(out.bytes)).toEqual(Buffer.from(bytes.toString('latin1').replace(SECRET, MASKED), 'latin1'))
    expect(out.counts.findings[0].paths).toEqual(['@unknown'])
  })

  it.each(at(message))('text in a message in %s is looked at', (_, bytes) => {
    const out = inspect(policy([emp]), 'otlp', [bytes])
    expect(Buffer.from(out.bytes)).toEqual(Buffer.from(bytes.toString('latin1').replace(SECRET, MASKED), 'latin1'))
  })

  it.each(at(binary))('what is no text in %s is taken out, and counted', (_, bytes) => {
    const { bytes: out, counts } = inspect(policy([emp]), 'otlp', [Buffer.concat([bytes, requestOf()])])
    expect(Buffer.from(out).includes(binary)).toBe(false)
    expect(recordsOf(out).at(-1)).toEqual(FINE)
    expect(JSON.stringify(requestMessage(out), (_, value) => (typeof value === 'bigint' ? 0 : value))).not.toContain(
      '$unknown',
    )
    if (counts.services.length > 0) expect(reasons(counts)).toEqual({ unknown_field: 1 })
  })

  it.each(at(number))('numbers in %s are looked at', (_, bytes) => {
    const digits = rule('n', { pattern: '\\d{13,}' })
    const out = Buffer.from(inspect(policy([digits]), 'otlp', [bytes]).bytes)
    expect(out.includes(number)).toBe(false)
    expect(out.includes(Buffer.from('7800', 'hex'))).toBe(true)
  })

  it.each(at(text))('all of them go from %s when the policy says so', (_, bytes) => {
    const { bytes: out } = inspect(policy([emp], { unknown_fields: 'drop' }), 'otlp', [bytes])
    expect(Buffer.from(out).includes('new')).toBe(false)
    expect(recordsOf(out).at(-1)).toEqual(FINE)
  })

  it('an id of another length than its own is one', () => {
    const record = { ...FINE, traceId: Buffer.from(`a ${SECRET}`).toString('base64'), spanId: '//8=' }
    const { bytes } = inspect(policy([emp]), 'otlp', [request([record])])
    expect(recordsOf(bytes)).toEqual([{ ...FINE, traceId: Buffer.from(`a ${MASKED}`).toString('base64') }])
  })

  it('nothing of it changes in observe mode', () => {
    for (const [, bytes] of at(binary)) {
      expect(inspect(policy([emp], { mode: 'observe' }), 'otlp', [bytes]).untouched).toBe(true)
    }
  })

  it('a megabyte of the shortest ones takes no more time than it may', () => {
    const many = Buffer.alloc(1_000_000, Buffer.from('7a00', 'hex'))
    const began = performance.now()
    const out = inspect(policy([emp]), 'otlp', [Buffer.concat([requestOf(), many]), field('0a', many), requestOf(many)])
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(out.untouched).toBe(true)
  })
})
