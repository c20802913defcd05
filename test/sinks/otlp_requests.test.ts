// How batches become requests: read back by fields, every record is there once, with the resource and scope it had.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { bytesField, Fields } from '../../src/net/protobuf.ts'
import { recordsIn as countIn, requestsOf as requestsWith } from '../../src/sinks/otlp/requests.ts'
import { batchOf } from './site.ts'

const requestsOf = (batch: Batch, bytes_max: number, from = 0, alone = false) =>
  requestsWith(batch, bytes_max, from, alone).map(({ bytes }) => bytes)

const text = (value: string) => Buffer.from(value)

interface Resource {
  name: string
  scopes: { name: string; records: string[] }[]
}

/** Resources and scopes are other fields than the ones that are split at, and stand before and behind those. */
function encode(resources: readonly Resource[]): Buffer {
  const encoded = resources.map((resource) => {
    const scopes = resource.scopes.map((scope) => {
      const records = scope.records.map((record) => bytesField(2, bytesField(5, bytesField(1, text(record)))))
      return bytesField(2, Buffer.concat([bytesField(1, bytesField(1, text(scope.name))), ...records]))
    })
    return bytesField(1, Buffer.concat([...scopes, bytesField(3, text(resource.name))]))
  })
  return Buffer.concat(encoded)
}

function contents(message: Uint8Array, number: number): Uint8Array[] {
  const found: Uint8Array[] = []
  const fields = new Fields(message)
  while (fields.next()) if (fields.number === number) found.push(fields.content())
  if (fields.broken) throw new Error('no message')
  return found
}

/** `resource/scope/record` of each record, in order. */
function recordsIn(request: Uint8Array): string[] {
  return contents(request, 1).flatMap((resource) => {
    const [name] = contents(resource, 3)
    return contents(resource, 2).flatMap((scope) => {
      const [scopeName] = contents(contents(scope, 1)[0], 1)
      const bodies = contents(scope, 2).map((record) => contents(contents(record, 5)[0], 1)[0])
      return bodies.map((body) => [name, scopeName, body].map((one) => Buffer.from(one).toString()).join('/'))
    })
  })
}

const resources = fc.array(
  fc.record({
    name: fc.constantFrom('shop', 'pay', 'mail'),
    scopes: fc.array(
      fc.record({
        name: fc.constantFrom('a', 'b'),
        records: fc.array(
          fc.integer({ min: 1, max: 600 }).map((size) => 'r'.repeat(size)),
          { minLength: 1, maxLength: 20 },
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 4 },
)

describe('requests of a batch', () => {
  it('hold every record once, in order, where it belongs, within the limit', () => {
    fc.assert(
      fc.property(fc.array(resources, { minLength: 1, maxLength: 4 }), (frames) => {
        const batch = batchOf('otlp', ...frames.map(encode))
        const requests = requestsOf(batch, 1024)
        expect(requests.flatMap(recordsIn)).toEqual(recordsIn(batch.bytes))
        for (const { length } of requests) expect(length).toBeLessThanOrEqual(1024)
      }),
      { numRuns: 40 },
    )
  })

  it('are the frames as they are when they fit', () => {
    const frame = encode([{ name: 'shop', scopes: [{ name: 'a', records: ['one'] }] }])
    const batch = batchOf('otlp', frame, frame, frame)
    expect(requestsOf(batch, 1_000_000)).toEqual([batch.bytes])
    expect(requestsOf(batch, frame.length * 2)).toEqual([
      batch.bytes.subarray(0, frame.length * 2),
      new Uint8Array(frame),
    ])
  })

  it('of frames that must go alone are one a frame, from any frame on', () => {
    fc.assert(
      fc.property(fc.array(resources, { minLength: 2, maxLength: 5 }), fc.nat(3), (frames, skipped) => {
        const from = Math.min(skipped, frames.length - 1)
        const batch = batchOf('otlp', ...frames.map(encode))
        const rest = frames.slice(from).map(encode)
        const requests = requestsWith(batch, 1_000_000, from, true)
        expect(requests.every(({ bytes }, n) => rest[n].equals(bytes))).toBe(true)
        expect(requests.map(({ first, frames: count }) => [first, count])).toEqual(rest.map((_one, n) => [from + n, 1]))
        expect(requests.map(({ bytes }) => countIn(bytes))).toEqual(rest.map((one) => recordsIn(one).length))
        const joined = requestsWith(batch, 2048, from)
        expect(joined.flatMap(({ bytes }) => recordsIn(bytes))).toEqual(rest.flatMap((one) => recordsIn(one)))
      }),
      { numRuns: 20 },
    )
  })

  it('a record over the limit goes alone, and whole', () => {
    const records = ['x', 'y'.repeat(5000), 'z']
    const batch = batchOf('otlp', encode([{ name: 'shop', scopes: [{ name: 'a', records }] }]))
    const requests = requestsOf(batch, 1024)
    expect(requests).toHaveLength(3)
    expect(requests.flatMap(recordsIn)).toEqual(recordsIn(batch.bytes))
  })

  it('a resource over half of the limit is not repeated with each of its records', () => {
    const records = Array.from({ length: 1000 }, () => 'r')
    const batch = batchOf('otlp', encode([{ name: 'n'.repeat(900), scopes: [{ name: 'a', records }] }]))
    expect(requestsOf(batch, 1024)).toHaveLength(1)
  })

  it('what can not be read is sent as it is', () => {
    const broken = Buffer.concat([bytesField(1, Buffer.alloc(3000, 0xff)), Buffer.alloc(3000, 0xff)])
    expect(requestsOf(batchOf('otlp', broken), 1024).map((one) => Buffer.from(one))).toEqual([broken])
  })
})
