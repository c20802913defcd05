// json and text → msgpack frames, and the small ways between json and text.
import { decode, decodeMulti, ExtData, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/core/batch.ts'
import { readMsgpackFrame } from '../../src/wire/transcode/from_msgpack.ts'
import { MsgpackWriter } from '../../src/wire/transcode/msgpack_writer.ts'
import { transcode } from '../../src/wire/transcode.ts'

const NOW = 1_795_273_200_123_456_789n
const NOW_TIME = [1795273200, 123456789]

function run(format: Format, to: Format, frames: string[]) {
  const parts = frames.map((text) => Buffer.from(text))
  const ends: number[] = []
  let at = 0
  for (const part of parts) {
    at += part.length
    ends.push(at)
  }
  return transcode(format, Buffer.concat(parts), Uint32Array.from(ends), to, 'app', NOW)
}

/** Events of a frame as [seconds, nanos], record. */
function events(bytes: Uint8Array): unknown[] {
  const [tag, packed] = decode(bytes) as [string, Uint8Array]
  expect(tag).toBe('app')
  const list: unknown[] = []
  for (const [time, record] of decodeMulti(packed, { useBigInt64: true }) as Iterable<[ExtData, unknown]>) {
    const data = Buffer.from(time.data as Uint8Array)
    list.push([[data.readUInt32BE(0), data.readUInt32BE(4)], record])
  }
  return list
}

function record(json: string): unknown {
  const out = run('json', 'msgpack', [json])
  expect(out.unreadable).toBe(0)
  return (events(out.bytes)[0] as unknown[])[1]
}

describe('json to msgpack', () => {
  it('makes one frame of many documents', () => {
    const out = run('json', 'msgpack', ['{"a":1}\n', ' {"b":[true,null,"x"]} \n'])
    expect(out.ends).toHaveLength(1)
    expect(events(out.bytes)).toEqual([
      [NOW_TIME, { a: 1 }],
      [NOW_TIME, { b: [true, null, 'x'] }],
    ])
  })

  it.each(['7', '"x"', '[1]', 'null', 'true'])('wraps %s as log', (json) => {
    expect(record(json)).toEqual({ log: JSON.parse(json) })
  })

  it.each<[string, unknown]>([
    ['127', 127],
    ['-32', -32],
    ['-33', -33n],
    ['255', 255],
    ['65535', 65535],
    ['4294967295', 4294967295],
    ['4294967296', 4294967296n],
    ['-4294967297', -4294967297n],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['-9223372036854775809', '-9223372036854775809'],
    ['36893488147419103232', 2 ** 65],
    ['36893488147419103233', '36893488147419103233'],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['-0', -0],
    ['1e400', '1e400'],
  ])('keeps the number %s', (json, expected) => {
    expect(record(`{"n":${json}}`)).toEqual({ n: expected })
  })

  it.each([
    ['"2026-11-21T15:00:00.5Z"', [1795273200, 500000000]],
    ['"2026-11-21T16:00:00.123456789+01:00"', NOW_TIME],
    ['"2026-11-21 15:00:00z"', NOW_TIME],
    ['"2026-11-21T15:00:00"', NOW_TIME],
    ['"yesterday"', NOW_TIME],
    ['"1960-01-01T00:00:00Z"', NOW_TIME],
    ['1795273200', [1795273200, 0]],
    ['1795273200.25', [1795273200, 250000000]],
    ['1795273200250', [1795273200, 250000000]],
    ['1795273200250001', [1795273200, 250001000]],
    ['1795273200123456789', NOW_TIME],
    ['-1', NOW_TIME],
    ['{"a":1}', NOW_TIME],
  ])('reads the time %s', (time, expected) => {
    const out = run('json', 'msgpack', [`{"m":{"time":1},"@timestamp":${time}}`])
    const [got] = events(out.bytes)[0] as [number[]]
    expect(got).toEqual(time.endsWith('z"') ? [1795273200, 0] : expected)
  })

  it('reads every time as Date does', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(0xfffffffd * 1000), noInvalidDate: true }), (date) => {
        const [time] = events(run('json', 'msgpack', [`{"time":"${date.toISOString()}"}`]).bytes)[0] as [number[]]
        const seconds = Math.floor(date.getTime() / 1000)
        expect(time).toEqual([seconds, (date.getTime() - seconds * 1000) * 1e6])
      }),
      { numRuns: 2000 },
    )
  })

  it('prefers timestamp to time to @timestamp', () => {
    const out = run('json', 'msgpack', ['{"@timestamp":3,"time":2,"timestamp":1}', '{"@timestamp":3,"time":2}'])
    expect((events(out.bytes) as [number[]][]).map(([time]) => time[0])).toEqual([1, 2])
  })

  it('says what JSON.parse says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.nat(2), (value, indent) => {
        const bytes = Buffer.from(JSON.stringify({ value }, null, indent))
        // Integers beyond 64 bits have a rule of their own, in the table above.
        if (bytes.includes('__proto__') || /\d{19}/.test(bytes.toString())) return
        const decoded = record(bytes.toString())
        expect(normal(decoded)).toEqual(normal(JSON.parse(bytes.toString())))
      }),
      { numRuns: 300 },
    )
  })

  it('sees through escapes', () => {
    expect(record('{"\\u0041\\n":"\\ud83d\\ude00\\ud800\\u00e9\\u20ac\\/\\"\\b\\f\\r\\t"}')).toEqual({
      'A\n': '😀\ufffdé€/"\b\f\r\t',
    })
  })

  it('counts what is no JSON, and never throws', () => {
    for (const broken of [
      '',
      '{',
      '{"a"}',
      '{"a":1,}',
      '[1',
      'nul',
      '"\\x"',
      '"\\u12"',
      '1 2',
      '-',
      '1.',
      '1e',
      '{]',
    ]) {
      expect([broken, run('json', 'msgpack', [broken]).unreadable]).toEqual([broken, 1])
    }
    expect(run('json', 'msgpack', ['['.repeat(100_000)]).unreadable).toBe(1)
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0a1e.-tn ') }), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        const { unreadable } = run('json', 'msgpack', [text])
        if (valid) expect(unreadable).toBe(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('begins a new frame at 1 MiB', () => {
    const out = run('json', 'msgpack', Array(3000).fill(`{"a":"${'x'.repeat(1000)}"}`))
    expect(out.ends.length).toBeGreaterThan(2)
  })
})

function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? Number(member) : member)))
}

describe('text', () => {
  it('becomes records with the line as log', () => {
    const out = run('text', 'msgpack', ['hello\n', 'x\r\n', ''])
    expect(events(out.bytes)).toEqual(['hello', 'x', ''].map((log) => [NOW_TIME, { log }]))
  })

  it('becomes JSON lines', () => {
    const out = run('text', 'json', ['say "hi"\n', 'last'])
    expect(Buffer.from(out.bytes).toString()).toBe('{"body":"say \\"hi\\""}\n{"body":"last"}\n')
    expect([...out.ends]).toEqual([22, 38])
  })

  it('is made of JSON by putting it on one line', () => {
    const out = run('json', 'text', ['{\n"a":1\r\n}\n', '2'])
    expect(Buffer.from(out.bytes).toString()).toBe('{ "a":1  }\n2\n')
  })
})

describe('the msgpack writer', () => {
  it('writes records with metadata in the form of v1.5, and groups as markers', () => {
    const open = [
      [eventTime(0xffffffff), { schema: 'otlp', resource_id: 0, scope_id: 0 }],
      { resource: { attributes: { s: 'x' } }, scope: { n: 2 } },
    ]
    const close = [[eventTime(0xfffffffe), {}], {}]
    const otlp = {
      observed_timestamp: 1795273201000000001n,
      severity_number: 9,
      trace_id: new Uint8Array(16),
      attributes: { a: [-1, new ExtData(5, Uint8Array.of(1)), new Uint8Array(2)], wide: -5000000000n },
    }
    const list = [[eventTime(1), { plain: 1.5 }], open, [[eventTime(5), { otlp }], { b: { c: null } }], close]
    const packed = new Uint8Array(Buffer.concat(list.map((event) => encode(event, { useBigInt64: true }))))
    const head = Buffer.alloc(5, 0xc6)
    head.writeUInt32BE(packed.length, 1)
    const frame = Buffer.concat([Buffer.of(0x92, 0xa1, 0x74), head, packed])
    const writer = new MsgpackWriter(64, 't')
    expect(readMsgpackFrame(frame, 0, frame.length, writer)).toBe(true)
    writer.endFrame()
    const [tag, bin] = decode(writer.out.finish().bytes) as [string, Uint8Array]
    expect(tag).toBe('t')
    const options = { useBigInt64: true }
    expect([...decodeMulti(bin, options)]).toEqual([...decodeMulti(packed, options)])
  })
})

function eventTime(seconds: number): ExtData {
  const data = Buffer.alloc(8)
  data.writeUInt32BE(seconds, 0)
  return new ExtData(0, data)
}
