// Texts in which nothing can be found are not shown to JavaScript at all. A rule without an anchor makes the walkers
// show all of them; so what becomes of any record must be the same with such a rule, which never finds anything.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectors } from '../../src/classifier/detectors/index.ts'
import { forwardBatch, jsonBatch } from '../../src/cli/traffic/encode.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, rule } from './harness.ts'

const quiet = await defaultPolicy()
const everything = {
  ...quiet,
  rules: [...quiet.rules, rule('never', { pattern: '[a-z]*\\x{10FFFD}\\x{10FFFD}' }, 'keep')],
}

/** One of each for the whole file: what they remember of earlier batches may not matter either. */
const [few, all] = [new Inspector(quiet), new Inspector(everything)]

function compare(format: 'json' | 'msgpack' | 'text', bytes: Uint8Array, ends: Uint32Array): void {
  const [one, other] = [few, all].map((inspector) => inspector.inspect(format, bytes.slice(), ends, 'app'))
  expect(Buffer.compare(one.bytes, other.bytes)).toBe(0)
  expect(one.ends).toEqual(other.ends)
  expect(one.counts).toEqual(other.counts)
}

const samples = detectors.flatMap(({ yes, no }) => [...yes.map((text) => text.replace(/[«»]/g, '')), ...no])
const CRI = '2026-11-21T08:00:00.000000001Z stdout'

/** How a value may be written in a text. */
const renderings: ((text: string) => string)[] = [
  (text) => text,
  (text) => `user said ${text} and left`,
  (text) => JSON.stringify({ inner: text }),
  (text) => JSON.stringify({ inner: JSON.stringify([text]) }),
  (text) => encodeURIComponent(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => `id=${Buffer.from(`user:${text}`).toString('base64url')} ok`,
  (text) => text.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`),
  (text) => text.replace(/[a-z]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`),
  (text) => `${CRI} P ${text.slice(0, text.length / 2)}`,
  (text) => `${CRI} F ${text.slice(text.length / 2)}`,
  (text) => text.repeat(Math.ceil(16_384 / Math.max(1, text.length))).slice(0, 16_384),
]
const text = fc
  .tuple(
    fc.oneof(fc.constantFrom(...samples), fc.string({ maxLength: 40 }), fc.base64String({ maxLength: 60 })),
    fc.oneof({ weight: 8, arbitrary: fc.nat(10) }, { weight: 1, arbitrary: fc.constant(11) }),
  )
  .map(([sample, how]) => renderings[how](sample))
const field = fc.constantFrom('log', 'message', 'user', 'session', 'password', 'trace_id', 'card number', 'logtag')
const record = fc.dictionary(
  field,
  fc.oneof({ weight: 4, arbitrary: text }, fc.integer(), fc.array(text, { maxLength: 3 }), fc.dictionary(field, text)),
)
const records = fc.array(record, { minLength: 1, maxLength: 8 })

function frame(events: readonly unknown[]): Buffer {
  const body = Buffer.concat(events.map((event) => Buffer.from(encode([1, event]))))
  const head = Buffer.alloc(5)
  head[0] = 0xc6
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.of(0x92), encode('tag'), head, body])
}

describe('to leave quiet texts out changes nothing', () => {
  it('in JSON', () => {
    const property = fc.property(records, (some) => {
      const { bytes, ends } = batchOf(some.map((one) => `${JSON.stringify(one)}\n`))
      compare('json', bytes, ends)
    })
    fc.assert(property, { numRuns: 300, seed: 31 })
  })

  it('in forward', () => {
    const property = fc.property(records, (some) => {
      const { bytes, ends } = batchOf([frame(some), frame(some.toReversed())])
      compare('msgpack', bytes, ends)
    })
    fc.assert(property, { numRuns: 300, seed: 32 })
  })

  it('in lines of text', () => {
    const property = fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (some) => {
      const { bytes, ends } = batchOf(some.map((one) => `${one.replaceAll('\n', ' ')}\n`))
      compare('text', bytes, ends)
    })
    fc.assert(property, { numRuns: 600, seed: 33 })
  })

  it('in traffic', () => {
    for (const make of [jsonBatch, forwardBatch]) {
      const { format, bytes, ends } = make(0, 1_000_000, { seed: 3, share: 0.3 })
      compare(format as 'json', bytes, ends)
    }
  })
})
