import { Encoder, ExtData, encode } from '@msgpack/msgpack'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BROKEN, rawText, SHORT, skipValue, strValue } from '../../src/net/msgpack.ts'

const scalar = fc.oneof(
  fc.string(),
  fc.string({ minLength: 250, maxLength: 300 }),
  fc.uint8Array(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.double(),
  fc.constantFrom(null, true, false),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => new ExtData(5, bytes)),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 20 }),
  map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 20 }),
}))

describe('skipValue', () => {
  it('finds the end of whatever @msgpack/msgpack writes, and none before it', () => {
    fc.assert(
      fc.property(value, (one) => {
        const bytes = new Encoder({ useBigInt64: true }).encode(one)
        expect(skipValue(bytes, 0, bytes.length)).toBe(bytes.length)
        for (let end = 0; end < Math.min(bytes.length, 60); end++) expect(skipValue(bytes, 0, end)).toBe(SHORT)
      }),
    )
  })

  it.each([
    ['a reserved byte', [0xc1], BROKEN],
    ['a reserved byte in a map', [0x81, 0xa1, 0x61, 0xc1], BROKEN],
    ['bin of 4 GiB', [0xc6, 0xff, 0xff, 0xff, 0xff], SHORT],
    ['an array of 4 G', [0xdd, 0xff, 0xff, 0xff, 0xff, 0x01], SHORT],
    ['a map of 4 G', [0xdf, 0xff, 0xff, 0xff, 0xff, 0x01], SHORT],
  ])('says what is wrong with %s', (_name, bytes, code) => {
    expect(skipValue(Uint8Array.from(bytes), 0, bytes.length)).toBe(code)
  })

  it('needs no stack for a million levels', () => {
    const bytes = new Uint8Array(1_000_001).fill(0x91)
    bytes[1_000_000] = 0
    expect(skipValue(bytes, 0, bytes.length)).toBe(bytes.length)
  })
})

describe('strValue', () => {
  it.each([0, 31, 32, 255, 256, 65_535, 65_536])('writes %i bytes as msgpack does', (length) => {
    const text = 'x'.repeat(length)
    expect(strValue(text).equals(Buffer.from(encode(text)))).toBe(true)
    expect(rawText(strValue(text), 0)?.length).toBe(length)
  })
})
