// Records of Kafka, walked and spliced in place.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/core/batch.ts'
import type { Policy } from '../../src/core/policy.ts'
import { FrameWriter, frameSize, type KafkaFrame, readKafkaFrame } from '../../src/wire/kafka_frame.ts'
import { transcode } from '../../src/wire/transcode.ts'
import { requestBytes } from '../wire/otlp_schema.ts'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const SECRET = 'EMP-123456'
const MASKED = '**********'

interface Written {
  topic?: string
  key?: string | null
  headers?: [string, string | null][]
  prefix?: string
  value?: string | Uint8Array | null
  format?: KafkaFrame['format']
  offset?: bigint
}

const bytesOf = (text: string | Uint8Array | null) => (text === null ? null : Buffer.from(text))

function frame(given: Written): Uint8Array {
  const whole: KafkaFrame = {
    format: given.format ?? 'json',
    partition: 3,
    topic: Buffer.from(given.topic ?? 'orders'),
    offset: given.offset ?? 7n,
    timestamp_ms: 1_700_000_000_123n,
    key: bytesOf(given.key ?? null),
    headers: (given.headers ?? []).map(([name, value]) => ({ name: Buffer.from(name), value: bytesOf(value) })),
    prefix: Buffer.from(given.prefix ?? ''),
    value: bytesOf(given.value === undefined ? '{"a":1}' : given.value),
  }
  const { prefix, value } = whole
  const content = value === null ? whole : { ...whole, value: Buffer.concat([prefix, value]) }
  const bytes = new Uint8Array(frameSize(whole.topic, content))
  const end = new FrameWriter(bytes).frame(whole.format, whole.partition, whole.topic, content, prefix.length)
  expect(end).toBe(bytes.length)
  return bytes
}

/** The frame after it went through, between two others that must not change. */
function through(given: Written, from: Policy = policy([emp])): KafkaFrame | undefined {
  const fine = frame({ offset: 1n })
  const { bytes, ends } = inspect(from, 'kafka', [fine, frame(given), fine])
  expect(ends.length === 2 || ends.length === 3).toBe(true)
  expect(Buffer.from(bytes.subarray(0, ends[0]))).toEqual(Buffer.from(fine))
  expect(Buffer.from(bytes.subarray(ends.at(-2)))).toEqual(Buffer.from(fine))
  return ends.length === 3 ? readKafkaFrame(bytes, ends[0]) : undefined
}

function textOf(bytes: Uint8Array | null | undefined): string | null {
  return bytes ? Buffer.from(bytes).toString() : null
}

/** What is not of its format, or opaque, fails closed. */
function isReadable({ format, value }: Written): boolean {
  if (value === null || value === '' || format === 'text' || format === 'auto') return true
  return format === 'msgpack' && typeof value !== 'string'
}

describe('records of Kafka in place', () => {
  it('without a finding leave as they came', () => {
    const from = policy([emp])
    const headers: [string, string | null][] = [
      ['a', '1'],
      ['constructor', null],
      ['a', ''],
    ]
    const frames = [frame({ key: 'k', headers }), frame({ value: null }), frame({ value: '' }), frame({ key: '' })]
    expect(inspect(from, 'kafka', frames).untouched).toBe(true)
  })

  it('are looked at in topic, key, header names, header values and value', () => {
    const headers: [string, string | null][] = [
      ['x', SECRET],
      [SECRET, null],
      ['y', `a ${SECRET} b ${SECRET}`],
    ]
    const out = through({
      topic: `t-${SECRET}`,
      key: SECRET,
      headers,
      prefix: SECRET,
      value: `{"a":"${SECRET}","b":2}`,
    })
    expect(textOf(out?.topic)).toBe(`t-${MASKED}`)
    expect(textOf(out?.key)).toBe(MASKED)
    expect(out?.headers.map(({ name, value }) => [textOf(name), textOf(value)])).toEqual([
      ['x', MASKED],
      [MASKED, null],
      ['y', `a ${MASKED} b ${MASKED}`],
    ])
    expect(textOf(out?.prefix)).toBe(SECRET)
    expect(textOf(out?.value)).toBe(`{"a":"${MASKED}","b":2}`)
    expect(out).toMatchObject({ partition: 3, offset: 7n, timestamp_ms: 1_700_000_000_123n })
  })

  it('of JSON keep their grammar when members go', () => {
    const drop = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_field')])
    expect(textOf(through({ value: `{"a":"${SECRET}","b":2}` }, drop)?.value)).toBe('{"b":2}')
    expect(textOf(through({ value: `{"a":"x\\n${SECRET}\\"y"}` })?.value)).toBe(`{"a":"x\\n${MASKED}\\"y"}`)
  })

  it('of msgpack have their lengths mended', () => {
    const longer = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, { type: 'replace', template: 'x'.repeat(40) })])
    const value = encode({ a: SECRET, b: [1, SECRET] })
    const out = through({ format: 'msgpack', value, key: SECRET }, longer)
    const x = 'x'.repeat(40)
    expect(Buffer.from(out?.value ?? [])).toEqual(Buffer.from(encode({ a: x, b: [1, x] })))
    const dropped = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_field')])
    expect(Buffer.from(through({ format: 'msgpack', value }, dropped)?.value ?? [])).toEqual(
      Buffer.from(encode({ b: [1] })),
    )
  })

  it('of OTLP have their lengths mended, in both encodings', () => {
    const longer = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, { type: 'replace', template: 'x'.repeat(200) })])
    const request = (text: string) => ({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text } }] }] }],
    })
    const x = 'x'.repeat(200)
    const out = through({ format: 'otlp', value: requestBytes(request(SECRET)), headers: [['h', SECRET]] }, longer)
    expect(Buffer.from(out?.value ?? [])).toEqual(Buffer.from(requestBytes(request(x))))
    const json = through({ format: 'otlp_json', value: JSON.stringify(request(SECRET)) }, longer)
    expect(textOf(json?.value)).toBe(JSON.stringify(request(x)))
  })

  it('are dropped whole, key and headers too', () => {
    const drop = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, 'drop_record')])
    for (const format of ['json', 'text', 'otlp_json'] as const) {
      const value =
        format === 'otlp_json'
          ? `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"${SECRET}"}}]}]}]}`
          : `{"a":"${SECRET}"}`
      const out = through({ key: 'k', headers: [['a', 'b']], value, format }, drop)
      if (format === 'otlp_json') expect(textOf(out?.value)).not.toContain(SECRET)
      else expect(out).toBeUndefined()
    }
    expect(through({ key: SECRET, value: null }, drop)).toBeUndefined()
  })

  it('that cannot be read fail closed, and keep where they belong', () => {
    for (const format of ['json', 'opaque', 'msgpack', 'otlp', 'otlp_json'] as const) {
      const value = Buffer.concat([Buffer.from([0xc1, 0xff]), Buffer.from(`"${SECRET}`)])
      const out = through({ key: 'k', format, value })
      expect(out?.key && textOf(out.key)).toBe('k')
      expect(Buffer.from(out?.value ?? []).toString('latin1')).not.toContain(SECRET)
      expect(Buffer.from(out?.value ?? []).toString('latin1')).toContain('unreadable')
      expect(through({ format, value }, policy([emp], { on_error: 'drop' }))).toBeUndefined()
    }
  })

  it('of a topic of msgpack fail closed when they are plain text, whose letters are its numbers', () => {
    expect(textOf(through({ format: 'msgpack', value: `a ${SECRET}` })?.value)).not.toContain(SECRET)
  })

  it('count a tombstone as a record, and a record once', () => {
    const { counts } = inspect(policy([emp]), 'kafka', [
      frame({ key: SECRET, value: null }),
      frame({ key: SECRET, headers: [['a', SECRET]], value: `{"a":"${SECRET}"}` }),
    ])
    expect(counts.services).toMatchObject([{ service: 'orders', records: 2 }])
    expect(counts.findings.reduce((sum, { matches }) => sum + matches, 0)).toBe(4)
  })

  it('have equal tokens for equal keys, and others for others, whatever else the action does', () => {
    for (const action of ['mask', 'drop_field', { type: 'replace', template: 'x' }] as const) {
      const from = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, action)], {
        hmac: { id: 'k1', key: 'made-up-for-tests' },
      })
      const keyOf = (key: string) => textOf(through({ key, headers: [['h', SECRET]] }, from)?.key)
      const [first, second, other] = [keyOf(`a ${SECRET}`), keyOf(`a ${SECRET}`), keyOf('a EMP-654321')]
      expect(first).toMatch(/^a emp:k1:[0-9a-f]{16}$/)
      expect([second === first, other === first]).toEqual([true, false])
      const json = keyOf(`{"id":"${SECRET}"}`)
      expect(JSON.parse(json ?? '').id).toMatch(/^emp:k1:/)
      const header = through({ key: SECRET, headers: [['h', SECRET]] }, from)?.headers[0].value
      expect(textOf(header)).not.toContain('k1')
    }
  })

  it('name the place of a finding', () => {
    const { counts } = inspect(policy([emp]), 'kafka', [frame({ key: SECRET, headers: [['Authorization', SECRET]] })])
    const paths = counts.findings.flatMap((finding) => finding.paths).sort()
    expect(paths).toEqual(['@metadata.kafka.headers.Authorization', '@metadata.kafka.key'])
  })

  it('find a rule by the name of a header', () => {
    const named = policy([rule('auth', { field: ['authorization'] })])
    const out = through(
      {
        headers: [
          ['Authorization', 'anything'],
          ['other', 'anything'],
        ],
      },
      named,
    )
    expect(out?.headers.map(({ value }) => textOf(value))).toEqual(['********', 'anything'])
  })

  it('are masked leaf by leaf when the worker was lost', () => {
    // What fails closed is walked again by somebody who knows nothing.
    const deep = `${'['.repeat(100)}"${SECRET}"${']'.repeat(100)}`
    const out = through({ key: 'k', value: `{"a":${deep}}` })
    expect(textOf(out?.value)).not.toContain(SECRET)
  })

  it('hold no secret wherever it was, and the others are as they were, whatever the mixture', () => {
    const part = fc.option(fc.constantFrom('', 'plain', SECRET, `a ${SECRET} b`, `{"x":"${SECRET}"}`))
    const name = fc.constantFrom('h', SECRET, 'constructor')
    const value = fc.oneof(
      fc.record({
        format: fc.constantFrom('json', 'auto', 'text', 'otlp_json', 'opaque', 'msgpack', 'otlp'),
        value: part,
      }),
      fc.record({
        format: fc.constant('msgpack'),
        value: fc.constantFrom(encode({ a: SECRET }), encode([1, { b: 'c' }])),
      }),
      fc.record({ format: fc.constant('json'), value: fc.constant(`{"a":["${SECRET}",{"b":"c"}]}`) }),
    )
    const headers = fc.array(fc.tuple(name, part), { maxLength: 3 })
    const one = fc
      .record({ key: part, headers, content: value })
      .map(({ key, headers, content }) => ({ key, headers, ...content }))
    const policies = ['mask', 'drop_field', 'drop_record', 'hash'].map((action) => {
      return policy([rule('emp', { pattern: 'EMP-\\d{6}' }, action)], { hmac: { id: 'k', key: 'made-up-for-tests' } })
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), fc.constantFrom(...policies), (given, from) => {
        const frames = given.map((each, n) => frame({ ...(each as Written), offset: BigInt(n) }))
        const { bytes, ends } = inspect(from, 'kafka', frames)
        const out = Array.from(ends, (_, n) => readKafkaFrame(bytes, n === 0 ? 0 : ends[n - 1]))
        expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
        expect(ends.at(-1) ?? 0).toBe(bytes.length)
        const offsets = out.map(({ offset }) => Number(offset))
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
        for (const [n, { offset }] of out.entries()) {
          const before = frames[Number(offset)]
          if (Buffer.from(before).includes(SECRET) || !isReadable(given[Number(offset)] as Written)) continue
          const after = bytes.subarray(n === 0 ? 0 : ends[n - 1], ends[n])
          expect(Buffer.from(after).equals(Buffer.from(before))).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('become records of other formats, with where they came from', () => {
    const headers: [string, string | null][] = [
      ['h', 'v'],
      ['n', null],
    ]
    const bytes = frame({ key: 'k', headers, value: '{"a":1}' })
    const to = (format: Format, given = bytes) =>
      Buffer.from(transcode('kafka', given, Uint32Array.of(given.length), format, 'in', 0n).bytes).toString()
    expect(JSON.parse(to('json'))).toEqual({
      timestamp: '2023-11-14T22:13:20.123000000Z',
      attributes: {
        'kafka.topic': 'orders',
        'kafka.partition': 3,
        'kafka.offset': 7,
        'kafka.key': 'k',
        'kafka.headers': { h: 'v', n: null },
      },
      body: { a: 1 },
    })
    expect(JSON.parse(to('json', frame({ value: null })))).not.toHaveProperty('body')
    expect(JSON.parse(to('otlp_json')).resourceLogs[0].scopeLogs[0].logRecords[0].body).toBeDefined()
    expect(to('msgpack')).toContain('kafka.topic')
  })
})
