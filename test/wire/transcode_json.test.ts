// msgpack → json: every line is JSON, and says what an independent decoder reads from the same bytes.
import { readFileSync } from 'node:fs'
import { decode, decodeMulti, Encoder, ExtData, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transcode } from '../../src/wire/transcode.ts'

const fixtures = new URL('../fixtures/fluent-bit/', import.meta.url)
const utf8 = new TextDecoder()

/** The frame form of core/batch.ts around events that are given as bytes. */
function frame(tag: string, events: Uint8Array, options?: unknown): Uint8Array {
  const head = Buffer.alloc(5, 0xc6)
  head.writeUInt32BE(events.length, 1)
  const tail = options === undefined ? [] : [encode(options)]
  return Buffer.concat([Buffer.of(options === undefined ? 0x92 : 0x93), encode(tag), head, events, ...tail])
}

function lines(...frames: Uint8Array[]): string[] {
  const ends: number[] = []
  let at = 0
  for (const part of frames) {
    at += part.length
    ends.push(at)
  }
  const out = transcode('msgpack', Buffer.concat(frames), Uint32Array.from(ends), 'json', 'app', 0n)
  const texts: string[] = []
  let start = 0
  for (const end of out.ends) {
    texts.push(utf8.decode(out.bytes.subarray(start, end)))
    start = end
  }
  expect(start).toBe(out.bytes.length)
  return texts
}

function eventTime(seconds: number, nanos: number): ExtData {
  const data = Buffer.alloc(8)
  data.writeUInt32BE(seconds, 0)
  data.writeUInt32BE(nanos, 4)
  return new ExtData(0, data)
}

function line(event: unknown, options?: unknown): unknown {
  const texts = lines(frame('app', encode(event, { useBigInt64: true }), options))
  expect(texts).toHaveLength(1)
  return JSON.parse(texts[0])
}

/** The event of a raw body, told as the text of `body`. */
function bodyText(body: Uint8Array): string {
  const [text] = lines(frame('t', Buffer.concat([Buffer.of(0x92, 0xc0), body])))
  return /^\{"tag":"t","body":(.*)\}\n$/s.exec(text)?.[1] ?? `unexpected: ${text}`
}

describe('a line', () => {
  it('has time with nine digits, tag and body', () => {
    const text = lines(frame('app.checkout', encode([eventTime(1795273200, 123456789), { a: 1 }])))
    expect(text).toEqual(['{"timestamp":"2026-11-21T15:00:00.123456789Z","tag":"app.checkout","body":{"a":1}}\n'])
  })

  it.each([
    [1795273200, '2026-11-21T15:00:00.000000000Z'],
    [0, '1970-01-01T00:00:00.000000000Z'],
    [951782399, '2000-02-28T23:59:59.000000000Z'],
    [951782400, '2000-02-29T00:00:00.000000000Z'],
    [253402300799, '9999-12-31T23:59:59.000000000Z'],
    [253402300800, 253402300800],
    [-5, -5],
    [1795273200.25, '2026-11-21T15:00:00.250000000Z'],
    [eventTime(1, 2_000_000_001), '1970-01-01T00:00:03.000000001Z'],
    ['[redacted]', '[redacted]'],
  ])('tells the time %j', (time, expected) => {
    expect(line([time, {}])).toEqual({ timestamp: expected, tag: 'app', body: {} })
  })

  it('agrees with Date on every day of four centuries', () => {
    for (let day = 0; day < 146_097; day += 13) {
      const text = lines(frame('t', encode([day * 86_400 + 86_399, {}])))[0]
      expect(text.slice(14, 24)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10))
    }
  })

  it('leaves out a nil time', () => {
    expect(line([null, {}])).toEqual({ tag: 'app', body: {} })
  })

  it('tells metadata as attributes, and options that are not the carrier s', () => {
    const options = { chunk: 'x', size: 1, compressed: 'text', fluent_signal: 0, extra: [1] }
    expect(line([[7, { source: 'a' }], {}], options)).toEqual({
      timestamp: '1970-01-01T00:00:07.000000000Z',
      tag: 'app',
      attributes: { source: 'a' },
      body: {},
      options: { extra: [1] },
    })
  })

  it('takes the metadata of a Message from its options, unless the event has its own', () => {
    expect(line([7, {}], { metadata: { a: 1 } })).toMatchObject({ attributes: { a: 1 } })
    const both = line([[7, { b: 1 }], {}], { metadata: { a: 1 } })
    expect(both).toMatchObject({ attributes: { b: 1 }, options: { metadata: { a: 1 } } })
  })

  it('tells the fields of metadata.otlp, and the rest of it as an attribute', () => {
    const otlp = {
      timestamp: 1795273200123456789n,
      observed_timestamp: 1795273201000000001n,
      severity_number: 9,
      severity_text: 'INFO',
      attributes: { k: 'v' },
      trace_id: Uint8Array.from({ length: 16 }, (_, i) => i),
      span_id: 'abcd',
      trace_flags: 1,
      event_name: 'login',
      dropped: 3,
    }
    expect(line([[5, { otlp, other: true }], {}])).toEqual({
      timestamp: '2026-11-21T15:00:00.123456789Z',
      tag: 'app',
      observed_timestamp: '2026-11-21T15:00:01.000000001Z',
      severity_text: 'INFO',
      severity_number: 9,
      event_name: 'login',
      trace_id: '000102030405060708090a0b0c0d0e0f',
      span_id: 'abcd',
      trace_flags: 1,
      attributes: { k: 'v', other: true, otlp: { dropped: 3 } },
      body: {},
    })
  })

  it('keeps what a rule has put in place of a field s number', () => {
    expect(line([[5, { otlp: { severity_number: 'x', observed_timestamp: 'y' } }], {}])).toMatchObject({
      attributes: { otlp: { severity_number: 'x', observed_timestamp: 'y' } },
    })
  })

  it('carries resource and scope of its group, and groups make no line', () => {
    const open = [
      [eventTime(0xffffffff, 0), { schema: 'otlp' }],
      { resource: { attributes: { s: 1 } }, scope: { n: 2 } },
    ]
    const close = [[eventTime(0xfffffffe, 0), {}], {}]
    const events = [open, [1, { a: 1 }], close, [2, { b: 1 }]].map((event) => encode(event))
    const [inside, outside, ...more] = lines(frame('t', Buffer.concat(events))).map((text) => JSON.parse(text))
    expect(inside).toMatchObject({ body: { a: 1 }, resource: { attributes: { s: 1 } }, scope: { n: 2 } })
    expect(outside).toEqual({ timestamp: '1970-01-01T00:00:02.000000000Z', tag: 't', body: { b: 1 } })
    expect(more).toEqual([])
  })

  it('ends a group with its frame', () => {
    const open = [[eventTime(0xffffffff, 0), {}], { resource: { s: 1 } }]
    const [first, second] = lines(
      frame('t', Buffer.concat([encode(open), encode([1, {}])])),
      frame('t', encode([2, {}])),
    )
    expect(JSON.parse(first).resource).toEqual({ s: 1 })
    expect(JSON.parse(second).resource).toBeUndefined()
  })
})

describe('a value', () => {
  it.each([
    ['uint64', [0xcf, 255, 255, 255, 255, 255, 255, 255, 255], '18446744073709551615'],
    ['int64', [0xd3, 128, 0, 0, 0, 0, 0, 0, 0], '-9223372036854775808'],
    ['int64', [0xd3, 0, 0, 0, 0, 0, 0, 0, 1], '1'],
    ['int64 above 2^53', [0xd3, 0, 32, 0, 0, 0, 0, 0, 1], '9007199254740993'],
    ['wide with zeros', [0xcf, 13, 224, 182, 179, 167, 100, 0, 0], '1000000000000000000'],
    ['int8', [0xd0, 0x80], '-128'],
    ['int16', [0xd1, 0x80, 0], '-32768'],
    ['int32', [0xd2, 0x80, 0, 0, 0], '-2147483648'],
    ['uint32', [0xce, 255, 255, 255, 255], '4294967295'],
    ['negative fixint', [0xe0], '-32'],
    ['float32', [0xca, 0x3f, 0x80, 0, 0], '1'],
    ['minus zero', [0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0], '-0'],
    ['NaN', [0xca, 0x7f, 0xc0, 0, 0], '"NaN"'],
    ['infinity', [0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], '"Infinity"'],
    ['minus infinity', [0xcb, 0xff, 0xf0, 0, 0, 0, 0, 0, 0], '"-Infinity"'],
    ['bin that is text', [0xc4, 2, 0x68, 0x69], '"hi"'],
    ['bin that is none', [0xc4, 2, 0xff, 0xfe], '"//4="'],
    ['ext', [0xd4, 0xff, 7], '{"ext":-1,"data":"Bw=="}'],
    ['str with bad UTF-8', [0xa3, 0x61, 0xff, 0x62], '"a\ufffdb"'],
    ['str16', [0xda, 0, 1, 0x61], '"a"'],
    ['controls', [0xa4, 0, 0x1f, 0x0a, 0x7f], '"\\u0000\\u001f\\n\x7f"'],
    ['int keys', [0x81, 5, 6], '{"5":6}'],
    ['bin keys', [0x81, 0xc4, 1, 0x61, 6], '{"a":6}'],
    ['map keys', [0x81, 0x81, 0xa1, 0x61, 0x80, 6], '{"{\\"a\\":{}}":6}'],
    ['nil keys', [0x81, 0xc0, 0xc2], '{"null":false}'],
    ['duplicate keys', [0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2], '{"a":1,"a":2}'],
    ['__proto__', [0x81, 0xa9, ...Buffer.from('__proto__'), 1], '{"__proto__":1}'],
    ['empty boxes', [0x92, 0x90, 0x80], '[[],{}]'],
  ])('%s', (_name, bytes, expected) => {
    expect(bodyText(Uint8Array.from(bytes))).toBe(expected)
  })

  it('prints every integer as BigInt does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (value) => {
        const bytes = Buffer.alloc(9, value < 0n ? 0xd3 : 0xcf)
        bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1)
        expect(bodyText(bytes)).toBe(String(value))
      }),
    )
  })

  it('decodes bytes as TextDecoder does', () => {
    const nearlyText = fc.array(fc.constantFrom(0x61, 0x22, 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0xf0, 0x90, 0xf4, 0xff))
    fc.assert(
      fc.property(fc.oneof(nearlyText, fc.array(fc.nat(255), { maxLength: 600 })), (content) => {
        const body = Buffer.concat([Buffer.of(0xda, content.length >> 8, content.length & 255), Buffer.from(content)])
        expect(JSON.parse(bodyText(body))).toBe(decodeLoose(content))
      }),
      { numRuns: 500 },
    )
  })
})

function decodeLoose(content: number[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(content))
}

describe('any bytes', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
    fc.uint8Array({ maxLength: 40 }),
  )
  // The independent decoder refuses `__proto__`; the table above has it.
  const name = fc.string().filter((key) => key !== '__proto__')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(name, tie('value'))),
  }))

  it('give what an independent decoder gives', () => {
    const encoder = new Encoder({ useBigInt64: true })
    fc.assert(
      fc.property(fc.dictionary(name, value), (record) => {
        const events = Buffer.concat([Buffer.of(0x92, 7), encoder.encode(record)])
        const text = lines(frame('t', events))[0]
        const decoded = decode(encoder.encode(record), { useBigInt64: true })
        expect(JSON.parse(text).body).toEqual(asJson(decoded))
      }),
      { numRuns: 300 },
    )
  })

  it('give JSON lines or are counted, and never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (events) => {
        const parts = events.map((event) => Buffer.concat([Buffer.of(0x92), event]))
        const bytes = frame('t', Buffer.concat(parts))
        const out = transcode('msgpack', bytes, Uint32Array.of(bytes.length), 'json', 'o', 0n)
        for (const text of utf8.decode(out.bytes).split('\n')) if (text !== '') JSON.parse(text)
        if (out.unreadable > 0) expect(out.bytes).toHaveLength(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('fail a frame that is cut off anywhere', () => {
    const whole = frame('tag', encode([[1, { otlp: { attributes: { a: 1 } } }], { a: ['b', 300, 1.5] }]), { x: 1 })
    for (let end = 0; end < whole.length; end++) {
      const out = transcode('msgpack', whole.subarray(0, end), Uint32Array.of(end), 'json', 'o', 0n)
      expect([out.unreadable, out.bytes.length]).toEqual([1, 0])
    }
  })

  it('become few times as many bytes, however often a tag, options or a resource would repeat', () => {
    const fill = 'x'.repeat(10_000)
    const tiny = Buffer.concat(Array(5_000).fill(Buffer.of(0x92, 0x00, 0x80)))
    const open = encode([[eventTime(0xffffffff, 0), {}], { resource: { fill } }])
    for (const bytes of [frame(fill, tiny), frame('t', tiny, { fill }), frame('t', Buffer.concat([open, tiny]))]) {
      const out = transcode('msgpack', bytes, Uint32Array.of(bytes.length), 'json', 'o', 0n)
      expect(out.ends).toHaveLength(5_000)
      expect(out.bytes.length).toBeLessThan(bytes.length * 100)
    }
  })

  it('do not double quotes with each level of keys within keys', () => {
    const nested = Buffer.concat([Buffer.alloc(60, 0x81), Buffer.of(0xa1, 0x61), Buffer.alloc(60, 0xc0)])
    expect(bodyText(nested).length).toBeLessThan(1000)
  })

  it('do not nest without end, nor make a count of 4 billion a loop', () => {
    const deep = Buffer.concat([Buffer.of(0x92, 1), Buffer.alloc(100_000, 0x91), Buffer.of(1)])
    const wide = Buffer.of(0x92, 1, 0xdd, 255, 255, 255, 255)
    for (const events of [deep, wide]) {
      const bytes = frame('t', events)
      expect(transcode('msgpack', bytes, Uint32Array.of(bytes.length), 'json', 'o', 0n).unreadable).toBe(1)
    }
  })
})

/** What JSON holds of a decoded value, by the rules that this transcoder documents. */
function asJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return JSON.parse(String(value))
  if (typeof value === 'string') return Buffer.from(value).toString()
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString()
    return Buffer.from(text).equals(value) ? text : Buffer.from(value).toString('base64')
  }
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value !== 'object' || value === null) return value
  const parsed = {}
  for (const [key, member] of Object.entries(value)) {
    const name = Buffer.from(key).toString()
    Object.defineProperty(parsed, name, { value: asJson(member), enumerable: true, configurable: true, writable: true })
  }
  return parsed
}

describe('a real Fluent Bit', () => {
  const captured = (name: string) => readFileSync(new URL(name, fixtures))

  /** The events of a captured connection as one frame, cut out of the message without being decoded. */
  function asFrame(bytes: Uint8Array): Uint8Array {
    const events: Uint8Array[] = []
    for (const message of decodeMulti(bytes, { useBigInt64: true })) {
      if (!Array.isArray(message)) throw new Error('not a message')
      const [, list] = message
      if (list instanceof Uint8Array) events.push(list)
      else for (const event of list) events.push(encode(event, { useBigInt64: true }))
    }
    return frame('app.checkout', Buffer.concat(events))
  }

  it.each(['default.bin', 'ack.bin', 'no-metadata.bin', 'time-as-integer.bin'])('%s holds its input', (name) => {
    const input = captured('input.jsonl').toString().trimEnd().split('\n')
    const output = lines(asFrame(captured(name)))
    expect(output).toHaveLength(input.length)
    for (const [at, text] of output.entries()) {
      // The tail input's parser takes the time out of the record.
      const { time, ...record } = JSON.parse(input[at])
      expect({ time, ...JSON.parse(text).body }).toEqual({ time, ...record })
    }
  })

  it('groups give resource and scope to each line', () => {
    const output = lines(asFrame(captured('otlp-group-markers.bin'))).map((text) => JSON.parse(text))
    expect(output.length).toBeGreaterThan(10)
    for (const record of output) {
      expect(record.resource.attributes['service.name']).toMatch(/^[a-z]+$/)
      expect(record).toMatchObject({ severity_text: 'INFO', severity_number: 9, event_name: 'login' })
      expect(record.trace_id).toMatch(/^[0-9a-f]{32}$/)
      expect(record.observed_timestamp).toMatch(/^2026-11-21T\S+Z$/)
    }
  })
})
