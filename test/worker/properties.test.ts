import { decodeMulti, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, inspect, policy, rule } from './harness.ts'

const SECRET = 'EMP-123456'
const MASKED = '**********'
const one = policy([rule('emp', { pattern: 'EMP-\\d{6}' })])

/** Text in which the secret may stand, among what JSON has to escape. */
const text = fc
  .array(fc.constantFrom('a', ' ', '"', '\\', '/', '\n', '\u0001', 'é', '漢', '🙂', '{', '[', '}', SECRET), {
    maxLength: 8,
  })
  .map((parts) => parts.join('|'))

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
}))

/** The same value redacted the slow way: decoded, every string replaced, JSON inside strings too. */
function redacted(of: unknown): unknown {
  if (typeof of === 'string') return of.replaceAll(SECRET, MASKED)
  if (Array.isArray(of)) return of.map(redacted)
  if (of === null || typeof of !== 'object') return of
  return Object.fromEntries(Object.entries(of).map(([key, inner]) => [key.replaceAll(SECRET, MASKED), redacted(inner)]))
}

/** JSON with characters escaped and white space put in at random. */
function untidy(of: unknown, escapes: (letter: string) => boolean): string {
  return JSON.stringify(of, null, 1).replace(/"(?:[^"\\]|\\.)*"/g, (string) =>
    string.replace(/\\.|[^"\\]/gu, (letter) => {
      if (letter.length > 1 && letter[0] === '\\') return letter === '\\u' ? letter : letter
      return escapes(letter)
        ? [...Array(letter.length).keys()]
            .map((i) => `\\u${letter.charCodeAt(i).toString(16).padStart(4, '0')}`)
            .join('')
        : letter
    }),
  )
}

describe('for any record', () => {
  it('JSON: the result is what decoding, replacing and encoding gives', () => {
    fc.assert(
      fc.property(value, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (record, pattern) => {
        let turn = 0
        // Escapes that JSON.stringify wrote itself (\uXXXX) stay whole: only letters outside of them are escaped.
        const input = untidy(record, (letter) => /[A-Z]/.test(letter) && pattern[turn++ % 7])
        const output = inspect(one, 'json', [input])
        expect(JSON.parse(output.text)).toEqual(redacted(record))
        if (!JSON.stringify(record).includes(SECRET)) expect(output.untouched).toBe(true)
      }),
      { numRuns: 1000, seed: 11 },
    )
  })

  it('JSON in a string in a string: the same, and valid at each level', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 3 }), (record) => {
        const input = JSON.stringify({ log: JSON.stringify({ inner: JSON.stringify(record) }) })
        const output = JSON.parse(inspect(one, 'json', [input]).text)
        expect(JSON.parse(JSON.parse(output.log).inner)).toEqual(redacted(record))
      }),
      { numRuns: 500, seed: 12 },
    )
  })

  it('msgpack: the result is what decoding, replacing and encoding gives', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (records) => {
        const body = Buffer.concat(records.map((record) => encode([1, record])))
        const head = Buffer.alloc(5)
        head[0] = 0xc6
        head.writeUInt32BE(body.length, 1)
        const { bytes } = inspect(one, 'msgpack', [Buffer.concat([Buffer.of(0x92), encode('t'), head, body])])
        const [[, events]] = [...decodeMulti(bytes)] as [string, Uint8Array][]
        expect([...decodeMulti(events)]).toEqual(records.map((record) => [1, redacted(record)]))
      }),
      { numRuns: 1000, seed: 13 },
    )
  })

  it('nothing depends on how records are put into batches', () => {
    const lines = fc.array(
      value.map((record) => `${JSON.stringify(record)}\n`),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 6 }), (frames, size) => {
        const inspector = new Inspector(one)
        let text = ''
        for (let at = 0; at < frames.length; at += size) {
          const { bytes, ends } = batchOf(frames.slice(at, at + size))
          text += Buffer.from(inspector.inspect('json', bytes, ends, 'app').bytes).toString()
        }
        expect(text).toBe(inspect(one, 'json', frames).text)
      }),
      { numRuns: 200, seed: 14 },
    )
  })

  it('any bytes at all: it returns, and the secret does not', () => {
    const noise = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc.constantFrom(SECRET, '{"a":"', '"}', '[', ']', '\\u00', '\\', ':').map((part) => Buffer.from(part)),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(noise, fc.constantFrom('json' as const, 'msgpack' as const, 'text' as const), (parts, format) => {
        const { bytes } = inspect(one, format, [Buffer.concat(parts)])
        expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
      }),
      { numRuns: 2000, seed: 15 },
    )
  })
})
