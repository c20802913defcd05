// What rules on counts have a worker do: values told apart by keyed hashes, records dropped and put aside.
import { decodeMulti, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import type { Tightening } from '../../src/core/alert_rules.ts'
import type { Format } from '../../src/core/batch.ts'
import type { Policy } from '../../src/core/policy.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { frame } from '../sinks/receiver.ts'
import { batchOf, policy as policyOf, rule } from './harness.ts'

const policy = policyOf(
  [
    rule('token', { pattern: 'tok_[a-z]+' }, 'mask', { category: 'secret' }),
    rule('node', { pattern: 'node-[0-9]+' }, 'keep', { category: 'network' }),
  ],
  {
    hmac: { id: 'k1', key: 'a made-up key for tests' },
    watch: [
      { id: 'by_ip', paths: ['client.ip', 'ip'] },
      { id: 'by_user', paths: ['**.user'] },
    ],
  },
)

function run(records: object[], tightened: Tightening[] = [], isAside = false, mode: Policy['mode'] = 'enforce') {
  const lines = records.map((record) => Buffer.from(`${JSON.stringify(record)}\n`))
  return inspect(new Inspector({ ...policy, mode }), 'json', lines, tightened, isAside)
}

function inspect(
  inspector: Inspector,
  format: Format,
  frames: Uint8Array[],
  tightened: Tightening[],
  isAside: boolean,
) {
  const { bytes, ends } = batchOf(frames)
  const around = { now_ms: 0, isFinal: true, tightened, isAside }
  const { bytes: out, counts } = inspector.inspect(format, bytes, ends, 'app', false, undefined, around)
  const { quarantined } = inspector.onCounts
  return { out, text: Buffer.from(out).toString(), counts, quarantined }
}

const records = [
  { service: 'pay', client: { ip: '10.0.0.1' }, user: 42, note: 'tok_abc and tok_def' },
  { service: 'pay', ip: '10.0.0.2', note: 'fine' },
  { service: 'pay', ip: '10.0.0.1', note: 'tok_abc on node-7' },
  { service: 'web', ip: '10.0.0.1', note: 'tok_abc' },
  { service: 'web', note: 'node-1' },
]

describe('values in records with findings', () => {
  it('are told apart by keyed hashes, whatever the path', () => {
    const { values = [] } = run(records).counts
    const rows = values.map(({ alert, service, rule, matches, records }) => [alert, service, rule, matches, records])
    expect(rows).toEqual([
      ['by_ip', 'pay', 'token', 3, 2],
      ['by_user', 'pay', 'token', 2, 1],
      ['by_ip', 'pay', 'node', 1, 1],
      ['by_ip', 'web', 'token', 1, 1],
    ])
    const hashes = values.filter(({ alert }) => alert === 'by_ip').map(({ value }) => value)
    expect(new Set(hashes).size).toBe(1)
    expect(hashes[0]).toMatch(/^k1:[0-9a-f]{16}$/)
    expect(JSON.stringify(values)).not.toContain('10.0.0')
  })

  it('are the same again when they were seen before and are clean', () => {
    const inspector = new Inspector(policy)
    const lines = Array.from({ length: 50 }, () => Buffer.from('{"ip":"10.0.0.1","user":7,"note":"tok_abc"}\n'))
    const { counts } = inspect(inspector, 'json', lines, [], false)
    expect(counts.values?.map(({ records }) => records)).toEqual([50, 50])
  })

  it('cost nothing where no rule on counts asks', () => {
    const { counts } = inspect(
      new Inspector({ ...policy, watch: [] }),
      'json',
      [Buffer.from('{"ip":"1","a":"tok_a"}')],
      [],
      false,
    )
    expect(counts.values).toBeUndefined()
  })
})

describe('a service that is tightened', () => {
  const drop: Tightening = { response: 'drop', when: { service: ['pay'], category: ['secret'] } }
  const aside: Tightening = { ...drop, response: 'quarantine' }

  it('loses the records in which the kind is found, and no others', () => {
    const { text, counts } = run(records, [drop])
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).note),
    ).toEqual(['fine', '*******', 'node-1'])
    expect(
      counts.findings.map(({ service, rule, action, matches }) => [service, rule, action, matches]),
    ).toContainEqual(['pay', 'token', 'drop_record', 3])
    expect(counts.services.find(({ service }) => service === 'pay')).toMatchObject({
      records: 3,
      affected: 2,
      dropped: 2,
    })
  })

  it('has them put aside, redacted, and nothing else with them', () => {
    const main = run(records, [aside])
    expect(main.text).toBe(run(records, [drop]).text)
    expect(main.quarantined).toBe(2)
    expect(main.counts.findings.map(({ action }) => action)).toContain('quarantine')
    const { text } = run(records, [aside], true)
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).note),
    ).toEqual(['******* and *******', '******* on node-7'])
  })

  it('is left alone when it is over, or by a rule that only counts', () => {
    expect(run(records, []).text.trim().split('\n')).toHaveLength(5)
    expect(
      run(records, [{ ...drop, when: { source: ['other'] } }])
        .text.trim()
        .split('\n'),
    ).toHaveLength(5)
    expect(run(records, [drop], false, 'observe').text).toContain('tok_abc')
    const inspector = new Inspector({ ...policy, rules: [{ ...policy.rules[0], observe: true }] })
    expect(inspect(inspector, 'json', [Buffer.from('{"service":"pay","a":"tok_a"}')], [drop], false).text).toContain(
      'tok_a',
    )
  })

  it('puts no record aside that could not be inspected', () => {
    const lines = ['{"service":"pay","note":"tok_abc"}\n', '{"broken\n', '{"service":"pay","note":"fine"}\n']
    const frames = lines.map((line) => Buffer.from(line))
    const { text } = inspect(new Inspector(policy), 'json', frames, [aside], true)
    expect(text).toBe('{"service":"pay","note":"*******"}\n')
  })

  it('may send forward events: the tag and the group stay with what is put aside', () => {
    const events = [
      [1, { service: 'pay', note: 'tok_abc' }],
      [2, { service: 'pay', note: 'fine' }],
      [3, { service: 'web', note: 'tok_abc' }],
    ]
    const { out } = inspect(
      new Inspector(policy),
      'msgpack',
      [frame('app', events), frame('b', [[4, {}]])],
      [aside],
      true,
    )
    const [kept] = decodeMulti(out) as Generator<[string, Uint8Array]>
    expect(kept[0]).toBe('app')
    expect([...decodeMulti(kept[1])]).toEqual([[1, { service: 'pay', note: '*******' }]])
    expect(encode(kept).length).toBeLessThan(100)
  })
})
