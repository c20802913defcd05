// For any OTLP request: what comes out is what decoding with an independent library, replacing and encoding gives.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Edits } from '../../src/core/edits.ts'
import { Kind, Leaves } from '../../src/core/leaves.ts'
import { Paths } from '../../src/core/paths.ts'
import { Step } from '../../src/core/wire.ts'
import { wires } from '../../src/wire/index.ts'
import { transcode } from '../../src/wire/transcode.ts'
import { requestsOf } from '../wire/otlp_requests.ts'
import { type Plain, requestBytes, requestMessage, requestPlain } from '../wire/otlp_schema.ts'
import { batchOf, inspect, policy, rule } from './harness.ts'

const SECRET = 'EMP-123456'
const MASKED = '**********'
const one = policy([rule('emp', { pattern: 'EMP-\\d{6}' })])
const IDS = new Set(['traceId', 'spanId'])

/** The same request redacted the slow way. */
function redacted(of: Plain, key = ''): Plain {
  if (typeof of === 'string') {
    if (IDS.has(key)) return of
    if (key !== 'bytesValue') return of.replaceAll(SECRET, MASKED)
    const text = Buffer.from(of, 'base64').toString('latin1')
    return Buffer.from(text.replaceAll(SECRET, MASKED), 'latin1').toString('base64')
  }
  if (Array.isArray(of)) return of.map((item) => redacted(item, key))
  if (of === null || typeof of !== 'object') return of
  return Object.fromEntries(Object.entries(of).map(([name, inner]) => [name, redacted(inner, name)]))
}

describe('for any OTLP request', () => {
  it('the result is what decoding, replacing and encoding gives; without a finding, the very bytes', () => {
    fc.assert(
      fc.property(fc.array(requestsOf([SECRET], true), { minLength: 1, maxLength: 3 }), (plains) => {
        const frames = plains.map((plain) => requestBytes(plain))
        const out = inspect(one, 'otlp', frames)
        expect(out.ends).toHaveLength(frames.length)
        let start = 0
        for (const [i, end] of out.ends.entries()) {
          expect(requestPlain(out.bytes.subarray(start, end))).toEqual(redacted(requestPlain(frames[i])))
          start = end
        }
        const isClean = JSON.stringify(plains.map((plain) => redacted(plain))) === JSON.stringify(plains)
        expect(out.untouched).toBe(isClean)
      }),
      { numRuns: 500, seed: 31 },
    )
  })

  it('a splice without edits gives the same message and the same bytes', () => {
    fc.assert(
      fc.property(requestsOf([], true), (plain) => {
        const { bytes, ends } = batchOf([requestBytes(plain)])
        const spliced = wires.otlp.splice(bytes, ends, new Edits())
        expect(Buffer.from(spliced.bytes)).toEqual(Buffer.from(bytes))
        expect(requestMessage(spliced.bytes)).toEqual(requestMessage(bytes))
      }),
      { numRuns: 200, seed: 32 },
    )
  })

  it('edits of any leaves change those leaves and nothing else', () => {
    const replacements = fc.array(fc.option(fc.string({ maxLength: 300 }), { nil: undefined }), { minLength: 1 })
    fc.assert(
      fc.property(requestsOf([], true), replacements, (plain, texts) => {
        const { bytes, ends } = batchOf([requestBytes(plain)])
        const before = textsOf(bytes)
        const edits = new Edits()
        const after = before.map(({ start, end, head, text }, i) => {
          const replacement = texts[i % texts.length]
          if (replacement === undefined) return text
          edits.add(start, end, head, Buffer.from(replacement))
          return Buffer.from(replacement).toString('latin1')
        })
        const spliced = wires.otlp.splice(bytes, ends, edits)
        expect(textsOf(spliced.bytes).map(({ text }) => text)).toEqual(after.filter((text) => text !== ''))
        expect(shapeOf(requestPlain(spliced.bytes))).toEqual(shapeOf(requestPlain(bytes)))
      }),
      { numRuns: 500, seed: 33 },
    )
  })

  it('in JSON it is the same as in protobuf: bytes, findings, paths and services', () => {
    fc.assert(
      fc.property(requestsOf([SECRET], true), fc.boolean(), (plain, isSpaced) => {
        const bytes = requestBytes(plain)
        const made = transcode('otlp', bytes, Uint32Array.of(bytes.length), 'otlp_json', 'app', 0n)
        const text = Buffer.from(made.bytes).toString()
        const json = isSpaced ? JSON.stringify(JSON.parse(text), null, 2) : text
        const fromJson = inspect(one, 'otlp_json', [json])
        const fromBytes = inspect(one, 'otlp', [bytes])
        const back = transcode('otlp_json', fromJson.bytes, fromJson.ends, 'otlp', 'app', 0n)
        expect(requestPlain(back.bytes)).toEqual(requestPlain(fromBytes.bytes))
        expect(fromJson.counts).toEqual(fromBytes.counts)
        expect(fromJson.untouched).toBe(fromBytes.untouched)
      }),
      { numRuns: 500, seed: 34 },
    )
  })
})

interface Text {
  start: number
  end: number
  head: number
  text: string
}

/** All texts and keys of a request, by their place. */
function textsOf(bytes: Uint8Array): Text[] {
  const walk = wires.otlp.walk()
  const paths = new Paths()
  const leaves = new Leaves()
  const texts: Text[] = []
  walk.begin(bytes, 0, bytes.length)
  for (;;) {
    leaves.reset()
    const step = walk.next(leaves, paths)
    if (step === Step.end) return texts.sort((a, b) => a.start - b.start)
    expect(step).toBeGreaterThan(0)
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] !== Kind.text && leaves.kind[leaf] !== Kind.key) continue
      const [start, end, head] = [leaves.start[leaf], leaves.end[leaf], leaves.head[leaf]]
      texts.push({ start, end, head, text: Buffer.from(bytes.subarray(start, end)).toString('latin1') })
    }
  }
}

/** The request with all texts made one, so that only what is around them is compared. */
function shapeOf(plain: Plain): Plain {
  const names = new Set(['stringValue', 'bytesValue', 'key', 'severityText', 'eventName', 'name', 'version'])
  for (const name of ['schemaUrl', 'type', 'idKeys', 'descriptionKeys']) names.add(name)
  if (Array.isArray(plain)) return plain.map(shapeOf)
  if (plain === null || typeof plain !== 'object') return plain
  const entries = Object.entries(plain).filter(([name]) => !names.has(name))
  return Object.fromEntries(entries.map(([name, inner]) => [name, shapeOf(inner)]))
}
