import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatches } from '../../../src/net/kafka/batch_decode.ts'
import { encodeBatch } from '../../../src/net/kafka/batch_encode.ts'
import type { FetchedRecord } from '../../../src/net/kafka/client.ts'
import { recordsOfAll } from '../../../src/net/kafka/record_block.ts'
import { runOf } from '../../../src/sources/kafka_transform/runs.ts'
import { kafkaBatch } from '../../../src/wire/kafka_records.ts'
import { shown } from '../../kafka/records.ts'

const HEAD = { codec: 0, isTransactional: false, producer_id: -1n, producer_epoch: -1, first_sequence: -1 }

async function written(records: readonly FetchedRecord[]): Promise<FetchedRecord[]> {
  const { bytes, ends } = kafkaBatch('app', 'logs', 3, records, 'text')
  const run = runOf(bytes, ends)
  if (run === null) return []
  return [...recordsOfAll(await decodeBatches(Buffer.concat(await encodeBatch(run, HEAD))), 0n)]
}

describe('a run of redacted frames', () => {
  it('holds each record as it was: key, value, prefix of a schema, headers, timestamp, whatever is null', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    const small = fc.uint8Array({ maxLength: 6 })
    const given = fc.record({
      offset: fc.constant(0n),
      key: fc.option(small),
      value: fc.option(bytes),
      headers: fc.array(fc.record({ name: small, value: fc.option(small) }), { maxLength: 4 }),
      timestamp_ms: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    })
    const schema = Uint8Array.of(0, 0, 0, 0, 7, 0x7b, 0x7d)
    await fc.assert(
      fc.asyncProperty(fc.array(given, { maxLength: 5 }), async (some) => {
        const records = some.map((one, n) => (n === 3 ? { ...one, value: schema } : one))
        expect((await written(records)).map(shown)).toEqual(records.map(shown))
      }),
      { numRuns: 200 },
    )
  })

  it('leaves out records that were dropped, and is none when all were', () => {
    const record = { offset: 5n, key: null, value: Uint8Array.of(1), headers: [], timestamp_ms: 1n }
    const { bytes } = kafkaBatch('app', 'logs', 0, [record], 'text')
    const last = bytes.length
    expect(runOf(bytes, Uint32Array.of(0, last, last))).toMatchObject({ count: 1 })
    expect(runOf(bytes.subarray(0, 0), Uint32Array.of(0, 0))).toBe(null)
  })
})
