// `drop_field` takes out the member whatever its value looks like: escapes in it do not move the box that it is in.
import { encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { inspect, policy, rule } from './harness.ts'

const RULES = policy([rule('token', { pattern: 'tok_[a-z]+' }, 'drop_field')])

describe('drop_field', () => {
  test.each([
    ['with escapes in it', { n: 1, a: 'say "tok_ab"', z: 2 }, { n: 1, z: 2 }],
    ['that comes first', { a: '\ttok_ab', n: 1 }, { n: 1 }],
    ['in nested JSON', { n: 1, log: JSON.stringify({ a: 'say "tok_ab"', z: 2 }) }, { n: 1, log: '{"z":2}' }],
    ['in JSON of JSON', { log: JSON.stringify({ log: JSON.stringify({ a: '"tok_ab', z: 2 }) }) }, undefined],
  ])('takes out a member %s', (_, given, left) => {
    const { text } = inspect(RULES, 'json', [`${JSON.stringify(given)}\n`])
    expect(JSON.parse(text)).toEqual(left ?? { log: '{"log":"{\\"z\\":2}"}' })
  })

  test('takes out a member with escapes of JSON in a msgpack string', () => {
    const event = encode([1, { log: JSON.stringify({ a: 'say "tok_ab"', z: 2 }) }])
    const tag = encode('app')
    const size = Buffer.alloc(4)
    size.writeUInt32BE(event.length)
    const frame = Buffer.concat([Uint8Array.of(0x92), tag, Uint8Array.of(0xc6), size, event])
    const { bytes } = inspect(RULES, 'msgpack', [frame])
    expect(Buffer.from(bytes).toString('latin1')).toContain('{"z":2}')
  })
})
