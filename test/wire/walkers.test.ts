// The walkers of assembly/ report what the plain ones of plain/ report, and those leave nothing out.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Leaves } from '../../src/core/leaves.ts'
import { Paths, ROOT } from '../../src/core/paths.ts'
import { Step } from '../../src/core/wire.ts'
import { JsonText } from '../../src/wire/json.ts'
import { MsgpackValue } from '../../src/wire/msgpack_value.ts'
import { PlainJson } from './plain/json.ts'
import { PlainMsgpack } from './plain/msgpack.ts'

const PAD = Buffer.alloc(16)

function rows(leaves: Leaves, paths: Paths): unknown[] {
  return Array.from({ length: leaves.count }, (_, at) => [
    leaves.start[at],
    leaves.end[at],
    paths.render(leaves.path[at]),
    leaves.kind[at],
    leaves.escaped[at],
    leaves.head[at],
    leaves.member[at],
    leaves.box[at],
  ])
}

/** Walks each text with both walkers of JSON, the fast one as `isOfBatch`, and compares what they say. */
function compareJson(texts: readonly Uint8Array[], isOfBatch: boolean): void {
  const [plainPaths, paths] = [new Paths(), new Paths()]
  const [plain, fast] = [new PlainJson(), new JsonText(isOfBatch)]
  const bytes = Buffer.concat([...texts, PAD])
  let start = 0
  for (const { length } of texts) {
    const [wanted, leaves] = [new Leaves(), new Leaves()]
    const step = plain.walk(bytes, start, start + length, wanted, plainPaths, ROOT)
    expect(fast.walk(bytes, start, start + length, leaves, paths, ROOT)).toBe(step)
    expect(rows(leaves, paths)).toEqual(rows(wanted, plainPaths))
    start += length
  }
}

function compareMsgpack(values: readonly Uint8Array[]): void {
  const [plainPaths, paths] = [new Paths(), new Paths()]
  const [plain, fast] = [new PlainMsgpack(), new MsgpackValue()]
  const bytes = Buffer.concat([...values, PAD])
  let start = 0
  for (const { length } of values) {
    const [wanted, leaves] = [new Leaves(), new Leaves()]
    const step = plain.walk(bytes, start, start + length, wanted, plainPaths, ROOT)
    expect(fast.walk(bytes, start, start + length, leaves, paths, ROOT)).toBe(step)
    expect(rows(leaves, paths)).toEqual(rows(wanted, plainPaths))
    if (step === Step.record) expect(fast.at).toBe(plain.at)
    start += length
  }
}

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'msg', 'level', 'a"b', 'a\\b', 'é', '', 'k'.repeat(128), 'k'.repeat(129), 'x'.repeat(17)),
  fc.string({ maxLength: 40 }),
)
const scalar = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '{"a":1}', '"', '\\', '\\"', 'line\nline', '\u0000', 'x'.repeat(300)),
  fc.integer(),
  fc.double(),
  fc.constantFrom(4111111111111111, 123456, 1234567, -1, 0, 1e15, 2 ** 53, 0.5, true, false, null),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  map: fc.dictionary(name, tie('value'), { maxKeys: 6 }),
}))

/** Bytes put in, taken out or changed. */
const damage = fc.array(
  fc.tuple(fc.nat(), fc.nat(2), fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[],:"\\ e-')))),
  {
    maxLength: 4,
  },
)

function damaged(bytes: Uint8Array, changes: readonly [number, number, number][]): Uint8Array {
  let out = Buffer.from(bytes)
  for (const [place, how, byte] of changes) {
    const at = place % (out.length + 1)
    out = Buffer.concat(
      [out.subarray(0, at), how === 1 ? [] : [byte], out.subarray(how === 0 ? at : at + 1)].map(Buffer.from),
    )
  }
  return out
}

const jsonTexts = fc.array(
  fc
    .tuple(value, fc.constantFrom(undefined, 1, '\t'), fc.oneof(fc.constant([]), damage))
    .map(([one, space, changes]) =>
      damaged(Buffer.from(JSON.stringify(one, null, space)), changes as [number, number, number][]),
    ),
  { minLength: 1, maxLength: 6 },
)

const msgpackValues = fc.array(
  fc
    .tuple(value, fc.oneof(fc.constant([]), damage))
    .map(([one, changes]) => damaged(encode(one), changes as [number, number, number][])),
  { minLength: 1, maxLength: 6 },
)

describe('the walkers of assembly report what the plain ones do', () => {
  it('of JSON in a batch, whole and damaged', () => {
    fc.assert(
      fc.property(jsonTexts, (texts) => compareJson(texts, true)),
      { numRuns: 600, seed: 21 },
    )
  })

  it('of JSON in other texts', () => {
    fc.assert(
      fc.property(jsonTexts, (texts) => compareJson(texts, false)),
      { numRuns: 300, seed: 22 },
    )
  })

  it('of msgpack, whole and damaged', () => {
    fc.assert(fc.property(msgpackValues, compareMsgpack), { numRuns: 600, seed: 23 })
  })

  it('of msgpack of any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    fc.assert(fc.property(fc.array(bytes, { minLength: 1, maxLength: 4 }), compareMsgpack), { numRuns: 600, seed: 24 })
  })

  it('at every limit of depth and length', () => {
    for (const depth of [63, 64, 65, 66]) {
      compareJson([Buffer.from('['.repeat(depth) + ']'.repeat(depth)), Buffer.from('{"a":'.repeat(depth) + 1)], true)
      compareMsgpack([Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(1)]), Buffer.alloc(depth, 0x81)])
    }
    for (const length of [14, 15, 16, 17, 31, 32, 33, 127, 128, 129, 5000]) {
      const text = 'x'.repeat(length)
      compareJson([Buffer.from(JSON.stringify({ [text]: text, b: [text, text] }))], true)
      compareMsgpack([encode({ [text]: text, b: [text, text] }), encode(new Uint8Array(length))])
    }
  })

  it('of more keys and paths than the tables begin with', () => {
    const many = Object.fromEntries(Array.from({ length: 4900 }, (_, i) => [`key-${i}`, { [`inner-${i}`]: i }]))
    compareJson([Buffer.from(JSON.stringify(many)), Buffer.from(JSON.stringify(many))], true)
    compareMsgpack([encode(many), encode(many)])
  })
})

describe('names', () => {
  it('of a batch are read from the batch, whatever was walked in between', () => {
    const paths = new Paths()
    const leaves = new Leaves()
    const batch = Buffer.from(`${JSON.stringify({ first: 1 })}${JSON.stringify({ second: 2 })}`)
    const other = Buffer.from(JSON.stringify({ zzzzz: 1, yyyyyy: 2 }).padStart(100))
    const [ofBatch, ofOthers] = [new JsonText(true), new JsonText(false)]
    ofBatch.walk(batch, 0, 11, leaves, paths, ROOT)
    ofOthers.walk(other, 0, other.length, leaves, paths, ROOT)
    ofBatch.walk(batch, 11, batch.length, leaves, paths, ROOT)
    const named = Array.from(leaves.path.subarray(0, leaves.count), (path) => paths.render(path))
    expect([...new Set(named)]).toEqual(['first', 'zzzzz', 'yyyyyy', 'second'])
  })
})
