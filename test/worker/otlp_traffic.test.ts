// The realistic traffic of traffic.test.ts as OTLP: what has to become of each record is the same in every format.
import { describe, expect, it } from 'vitest'
import { framedBatch } from '../../src/cli/traffic/encode.ts'
import { recordAt } from '../../src/cli/traffic/records.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { transcode } from '../../src/wire/transcode.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { anyValue, recordsOf, request } from '../wire/otlp_schema.ts'

const policy = await defaultPolicy()
const RECORDS = 2000
const PER_REQUEST = 50

describe.each([21, 22])('made-up traffic with seed %i', (seed) => {
  const options = { seed, share: 0.3 }
  const numbers = Array.from({ length: RECORDS }, (_, number) => number)
  const requests = (how?: 'redacted') =>
    Array.from({ length: RECORDS / PER_REQUEST }, (_, i) => {
      const some = numbers.slice(i * PER_REQUEST, (i + 1) * PER_REQUEST)
      return Buffer.from(
        request(some.map((number) => ({ body: anyValue(plain(recordAt(number, options, how).body)) }))),
      )
    })
  const wanted = requests('redacted').map((bytes) => recordsOf(bytes))

  it('in protobuf: every value as expected, and a second time unchanged', () => {
    const batch = framedBatch('otlp', requests())
    const inspector = new Inspector(policy)
    const out = inspector.inspect('otlp', batch.bytes, batch.ends, 'app')
    expect(framesOf(out).map((bytes) => recordsOf(bytes))).toEqual(wanted)
    expect(inspector.inspect('otlp', out.bytes, out.ends, 'app').bytes).toBe(out.bytes)
  })

  it('in JSON: the same', () => {
    const { bytes, ends } = framedBatch('otlp', requests())
    const json = transcode('otlp', bytes, ends, 'otlp_json', 'app', 0n)
    const inspector = new Inspector(policy)
    const out = inspector.inspect('otlp_json', json.bytes, json.ends, 'app')
    const back = transcode('otlp_json', out.bytes, out.ends, 'otlp', 'app', 0n)
    expect(framesOf(back).map((frame) => recordsOf(frame))).toEqual(wanted)
    expect(inspector.inspect('otlp_json', out.bytes, out.ends, 'app').bytes).toBe(out.bytes)
  })
})

/** Without members that JSON leaves out. */
function plain(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body))
}

function framesOf({ bytes, ends }: { bytes: Uint8Array; ends: Uint32Array }): Uint8Array[] {
  return [...ends].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end))
}
