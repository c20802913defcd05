import { describe, expect, it } from 'vitest'
import { decodeBatches } from '../../../src/net/kafka/batch_decode.ts'
import { type BatchHead, encodeBatch, encodeRecords } from '../../../src/net/kafka/batch_encode.ts'
import type { FetchedRecord, KafkaCompression, KafkaRecord } from '../../../src/net/kafka/client.ts'
import { CODEC } from '../../../src/net/kafka/codecs.ts'
import { crc32c } from '../../../src/net/kafka/crc32c.ts'
import { recordsOfAll } from '../../../src/net/kafka/record_block.ts'
import { record, shown } from '../../kafka/records.ts'

const HEAD = { codec: 0, isTransactional: false, producer_id: -1n, producer_epoch: -1, first_sequence: -1 }

const MANY = [
  record('k', 'v'),
  record(null, null),
  record('', ''),
  record('k', 'v', ['a', '1'], ['b', null], ['a', '2'], ['constructor', 'c'], ['__proto__', ''], ['toString', 'x']),
  { ...record('late', 'v'), timestamp_ms: 9_007_199_254_740_993n },
  { ...record('early', 'v'), timestamp_ms: -1n },
  record('large', 'x'.repeat(300_000)),
]

describe('record batches', () => {
  it.each(Object.keys(CODEC) as KafkaCompression[])('come back as they were written (%s)', async (name) => {
    const bytes = await written(MANY, { ...HEAD, codec: CODEC[name] })
    const back = await read(bytes)
    expect(back.map(({ offset }) => offset)).toEqual(MANY.map((_, n) => BigInt(n)))
    for (const [n, one] of back.entries()) expect(shown(one)).toEqual(shown(MANY[n]))
  })

  it('has the checksum of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    const ascending = Uint8Array.from({ length: 32 }, (_, n) => n)
    expect(crc32c(ascending)).toBe(0x46dd794e)
    for (let cut = 0; cut <= 32; cut++)
      expect(crc32c(ascending.subarray(0, cut), ascending.subarray(cut))).toBe(0x46dd794e)
  })

  it('cut short at the end of a response are left for the next one', async () => {
    const bytes = await written(MANY.slice(0, 2), HEAD)
    const two = Buffer.concat([bytes, bytes.subarray(0, bytes.length - 1)])
    expect(await read(two)).toHaveLength(2)
  })

  it.each([
    ['an unknown codec', (bytes: Buffer) => sealed(bytes, 22, 7)],
    ['what is no gzip', (bytes: Buffer) => sealed(bytes, 22, 1)],
    ['a count that lies', (bytes: Buffer) => sealed(bytes, 59, 0xff)],
    ['a byte that was damaged', (bytes: Buffer) => flipped(bytes, bytes.length - 1)],
    ['an older magic', (bytes: Buffer) => flipped(bytes, 16)],
  ])('with %s stand as one unreadable record, and the next batch is read', async (_, spoil) => {
    const bytes = await written([record('k', 'v'), record('k', 'w')], HEAD)
    const good = Buffer.from(bytes)
    good.writeBigInt64BE(2n, 0)
    const [bad, ...rest] = await read(Buffer.concat([spoil(Buffer.from(bytes)), good]))
    expect(bad).toMatchObject({ unreadable: 'undecodable', key: null })
    expect(bad.value?.length).toBe(bytes.length)
    expect(rest.map(({ offset }) => offset)).toEqual([2n, 3n])
  })

  it('that would be too large unpacked are not unpacked', async () => {
    const bytes = await written([record('k', '0'.repeat(70 * 1024 * 1024))], { ...HEAD, codec: CODEC.zstd })
    expect(bytes.length).toBeLessThan(100_000)
    expect(await read(bytes)).toMatchObject([{ unreadable: 'too_large', offset: 0n }])
  })

  it('whose last records were compacted away are passed over to their end', async () => {
    const bytes = Buffer.from(await written([record('k', 'v')], HEAD))
    const shorter = sealed(bytes, 26, 9)
    expect(await decodeBatches(shorter)).toMatchObject([{ base: 0n, last: 9n, isControl: false, count: 1 }])
    expect(await read(shorter)).toMatchObject([{ offset: 0n }])
  })

  it('are read from any of their offsets on', async () => {
    const [block] = await decodeBatches(await written(MANY, HEAD))
    for (let from = 0n; from <= 8n; from++) {
      expect([...recordsOfAll([block], from)].map(({ offset }) => offset)).toEqual(
        [0n, 1n, 2n, 3n, 4n, 5n, 6n].slice(Number(from)),
      )
    }
  })

  it('never make the decoder throw', async () => {
    const bytes = await written(MANY.slice(0, 6), HEAD)
    for (let at = 57; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) await read(sealed(Buffer.from(bytes), at, value))
    }
  })
})

async function written(records: readonly KafkaRecord[], head: BatchHead): Promise<Buffer> {
  return Buffer.concat(await encodeBatch(encodeRecords(records), head))
}

async function read(bytes: Uint8Array): Promise<FetchedRecord[]> {
  return [...recordsOfAll(await decodeBatches(bytes), 0n)]
}

/** With another byte, and the checksum that goes with it. */
function sealed(bytes: Buffer, at: number, value: number): Buffer {
  bytes[at] = value
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] ^= 1
  return bytes
}
