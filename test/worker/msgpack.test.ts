import { decodeMulti, ExtData, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { inspect, policy, rule } from './harness.ts'

const emp = rule('emp', { pattern: 'EMP-\\d{6}' })
const SECRET = 'EMP-123456'

/** One frame: the tag, raw events, and options if any. */
function frame(tag: string, events: Uint8Array[], options?: unknown): Uint8Array {
  const body = Buffer.concat(events)
  const head = Buffer.alloc(5)
  head[0] = 0xc6
  head.writeUInt32BE(body.length, 1)
  const tail = options === undefined ? [] : [encode(options)]
  return Buffer.concat([Buffer.of(0x92 + tail.length), encode(tag), head, body, ...tail])
}

function event(record: unknown, metadata: unknown = 1_700_000_000): Uint8Array {
  return encode([metadata, record], { useBigInt64: true })
}

/** EventTime of a group marker: -1 opens, -2 closes. */
function markerTime(seconds: number): ExtData {
  const payload = Buffer.alloc(8)
  payload.writeInt32BE(seconds, 0)
  return new ExtData(0, payload)
}

interface Decoded {
  tag: string
  events: [unknown, Record<string, unknown>][]
  options?: unknown
}

function decodeFrames(bytes: Uint8Array): Decoded[] {
  return [...decodeMulti(bytes, { useBigInt64: true })].map((item) => {
    const [tag, events, options] = item as [string, Uint8Array, unknown]
    return { tag, events: [...decodeMulti(events, { useBigInt64: true })] as Decoded['events'], options }
  })
}

function redactRecord(record: unknown, one = emp): unknown {
  const { bytes } = inspect(policy([one]), 'msgpack', [
    frame('t', [event({ before: 1 }), event(record), event({ after: 2 })]),
  ])
  const [{ events }] = decodeFrames(bytes)
  expect(events[0][1]).toEqual({ before: 1 })
  expect(events[2][1]).toEqual({ after: 2 })
  return events[1][1]
}

function byName(a: { service: string }, b: { service: string }): number {
  return a.service < b.service ? -1 : 1
}

describe('forward events in place', () => {
  it.each([
    ['a string', { a: `x ${SECRET} y` }, { a: 'x ********** y' }],
    ['a key', { [SECRET]: 'v' }, { '**********': 'v' }],
    ['an array', { a: [1, SECRET, [SECRET]] }, { a: [1, '**********', ['**********']] }],
    ['bin', { a: Buffer.from(`b ${SECRET}`) }, { a: new Uint8Array(Buffer.from('b **********')) }],
    [
      'ext',
      { a: new ExtData(7, Buffer.from(`e ${SECRET}`)) },
      { a: new ExtData(7, new Uint8Array(Buffer.from('e **********'))) },
    ],
    ['JSON in a string', { log: `{"a":"${SECRET}"}` }, { log: '{"a":"**********"}' }],
    ['escapes in JSON in a string', { log: `{"a":"EMP\\u002d123456"}` }, { log: '{"a":"**********"}' }],
    ['__proto__', JSON.parse(`{"__proto__x":"${SECRET}"}`), JSON.parse('{"__proto__x":"**********"}')],
  ])('%s', (_, record, expected) => {
    expect(redactRecord(record)).toEqual(expected)
  })

  it.each([
    ['fixstr to fixstr', 'ab', 12],
    ['fixstr to str 8', 'a'.repeat(20), 40],
    ['str 8 to str 16', 'a'.repeat(240), 300],
    ['str 16 to str 32', 'a'.repeat(65_520), 66_000],
    ['str 32 stays', 'a'.repeat(70_000), 4],
  ])('lengths are mended: %s', (_, filler, size) => {
    const grow = rule('grow', { pattern: 'EMP-\\d{6}' }, { type: 'replace', template: 'r'.repeat(Math.min(size, 250)) })
    expect(redactRecord({ a: { b: filler + SECRET + SECRET } }, grow)).toEqual({
      a: { b: filler + 'r'.repeat(Math.min(size, 250)).repeat(2) },
    })
  })

  it('drops members and mends the counts of their maps', () => {
    const drop = rule('pw', { field: ['password'] }, 'drop_field')
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]))
    expect(
      redactRecord(
        { password: 'abc', b: 1, c: { password: 'def', db_password: [1, 'ghi'] }, l: [{ password: 'x' }] },
        drop,
      ),
    ).toEqual({
      b: 1,
      c: { db_password: [1] },
      l: [{}],
    })
    expect(redactRecord({ ...wide, password: 'abc' }, drop)).toEqual(wide)
  })

  it('any number may become a text that is none', () => {
    const named = rule('secret', { field: ['password'] }, { type: 'replace', template: 'gone' })
    for (const password of [128, 70_000, 2 ** 40, -200, -70_000, 1.5]) {
      expect(redactRecord({ password, more: true }, named)).toEqual({ password: 'gone', more: true })
    }
  })

  it('numbers: zeros in the same width under mask, a string under replace', () => {
    const digits = rule('n', { pattern: '\\d{10,}' }, { type: 'mask', keep_last: 4 })
    expect(redactRecord({ n: 4111111111111111n, m: 5 }, digits)).toEqual({ n: 1111n, m: 5 })
    const text = rule('n', { pattern: '\\d{10,}' }, 'replace')
    expect(redactRecord({ n: 4111111111111111 }, text)).toEqual({ n: '[REDACTED:n]' })
    const signed = rule('n', { field: ['pin'] })
    expect(redactRecord({ pin: 1234, db_pin: -77, f_pin: 12.5 }, signed)).toEqual({ pin: 0, db_pin: -0 + 0, f_pin: 0 })
  })

  it('tag, metadata, options and group markers are inspected too, and not counted as records', () => {
    const open = event({ resource: { attributes: { 'service.name': 'pay', owner: SECRET } } }, [
      markerTime(-1),
      { schema: SECRET },
    ])
    const inner = event({ log: 'fine' }, [1, { otlp: { attributes: { x: SECRET } } }])
    const close = event({}, [markerTime(-2), {}])
    const one = frame(`app.${SECRET}`, [open, inner, close, event({ log: 'z' })], { note: SECRET })
    const from = policy([emp], { service_from: ['@group.resource.attributes.service.name', '@tag'] })
    const { bytes, counts } = inspect(from, 'msgpack', [one])
    expect(Buffer.from(bytes).includes('EMP')).toBe(false)
    const [{ tag, events, options }] = decodeFrames(bytes)
    expect(tag).toBe('app.**********')
    expect(options).toEqual({ note: '**********' })
    expect(events).toHaveLength(4)
    expect(counts.services.filter((count) => count.records > 0).sort(byName)).toEqual([
      // The tag, which names the service of the last record, was itself redacted.
      { service: '_redacted', records: 1, affected: 0, dropped: 0, failures: {} },
      { service: 'pay', records: 1, affected: 1, dropped: 0, failures: {} },
    ])
  })

  it('returns the very bytes when nothing was found', () => {
    const odd = Buffer.concat([
      Buffer.from('92cb41d954fc40000000', 'hex'), // float time
      Buffer.from('df00000003', 'hex'), // map 32
      Buffer.from('d90161', 'hex'), // str 8 of one byte
      Buffer.from('d30000000000000001', 'hex'), // int 64 of one
      Buffer.from('a161', 'hex'), // the same key again
      Buffer.from('ca7fc00000', 'hex'), // NaN
      Buffer.from('01', 'hex'), // a number as a key
      Buffer.from('a3fffe80', 'hex'), // no UTF-8
    ])
    const frames = [frame('app', [odd, event({ x: null })]), frame('empty', [])]
    expect(inspect(policy([emp]), 'msgpack', frames).untouched).toBe(true)
  })

  it.each([
    ['a truncated event', Buffer.from('9201', 'hex')],
    ['an event that is no pair', Buffer.from(encode([1, 2, 3]))],
    ['a length of 4 GiB', Buffer.from('9201dbffffffff', 'hex')],
    ['a map of 4 G pairs', Buffer.from('9201dfffffffff', 'hex')],
    [
      'endless nesting',
      Buffer.concat([Buffer.from('9201', 'hex'), Buffer.alloc(100_000, 0x91), Buffer.from(encode(SECRET))]),
    ],
    ['the byte that is never used', Buffer.from('9201c1', 'hex')],
  ])('fails closed: %s', (_, bad) => {
    const { bytes, counts } = inspect(policy([emp]), 'msgpack', [
      frame('t', [event({ ok: 1 }), bad]),
      frame('u', [event({ ok: 2 })]),
    ])
    const [first, second] = decodeFrames(bytes)
    expect(first.events[0][1]).toEqual({ ok: 1 })
    expect(first.events[1][1]).toHaveProperty('logveil_unreadable')
    expect(second.events[0][1]).toEqual({ ok: 2 })
    const failures = counts.services.map((count) => count.failures).filter((reasons) => Object.keys(reasons).length > 0)
    expect(failures).toHaveLength(1)
    const strict = inspect(policy([emp], { on_error: 'drop' }), 'msgpack', [frame('t', [event({ ok: 1 }), bad])])
    expect(decodeFrames(strict.bytes)[0].events).toHaveLength(1)
  })

  it('replaces a frame that is none', () => {
    const { bytes } = inspect(policy([emp]), 'msgpack', [
      Buffer.from(`garbage ${SECRET}`),
      frame('u', [event({ ok: 2 })]),
    ])
    const [first, second] = decodeFrames(bytes)
    expect(first.tag).toBe('logveil.unreadable')
    expect(second.events[0][1]).toEqual({ ok: 2 })
  })

  it('masks every leaf of an event over its budget, and none of its neighbours', () => {
    const events = [
      event({ n: 5, note: 'before' }),
      event({ n: 7, note: 'x', trace_id: 'abc', message: `${SECRET} `.repeat(20_000) }),
      event({ n: 9 }),
    ]
    const { bytes, counts } = inspect(policy([emp]), 'msgpack', [frame('t', events)])
    const [{ events: out }] = decodeFrames(bytes)
    expect(out[0][1]).toEqual({ n: 5, note: 'before' })
    expect(out[2][1]).toEqual({ n: 9 })
    expect(Object.keys(out[1][1])).not.toContain('note')
    expect(Object.values(out[1][1])).toContain(0)
    expect(JSON.stringify(out[1][1])).not.toMatch(/EMP|abc|7/)
    expect(counts.services[0].failures).toEqual({ over_budget: 1 })
  })

  it('masks every leaf when it is told to', async () => {
    const { Inspector } = await import('../../src/worker/inspector.ts')
    const { batchOf } = await import('./harness.ts')
    const { bytes, ends } = batchOf([frame('tag', [event({ key: 'value', n: 12, nested: '{"a":["b"]}' })])])
    const result = new Inspector(policy([emp])).inspect('msgpack', bytes, ends, 'app', true)
    const text = Buffer.from(result.bytes).toString('latin1')
    expect(text).not.toMatch(/tag|key|value|nested|"a"|"b"/)
    expect(decodeFrames(result.bytes)[0].events).toHaveLength(1)
    expect(result.counts.services.some((count) => (count.failures.worker_lost ?? 0) > 0)).toBe(true)
  })
})
