// OTLP to the other formats and back.
import { decode, decodeMulti, ExtData, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/core/batch.ts'
import { transcode } from '../../src/wire/transcode.ts'
import { requestsOf } from './otlp_requests.ts'
import { anyValue, type Plain, pairs, recordsOf, request, requestBytes, requestPlain } from './otlp_schema.ts'

const NOW = 1_795_273_200_123_456_789n

function run(format: Format, to: Format, frames: readonly (string | Uint8Array)[]) {
  const parts = frames.map((frame) => Buffer.from(frame as string))
  const ends: number[] = []
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length)
  const made = transcode(format, Buffer.concat(parts), Uint32Array.from(ends), to, 'app', NOW)
  expect(made.unreadable).toBe(0)
  return made
}

/** To another format and back. */
function there(bytes: Uint8Array, format: Format): Uint8Array {
  const other = run('otlp', format, [bytes])
  return transcode(format, other.bytes, other.ends, 'otlp', 'app', NOW).bytes
}

/** The library shows ids in base64, OTLP in hex. */
function withHexIds(plain: Plain): Plain {
  return JSON.parse(JSON.stringify(plain), (key, value) =>
    key === 'traceId' || key === 'spanId' ? Buffer.from(value, 'base64').toString('hex') : value,
  )
}

/** Each record with its resource and scope: what groups there are does not matter. */
function flat(bytes: Uint8Array): Plain[] {
  return (requestPlain(bytes).resourceLogs ?? []).flatMap((of: Plain) =>
    (of.scopeLogs ?? []).flatMap((within: Plain) =>
      (within.logRecords ?? []).map((record: Plain) => ({
        resource: of.resource ?? {},
        schemaUrl: of.schemaUrl,
        scope: within.scope ?? {},
        scopeSchemaUrl: within.schemaUrl,
        record,
      })),
    ),
  )
}

/** What the way through a forward chunk adds. */
function withoutTag(records: Plain[]): Plain[] {
  return records.map(({ record: { attributes, ...record }, ...rest }) => {
    const [tag, ...own] = attributes
    expect(tag).toEqual(pairs({ 'fluent.tag': 'app' })[0])
    return { ...rest, record: own.length > 0 ? { ...record, attributes: own } : record }
  })
}

function frame(tag: string, events: Uint8Array[], options?: unknown): Uint8Array {
  const body = Buffer.concat(events)
  const head = Buffer.of(0xc6, 0, 0, 0, 0)
  head.writeUInt32BE(body.length, 1)
  const tail = options === undefined ? [] : [encode(options)]
  return Buffer.concat([Buffer.of(0x92 + tail.length), encode(tag), head, body, ...tail])
}

function time(seconds: number, nanos = 0): ExtData {
  const payload = Buffer.alloc(8)
  payload.writeInt32BE(seconds | 0, 0)
  payload.writeUInt32BE(nanos, 4)
  return new ExtData(0, new Uint8Array(payload))
}

describe('both encodings of OTLP', () => {
  it('protobuf to JSON is what the protobuf library makes of it, but for the ids', () => {
    fc.assert(
      fc.property(requestsOf([]), (plain) => {
        const made = run('otlp', 'otlp_json', [requestBytes(plain)])
        const json = JSON.parse(Buffer.from(made.bytes).toString())
        expect(json).toEqual(withHexIds(requestPlain(requestBytes(plain))))
      }),
      { numRuns: 300, seed: 21 },
    )
  })

  it('JSON to protobuf is what the protobuf library makes of it', () => {
    fc.assert(
      fc.property(requestsOf([]), (plain) => {
        const made = run('otlp_json', 'otlp', [JSON.stringify(withHexIds(plain), null, 1)])
        expect(requestPlain(made.bytes)).toEqual(requestPlain(requestBytes(plain)))
      }),
      { numRuns: 300, seed: 22 },
    )
  })

  it.each<[string, Plain, Plain]>([
    [
      'integers as numbers',
      { body: { intValue: 42 }, timeUnixNano: 5 },
      { body: { intValue: '42' }, timeUnixNano: '5' },
    ],
    [
      'integers beyond 2^53',
      { body: { intValue: '9223372036854775807' } },
      { body: { intValue: '9223372036854775807' } },
    ],
    [
      'names of the .proto files',
      { severity_text: 'x', body: { string_value: 'y' } },
      { severityText: 'x', body: { stringValue: 'y' } },
    ],
    ['null', { severityText: null, body: null, attributes: null }, {}],
    ['base64 for URLs, without padding', { body: { bytesValue: '_-8' } }, { body: { bytesValue: '/+8=' } }],
    ['hex in capitals', { spanId: 'ABCDEF0123456789' }, { spanId: 'q83vASNFZ4k=' }],
    ['words for doubles', { body: { doubleValue: 'NaN' } }, { body: { doubleValue: 'NaN' } }],
    ['members that nobody knows', { body: { stringValue: 'a' }, other: { a: [1] } }, { body: { stringValue: 'a' } }],
    ['a value of the wrong kind', { body: { intValue: 'abc' } }, { body: { stringValue: 'abc' } }],
    ['escaped names', JSON.parse('{"body":{"stringValue":"\\u0041"}}'), { body: { stringValue: 'A' } }],
  ])('JSON that others write: %s', (_, record, expected) => {
    const made = run('otlp_json', 'otlp', [
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    ])
    expect(recordsOf(made.bytes)).toEqual([expected])
  })

  it('messages in pieces are put together, and the last of single fields counts', () => {
    const resource = (name: string) => requestBytes({ attributes: pairs({ [name]: name }) }, 'Resource')
    const part = (bytes: Uint8Array) => Buffer.concat([Buffer.of(0x0a, bytes.length), bytes])
    const scope = Buffer.concat([Buffer.of(0x12, 9, 0x12, 7, 0x1a, 1, 0x61, 0x1a, 2, 0x62, 0x63)])
    const logs = Buffer.concat([part(resource('a')), scope, part(resource('b'))])
    const bytes = Buffer.concat([Buffer.of(0x0a, logs.length), logs])
    expect(flat(bytes)[0].resource).toEqual({ attributes: pairs({ a: 'a', b: 'b' }) })
    for (const format of ['otlp_json', 'msgpack'] as const)
      expect(flat(there(bytes, format))[0].resource).toEqual(flat(bytes)[0].resource)
    const json = JSON.parse(Buffer.from(run('otlp', 'otlp_json', [bytes]).bytes).toString())
    expect(json.resourceLogs[0].scopeLogs[0].logRecords).toEqual([{ severityText: 'bc' }])
  })
})

describe('OTLP to forward and back', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(requestsOf([]), (plain) => {
        const bytes = requestBytes(plain)
        expect(withoutTag(flat(there(bytes, 'msgpack')))).toEqual(flat(bytes))
      }),
      { numRuns: 300, seed: 23 },
    )
  })

  it('is what Fluent Bit makes of it', () => {
    const record = { timeUnixNano: '1795273200000000005', body: anyValue('line'), severityText: 'INFO', eventName: 'e' }
    const bytes = request([record], { attributes: pairs({ 'service.name': 'pay' }) }, { name: 'lib' })
    const [tag, events] = decode(run('otlp', 'msgpack', [bytes]).bytes) as [string, Uint8Array]
    expect(tag).toBe('app')
    expect([...decodeMulti(events)]).toEqual([
      [
        [time(-1), { schema: 'otlp', resource_id: 0, scope_id: 0 }],
        { resource: { attributes: { 'service.name': 'pay' } }, scope: { name: 'lib' } },
      ],
      [[time(1_795_273_200, 5), { otlp: { severity_text: 'INFO', event_name: 'e' } }], { log: 'line' }],
      [[time(-2), {}], {}],
    ])
  })

  it('a record without a time has the observed one, or the present', () => {
    const seconds = (bytes: Uint8Array) => {
      const [, events] = decode(bytes) as [string, Uint8Array]
      const [, [head]] = [...decodeMulti(events)] as [unknown, [ExtData | [ExtData, unknown], unknown]]
      return Buffer.from((Array.isArray(head) ? head[0] : head).data as Uint8Array).readUInt32BE(0)
    }
    expect(seconds(run('otlp', 'msgpack', [request([{ observedTimeUnixNano: '7000000000' }])]).bytes)).toBe(7)
    expect(seconds(run('otlp', 'msgpack', [request([{}])]).bytes)).toBe(Number(NOW / 1_000_000_000n))
  })
})

describe('forward events to OTLP', () => {
  const otlpOf = (frames: Uint8Array[]) => flat(run('msgpack', 'otlp', frames).bytes)

  it('tag, time and body', () => {
    const [{ record, resource }] = otlpOf([frame('app.web', [encode([time(7, 8), { log: 'line' }])])])
    expect(resource).toEqual({})
    expect(record).toEqual({
      timeUnixNano: '7000000008',
      body: anyValue('line'),
      attributes: pairs({ 'fluent.tag': 'app.web' }),
    })
  })

  it('what the Kubernetes filter adds becomes the resource, and records of one pod share it', () => {
    const kubernetes = {
      pod_name: 'web-1',
      namespace_name: 'shop',
      labels: { app: 'web', 'app.kubernetes.io/name': 'web' },
      annotations: { a: 'b' },
      docker_id: 'd1',
      host: 'node-1',
      new_thing: 1,
    }
    const events = ['a', 'b'].map((log) => encode([time(1), { log, stream: 'stdout', kubernetes }]))
    const other = encode([time(1), { log: 'c', kubernetes: { pod_name: 'web-2' } }])
    const bytes = run('msgpack', 'otlp', [frame('t', [...events, other])]).bytes
    expect(requestPlain(bytes).resourceLogs).toHaveLength(2)
    const [first, second, third] = flat(bytes)
    expect(first.resource.attributes).toEqual(
      pairs({
        'k8s.pod.name': 'web-1',
        'k8s.namespace.name': 'shop',
        'k8s.pod.label.app': 'web',
        'k8s.pod.label.app.kubernetes.io/name': 'web',
        'k8s.pod.annotation.a': 'b',
        'container.id': 'd1',
        'k8s.node.name': 'node-1',
        'kubernetes.new_thing': 1n,
      }),
    )
    expect(first.record.body).toEqual(anyValue({ log: 'a', stream: 'stdout' }))
    expect(second.resource).toEqual(first.resource)
    expect(third).toMatchObject({
      resource: { attributes: pairs({ 'k8s.pod.name': 'web-2' }) },
      record: { body: anyValue('c') },
    })
  })

  it('metadata, options and what no field can hold become attributes', () => {
    const metadata = {
      otlp: { severity_text: 'WARN', trace_id: 'abcd', trace_flags: 1, attributes: { a: 1 } },
      own: 'm',
    }
    const [{ record }] = otlpOf([
      frame('t', [encode([[time(1), metadata], { n: -1, big: new ExtData(7, Buffer.from('x')) }])], { note: 'o' }),
    ])
    expect(record).toEqual({
      timeUnixNano: '1000000000',
      severityText: 'WARN',
      flags: 1,
      attributes: [
        ...pairs({ 'fluent.tag': 't', trace_id: 'abcd', a: 1n, own: 'm' }),
        { key: 'fluent.options', value: anyValue({ note: 'o' }) },
      ],
      body: anyValue({ n: -1n, big: { ext: 7n, data: Buffer.from('x') } }),
    })
  })

  it('keys that are no text, and integers of 64 bits', () => {
    const record = Buffer.from('8301a161' + '81a16b02a162' + 'a163cfffffffffffffffff', 'hex')
    const [{ record: made }] = otlpOf([frame('t', [Buffer.concat([Buffer.of(0x92, 1), record])])])
    expect(made.body).toEqual({
      kvlistValue: {
        values: [
          { key: '1', value: { stringValue: 'a' } },
          { key: '{"k":2}', value: { stringValue: 'b' } },
          { key: 'c', value: { stringValue: '18446744073709551615' } },
        ],
      },
    })
  })

  it('a record without a time was observed now', () => {
    expect(otlpOf([frame('t', [encode([null, { log: 'x' }])])])[0].record).toMatchObject({
      observedTimeUnixNano: String(NOW),
    })
  })
})

describe('JSON and text to OTLP', () => {
  const one = (json: string) => recordsOf(run('json', 'otlp', [json]).bytes)[0]

  it.each<[string, Plain]>([
    ['{"level":"warn","msg":"x"}', { severityNumber: 13, severityText: 'warn' }],
    ['{"severity":"ERROR"}', { severityNumber: 17, severityText: 'ERROR' }],
    ['{"level":50}', { severityNumber: 17 }],
    ['{"log.level":"Information"}', { severityNumber: 9, severityText: 'Information' }],
    ['{"lvl":"debug","level":"fatal"}', { severityNumber: 21, severityText: 'fatal' }],
  ])('%s says the severity', (json, expected) => {
    expect(one(json)).toMatchObject({ ...expected, body: {} })
  })

  it.each(['{"level":7}', '{"level":"constructor"}', '{"a":{"level":"warn"}}', '{"level":null}'])(
    '%s says none',
    (json) => {
      expect(one(json)).not.toHaveProperty('severityNumber')
    },
  )

  it('time, body, and the pod', () => {
    const [{ resource, record }] = flat(
      run('json', 'otlp', ['{"time":"2026-11-21T15:00:00Z","message":"m","kubernetes":{"host":"h"}}\n']).bytes,
    )
    expect(resource).toEqual({ attributes: pairs({ 'k8s.node.name': 'h' }) })
    expect(record).toEqual({
      timeUnixNano: '1795273200000000000',
      body: anyValue({ time: '2026-11-21T15:00:00Z', message: 'm' }),
    })
  })

  it('a line is a body, observed now', () => {
    expect(recordsOf(run('text', 'otlp', ['a line\n', 'b\r\n']).bytes)).toEqual([
      { body: anyValue('a line'), observedTimeUnixNano: String(NOW) },
      { body: anyValue('b'), observedTimeUnixNano: String(NOW) },
    ])
  })

  it('many records make several requests, each of a size that receivers take', () => {
    const line = `${JSON.stringify({ message: 'x'.repeat(1000) })}\n`
    const { ends, bytes } = run('json', 'otlp', Array(3000).fill(line))
    expect(ends.length).toBeGreaterThan(2)
    let start = 0
    let records = 0
    for (const end of ends) {
      expect(end - start).toBeLessThan(1_100_000)
      records += recordsOf(bytes.subarray(start, end)).length
      start = end
    }
    expect(records).toBe(3000)
  })
})

describe('OTLP to lines', () => {
  const bytes = request(
    [
      {
        timeUnixNano: '1795273200123456789',
        severityNumber: 9,
        severityText: 'INFO',
        body: anyValue({ a: [1n, 1.5, null, true] }),
        attributes: pairs({ 'http.url': '/x' }),
        traceId: Buffer.alloc(16, 0xab).toString('base64'),
        flags: 1,
        droppedAttributesCount: 2,
      },
      { body: anyValue('second') },
    ],
    { attributes: pairs({ 'service.name': 'pay' }) },
    { name: 'lib', version: '1' },
  )
  const holders = { resource: { attributes: { 'service.name': 'pay' } }, scope: { name: 'lib', version: '1' } }
  const lines = [
    {
      timestamp: '2026-11-21T15:00:00.123456789Z',
      severity_text: 'INFO',
      severity_number: 9,
      trace_id: 'ab'.repeat(16),
      trace_flags: 1,
      dropped_attributes_count: 2,
      attributes: { 'http.url': '/x' },
      body: { a: [1, 1.5, null, true] },
      ...holders,
    },
    { body: 'second', ...holders },
  ]

  it.each(['json', 'text'] as const)('as %s, one a record', (to) => {
    const made = run('otlp', to, [bytes])
    expect(made.ends).toHaveLength(2)
    const written = Buffer.from(made.bytes).toString().trimEnd().split('\n')
    expect(written.map((line) => JSON.parse(line))).toEqual(lines)
  })

  it('from JSON too', () => {
    const json = run('otlp', 'otlp_json', [bytes])
    const made = transcode('otlp_json', json.bytes, json.ends, 'json', 'app', NOW)
    const written = Buffer.from(made.bytes).toString().trimEnd().split('\n')
    expect(written.map((line) => JSON.parse(line))).toEqual(lines)
  })
})

describe('any bytes at all', () => {
  it('are read or left out, and nothing is thrown', () => {
    const good = Buffer.from(
      request([{ body: anyValue({ a: ['x', 1n] }), severityText: 'y' }], { attributes: pairs({ b: 1 }) }),
    )
    const json = Buffer.from(run('otlp', 'otlp_json', [good]).bytes)
    fc.assert(
      fc.property(
        fc.constantFrom<[Format, Buffer]>(['otlp', good], ['otlp_json', json]),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.constantFrom<Format>('json', 'msgpack', 'otlp', 'otlp_json', 'text'),
        ([format, bytes], changes, cut, to) => {
          const changed = Uint8Array.from(bytes)
          for (const [at, byte] of changes) changed[at % changed.length] = byte
          const some = changed.subarray(0, cut % 2 === 0 ? changed.length : cut % changed.length)
          const made = transcode(format, some, Uint32Array.of(some.length), to, 'app', NOW)
          expect(made.bytes.length).toBe(made.ends.at(-1) ?? 0)
        },
      ),
      { numRuns: 3000, seed: 24 },
    )
  })
})
