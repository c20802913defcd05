// The walkers drop most false candidates and count addresses by themselves. What becomes of a batch must be the same
// for who is shown all values, which are all judged by the finders, and for who is shown every record.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { detectors } from '../../src/classifier/detectors/index.ts'
import type { Format } from '../../src/core/batch.ts'
import type { Rule } from '../../src/core/policy.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, policy, rule } from './harness.ts'

const detect = (detector: string, action: Parameters<typeof rule>[2]): Rule => rule(detector, { detector }, action)
const counted = ['ipv4', 'ipv6', 'mac_address'].map((one) => detect(one, { type: 'keep' }))
const edited = ['email', 'phone', 'password_assignment', 'payment_card', 'url_credentials'].map((one) =>
  detect(one, { type: 'replace' }),
)
const named = rule('secret_field', { field: ['password', 'token', 'card_number'] }, { type: 'replace' })
const from = policy([...counted, ...edited, named], { service_from: ['service'], exclude_fields: ['trace_id'] })

/** As many are told. */
const PATHS_MAX = 5

/** One of each for the whole file: what they remember of earlier batches may not matter. */
const hidden = new Inspector(from)
const watched = new Inspector(from)
const shown = new Inspector(from, { showsAll: true })

type Outcome = ReturnType<Inspector['inspect']>

/** In one order: what runs count may come later. Which of many paths are told may differ, if all are as frequent. */
function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify('paths' in row ? { ...row, paths: told(row.paths as string[]) } : row)).sort()
}

function told(paths: readonly string[]): unknown {
  return paths.length < PATHS_MAX ? paths.toSorted() : PATHS_MAX
}

function expectSame(one: Outcome, other: Outcome): void {
  expect(Buffer.compare(one.bytes, other.bytes)).toBe(0)
  expect(sorted(one.counts.findings)).toEqual(sorted(other.counts.findings))
  expect(sorted(one.counts.services)).toEqual(sorted(other.counts.services))
}

function compare(format: Format, frames: readonly (string | Uint8Array)[], withShown: boolean): Outcome {
  const { bytes, ends } = batchOf(frames)
  const one = hidden.inspect(format, bytes.slice(), ends, 'app')
  expectSame(
    one,
    watched.inspect(format, bytes.slice(), ends, 'app', false, () => {}),
  )
  if (withShown) expectSame(one, shown.inspect(format, bytes.slice(), ends, 'app'))
  return one
}

/** What candidates are made of, and what stands around them. */
const piece = fc.constantFrom(
  ...[
    '10.0.0.1',
    '203.0.113.7',
    '255.255.255.255',
    '256.1.1.1',
    '1.2.3',
    '.4',
    '.01',
    '0.0.0.0',
    '120.0.0.0',
    '9',
    '.',
  ],
  ...['version', 'Version=', 'release: ', 'build="', 'Chrome/', 'a/', 'nginx-', '_', '-', 'v', 'x', 'ebuild '],
  ...['%3D', '%20', '%2B', '%40', '%', '\\n', ' ', ' ', ' ', '\t', '/', ',', '(', ')', '[', ']', '"', "'", '\\', 'é'],
  ...['jane', '@', '@x', 'example', '.com', '.c', '.co1', '1', '-', '+', '://', 'root@localhost', 'tty1.service'],
  ...['::', ':', 'fe80', '2001:db8', 'ffff', '::1', 'std::abs', 'dead', '12:34:56', '00:1a:2b:3c:4d:5e', '2005:1'],
  ...['+1', '415', '555', '2671', '(415)', ' 555', '-555', '.555', '.2671', '-2671', '+49', '30 901820', '001.', '1-'],
  ...['%201.203.555.0199', ' 203.555.0199', '+203.555.', ' 198.51.100.7', 'password%3Dx1Y2z3', 'token%22%3A%22x1Y2z3'],
  ...['2001:db8:0:1:2:3:4:5', '1111:2:3:4:5:6:', '1:2:3:4:5:6:7:8'],
  ...[
    'password',
    'token',
    'pwd',
    'pass',
    'api_key',
    'card_number',
    'Failed password for',
    '=',
    ':',
    '=>',
    ': ',
    'x1Y2z3',
  ],
  ...['4111111111111111', '4111 1111 1111 1111', '3782 822463 10005', '4111-1111-', ' 5500 ', '<token>', '</', '>'],
  ...['postgres://', 'u:', 'hunter2@', 'hunter2@db', '//', 'http://id.', ':'],
  ...[
    'FE80::',
    'Type2::',
    '0:0:0:0:0:0:0:1',
    '0:0:0:0:0:0:0:0:2181:',
    'node:fe80::2',
    '-::1',
    ' ::2',
    '-fe80:1',
    '64:ff9b::192.0.2.33',
  ],
)
const text = fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => pieces.join(''))
const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '192.0.2.44')
const line = fc.oneof(
  { weight: 3, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.tuple(address, text, address).map(([one, between, other]) => `${one} ${between} ${other}`),
  },
  { weight: 1, arbitrary: address.map((one) => `connection from ${one} closed`) },
)

describe('what the walkers say of candidates is what the finders say', () => {
  it('in lines of text', () => {
    const lines = fc.array(line, { minLength: 1, maxLength: 400, size: 'max' })
    const property = fc.property(lines, (some) => {
      const frames = some.map((one) => `${one}\n`)
      compare('text', frames, true)
    })
    fc.assert(property, { numRuns: 80, seed: 51 })
  })

  const record = fc.record(
    {
      service: fc.constantFrom('shop', 'cart', '10.0.0.1', 'a@example.com'),
      log: line,
      peer: address,
      trace_id: fc.oneof(address, fc.constant('0af7651916cd43dd8448eb211c80319c')),
      tags: fc.array(line, { maxLength: 3 }),
      inner: fc
        .record({ msg: line, peer: address, trace_id: address }, { requiredKeys: [] })
        .map((one) => JSON.stringify(one)),
    },
    { requiredKeys: [] },
  )
  const plain = record.map(({ trace_id: _, inner, ...rest }) => ({
    ...rest,
    inner: inner?.replaceAll('trace_id', 'id'),
  }))

  it.each([
    ['with ids that stand elsewhere, too', record, false],
    ['without', plain, true],
  ] as const)('in JSON and forward, %s', (_, some, withShown) => {
    const property = fc.property(fc.array(some, { minLength: 1, maxLength: 80, size: 'max' }), (records) => {
      compare(
        'json',
        records.map((one) => `${JSON.stringify(one).replaceAll('.2', '\\u002e2')}\n`),
        withShown,
      )
      const events = records.map((one) => Buffer.concat([Buffer.of(0x92), encode(1_795_273_200), encode(one)]))
      const head = Buffer.alloc(5)
      head[0] = 0xc6
      head.writeUInt32BE(Buffer.concat(events).length, 1)
      compare('msgpack', [Buffer.concat([Buffer.of(0x92), encode('app'), head, ...events])], withShown)
    })
    fc.assert(property, { numRuns: 80, seed: 52 })
  })
})

describe('the same holds for every detector of the library', () => {
  const all = policy(detectors.map(({ id }) => detect(id, { type: 'keep' })))
  const one = new Inspector(all)
  const other = new Inspector(all, { showsAll: true })
  const texts = detectors.flatMap(({ yes, no }) => [...yes.map((text) => text.replace(/[«»]/g, '')), ...no])

  it('in the strings in which it must find something, or nothing', () => {
    const { bytes, ends } = batchOf(texts.map((text) => `${text.replaceAll('\n', ' ')}\n`))
    const found = one.inspect('text', bytes.slice(), ends, 'app')
    expect(found.counts.findings.length).toBeGreaterThan(detectors.length * 0.85)
    expectSame(found, other.inspect('text', bytes.slice(), ends, 'app'))
  })

  it('in pieces of them', () => {
    const cut = fc
      .tuple(fc.constantFrom(...texts), fc.nat(40), fc.nat(40), fc.constantFrom('', ' ', '1', 'x', '.', '-'))
      .map(([text, from, to, behind]) => text.slice(from % 7, text.length - (to % 5)).replaceAll('\n', ' ') + behind)
    const lines = fc.array(fc.array(cut, { minLength: 1, maxLength: 2 }), { minLength: 20, maxLength: 60 })
    const property = fc.property(lines, (some) => {
      const { bytes, ends } = batchOf(some.map((parts) => `${parts.join('')}\n`))
      expectSame(one.inspect('text', bytes.slice(), ends, 'app'), other.inspect('text', bytes.slice(), ends, 'app'))
    })
    fc.assert(property, { numRuns: 40, seed: 53 })
  })
})

test('addresses are counted by service and path, and so are the records that hold them', () => {
  const line = (service: string, peer: string) =>
    `${JSON.stringify({ service, peer, log: `from ${peer} and 10.9.9.9` })}\n`
  const shop = Array.from({ length: 40 }, (_, i) => line('shop', `10.0.0.${i}`))
  const cart = Array.from({ length: 20 }, (_, i) => line('cart', `10.0.1.${i}`))
  const { counts } = compare('json', [...shop, ...cart, '{"service":"cart","log":"ok"}\n'], true)
  const rows = counts.findings.map(({ service, rule, action, matches, records, confidence, paths }) => {
    return { service, rule, action, matches, records, confidence, paths }
  })
  const row = { rule: 'ipv4', action: 'keep', paths: ['log', 'peer'] }
  expect(rows).toEqual([
    { ...row, service: 'shop', matches: 120, records: 40, confidence: { high: 120 } },
    { ...row, service: 'cart', matches: 60, records: 20, confidence: { high: 60 } },
  ])
  expect(counts.services.map(({ service, records, affected }) => [service, records, affected])).toEqual([
    ['shop', 40, 40],
    ['cart', 21, 20],
  ])
})

test('where more is wanted of an address than to count it, everybody is shown it', () => {
  const lines = Array.from({ length: 10 }, (_, i) => `from 10.0.0.${i} and a@example.com\n`)
  const { bytes, ends } = batchOf(lines)
  const run = (one: Partial<Rule>) => {
    const made = new Inspector(policy([{ ...detect('ipv4', { type: 'keep' }), ...one }]))
    for (let batch = 0; batch < 2; batch++) made.inspect('text', bytes.slice(), ends, 'app')
    return made.inspect('text', bytes.slice(), ends, 'app').counts.findings.map(({ matches }) => matches)
  }
  expect(run({})).toEqual([10])
  expect(run({ where: { source: ['app'] } })).toEqual([10])
  expect(run({ where: { source: ['other'] } })).toEqual([])
  expect(run({ allow: { exact: ['10.0.0.3'] } })).toEqual([9])
  expect(run({ confidence: 'low' })).toEqual([])
})

test('where its value or its record is wanted, too', () => {
  const lines = Array.from({ length: 10 }, (_, i) => `from 10.0.0.${i}\n`)
  const { bytes, ends } = batchOf(lines)
  const plain = policy([{ ...detect('ipv4', { type: 'keep' }), fingerprint: true }], {
    hmac: { id: 'k1', key: '00'.repeat(32) },
  })
  const [named, tightened] = [new Inspector(plain), new Inspector(policy([detect('ipv4', { type: 'keep' })]))]
  const when = {}
  for (let batch = 0; batch < 3; batch++) {
    const { counts } = named.inspect('text', bytes.slice(), ends, 'app')
    expect(counts.findings[0].fingerprints).toHaveLength(5)
    expect(tightened.inspect('text', bytes.slice(), ends, 'app').counts.findings[0].matches).toBe(10)
  }
  const around = { now_ms: 0, isFinal: true, tightened: [{ response: 'drop' as const, when }] }
  const dropped = tightened.inspect('text', bytes.slice(), ends, 'app', false, undefined, around)
  expect(dropped.counts.services.map(({ records, dropped: gone }) => [records, gone])).toEqual([[10, 10]])
  expect(dropped.bytes).toHaveLength(0)
})
