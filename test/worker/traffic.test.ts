// Realistic traffic, of which is known what must become of it: what an inspector remembers of earlier records (keys,
// paths, clean values) must never change what it does with a later one.
import { decodeMulti } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { encodeEvent, framedBatch, framesOf } from '../../src/cli/traffic/encode.ts'
import { recordAt } from '../../src/cli/traffic/records.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { Inspector } from '../../src/worker/inspector.ts'

const policy = await defaultPolicy()
const RECORDS = 3000

describe.each([21, 22])('made-up traffic with seed %i', (seed) => {
  const options = { seed, share: 0.3 }
  const numbers = Array.from({ length: RECORDS }, (_, number) => number)
  const wanted = numbers.map((number) => recordAt(number, options, 'redacted').body)

  it('as JSON: all together and each alone, exactly as expected, and a second time unchanged', () => {
    const lines = numbers.map((number) => Buffer.from(`${JSON.stringify(recordAt(number, options).body)}\n`))
    const expected = wanted.map((body) => `${JSON.stringify(body)}\n`)
    const all = framedBatch('json', lines)
    const together = new Inspector(policy).inspect('json', all.bytes, all.ends, 'app')
    expect(Buffer.from(together.bytes).toString()).toBe(expected.join(''))
    const again = new Inspector(policy).inspect('json', together.bytes, together.ends, 'app')
    expect(again.bytes).toBe(together.bytes)
    const inspector = new Inspector(policy)
    const alone = lines.map((line) => {
      const { bytes, ends } = framedBatch('json', [line])
      return Buffer.from(inspector.inspect('json', bytes, ends, 'app').bytes).toString()
    })
    expect(alone).toEqual(expected)
  })

  it('as forward events: every value as expected', () => {
    const events = numbers.map((number) => encodeEvent(recordAt(number, options)))
    const batch = framesOf('app', events)
    const { bytes } = new Inspector(policy).inspect('msgpack', batch.bytes, batch.ends, 'app')
    const frames = [...decodeMulti(bytes)] as [string, Uint8Array][]
    const bodies = frames
      .flatMap(([, packed]) => [...decodeMulti(packed)] as [unknown, unknown][])
      .map(([, body]) => body)
    expect(bodies).toEqual(JSON.parse(JSON.stringify(wanted)))
  })
})
