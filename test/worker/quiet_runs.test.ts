// Records in which nothing is found are walked and counted in runs, and shown to nobody. Somebody who observes a batch
// is shown every record: so what becomes of any batch must be the same with an observer and without.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Format } from '../../src/core/batch.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, policy, rule } from './harness.ts'

const from = policy(
  [
    rule('emp', { pattern: 'EMP-\\d{6}' }, 'mask'),
    rule('pass', { field: ['password'] }, { type: 'replace' }),
    rule('gone', { pattern: 'DROP-\\d{4}' }, 'drop_record'),
  ],
  {
    service_from: ['kubernetes.labels.app', 'service', '@group.resource.service', '@tag'],
    namespace_from: ['ns', '@metadata.ns'],
    environment_from: ['env'],
  },
)

/** One of each for the whole file: what they remember of earlier batches may not matter. */
const [hidden, shown] = [new Inspector(from), new Inspector(from)]

/** Findings and services in one order: those of a run may be counted a little later than they came. */
function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort()
}

function compare(format: Format, frames: readonly (string | Uint8Array)[]): void {
  const { bytes, ends } = batchOf(frames)
  const one = hidden.inspect(format, bytes.slice(), ends, 'app')
  const other = shown.inspect(format, bytes.slice(), ends, 'app', false, () => {})
  expect(Buffer.compare(one.bytes, other.bytes)).toBe(0)
  expect(one.ends).toEqual(other.ends)
  expect(sorted(one.counts.findings)).toEqual(sorted(other.counts.findings))
  expect(sorted(one.counts.services)).toEqual(sorted(other.counts.services))
}

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('shop', 'cart', 'search', 'EMP-123456', '', 'a"b', 'é', 'x'.repeat(200)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.integer() as fc.Arbitrary<unknown> },
)
const plain = fc.constantFrom('request finished', 'EMP-654321', 'DROP-1234', '{}', '[1]', 'took 5 ms', 'a\\u0041 "b"\n')
const inner = fc.oneof(
  plain,
  fc.record({ msg: plain, service: name }, { requiredKeys: [] }).map((one) => JSON.stringify(one)),
  fc.constantFrom('{"a":', '[1,2', '{"a":"\\"x\\" \\u0045MP-111111"}', ' {"b":["EMP-222222"]} ', '{"c":"{\\"d\\":1}"}'),
)
const record = fc.record(
  {
    service: name,
    ns: name,
    env: name,
    kubernetes: fc.record({ labels: fc.record({ app: name }, { requiredKeys: [] }) }),
    log: inner,
    password: plain,
    n: fc.double({ noNaN: true, noDefaultInfinity: true }),
  },
  { requiredKeys: [] },
)
const records = fc.array(record, { minLength: 1, maxLength: 20 })

const time = Buffer.from('d7000000000100000000', 'hex')
const opens = Buffer.from('d700ffffffff00000000', 'hex')
const closes = Buffer.from('d700fffffffe00000000', 'hex')

/** An event in one of the forms that there are: with a time of either kind, with metadata or without, or a marker. */
const event = fc.tuple(record, fc.nat(7), name).map(([one, form, value]) => {
  const body = encode(one)
  const metadata = encode({ ns: value })
  if (form === 0) return Buffer.concat([Buffer.of(0x92), encode(1_795_273_200), body])
  if (form === 1) return Buffer.concat([Buffer.of(0x92, 0x92), time, metadata, body])
  if (form === 2) return Buffer.concat([Buffer.of(0x92, 0x92), opens, Buffer.of(0x80), encode({ resource: one })])
  if (form === 3) return Buffer.concat([Buffer.of(0x92, 0x92), closes, Buffer.of(0x80), encode({})])
  if (form < 6) return Buffer.concat([Buffer.of(0x92, 0x92), time, Buffer.of(0x80), body])
  return Buffer.concat([Buffer.of(0x92), time, body])
})

function frame(tag: unknown, events: readonly Uint8Array[], rest: Uint8Array): Buffer {
  const body = Buffer.concat([...events, rest])
  const head = Buffer.alloc(5)
  head[0] = 0xc6
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.of(0x92), encode(String(tag)), head, body])
}

describe('to leave quiet records out changes nothing', () => {
  it('in JSON', () => {
    const line = fc.oneof(
      { weight: 12, arbitrary: record.map((one) => JSON.stringify(one)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('', '  ', '{"a":', '"EMP-333333"', '"quiet"', '12', 'null', '{"a":1} x'),
      },
    )
    const lines = fc.array(line, { minLength: 1, maxLength: 20 })
    const property = fc.property(lines, (some) =>
      compare(
        'json',
        some.map((one) => `${one}\n`),
      ),
    )
    fc.assert(property, { numRuns: 400, seed: 41 })
  })

  it('in forward, with tags, groups and metadata', () => {
    const broken = fc.constantFrom(Buffer.of(), Buffer.of(0x92), Buffer.of(0x92, 0xd7, 0), Buffer.of(0x92, 1, 0xc1))
    const chunk = fc.tuple(name, fc.array(event, { maxLength: 12 }), broken).map(([...parts]) => frame(...parts))
    const property = fc.property(fc.array(chunk, { minLength: 1, maxLength: 4 }), (some) => compare('msgpack', some))
    fc.assert(property, { numRuns: 400, seed: 42 })
  })

  it('in lines of text', () => {
    const lines = fc.array(fc.oneof(inner, fc.constantFrom('', '\r', 'EMP-1', 'x EMP-123456')), { maxLength: 20 })
    const property = fc.property(lines, (some) =>
      compare(
        'text',
        some.map((one) => `${one.replaceAll('\n', '')}\n`),
      ),
    )
    fc.assert(property, { numRuns: 300, seed: 43 })
  })

  it('with more names than are kept', () => {
    for (let batch = 0; batch < 6; batch++) {
      const lines = Array.from({ length: 1500 }, (_, i) => `{"service":"s${batch}-${i}","log":"ok"}\n`)
      compare('json', [...lines, ...lines, '{"service":"shop","log":"EMP-123456"}\n'])
    }
  })

  it('with a policy that finds something in every name', () => {
    const property = fc.property(records, (some) => {
      const marked = some.map((one) => ({ ...one, service: 'EMP-123456', env: 'prod' }))
      compare(
        'json',
        marked.map((one) => `${JSON.stringify(one)}\n`),
      )
    })
    fc.assert(property, { numRuns: 50, seed: 44 })
  })
})

test('a record with too many new keys fails closed behind a run, too', () => {
  const keys = Array.from({ length: LIMITS.record_new_keys_max + 2 }, (_, i) => [`k${i}`, 'v'])
  const quiet = Array.from({ length: 5 }, () => '{"service":"shop","log":"ok"}\n')
  const { bytes, ends } = batchOf([...quiet, `${JSON.stringify(Object.fromEntries(keys))}\n`, ...quiet])
  const { counts } = new Inspector(from).inspect('json', bytes, ends, 'app')
  expect(counts.services.map(({ service, records, failures }) => [service, records, failures])).toEqual([
    ['shop', 10, {}],
    ['unknown_service', 1, { over_budget: 1 }],
  ])
})
