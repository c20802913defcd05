// What kafkajs 2.2.4 gets wrong, a test for each: they fail when a guard is taken away, and when the library is
// another. What it does not recover from is in test/kafka/faults.test.ts, for that takes a broker; that it stands still
// is in watchdog.test.ts.
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatches } from '../../../src/net/kafka/batch_decode.ts'
import { encodeBatch, encodeRecords } from '../../../src/net/kafka/batch_encode.ts'
import type { FetchedRecord, KafkaRecord } from '../../../src/net/kafka/client.ts'
import { codeOf, kafkaError } from '../../../src/net/kafka/kafkajs/errors.ts'
import { type FetchedMessage, loadKafkajs } from '../../../src/net/kafka/kafkajs/patches.ts'
import { recordsOfAll } from '../../../src/net/kafka/record_block.ts'
import { out, record, shown } from '../../kafka/records.ts'

loadKafkajs()
const load = createRequire(import.meta.url)
const inside = (path: string) => load(`kafkajs/src/${path}`)
const HEAD = { codec: 0, isTransactional: false, producer_id: -1n, producer_epoch: -1, first_sequence: -1 }

/** What the library asks a broker to write, as it reads it in a response. */
async function roundTrip(records: readonly KafkaRecord[]): Promise<FetchedRecord[]> {
  const produce = inside('protocol/requests/produce/v7/request')
  const messages = { length: records.length, run: null, records: records.map((one) => out('t', one)) }
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }]
  const { parts } = await produce({ acks: -1, timeout: 1, transactionalId: null, topicData }).encode()
  // In front of the records' size: no transactional id, acks, timeout, a topic of one letter, a partition.
  const messagesAt = 2 + 2 + 4 + 4 + 3 + 4 + 4
  const Decoder = inside('protocol/decoder')
  return recordsIn(
    await inside('protocol/requests/fetch/v4/decodeMessages')(new Decoder(Buffer.concat(parts).subarray(messagesAt))),
  )
}

function recordsIn(messages: readonly FetchedMessage[]): FetchedRecord[] {
  return [
    ...recordsOfAll(
      messages.map(({ block }) => block),
      0n,
    ),
  ]
}

describe('kafkajs, mended', () => {
  it('is the version whose inside is known', () => {
    expect(load('kafkajs/package.json').version).toBe('2.2.4')
  })

  it('writes header values that are null (a TypeError that stopped the producer)', async () => {
    const given = record('k', 'v', ['a', null])
    expect((await roundTrip([given])).map(shown)).toEqual([shown(given)])
  })

  it('reads headers named like members of every object (values of a prototype)', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']
    const given = record('k', 'v', ...names.map((name): [string, string] => [name, 'x']))
    expect((await roundTrip([given])).map(shown)).toEqual([shown(given)])
  })

  it('keeps all headers: their order, repeats, and bytes that are no text', async () => {
    const bytes = fc.uint8Array({ maxLength: 6 })
    const header = fc.record({ name: bytes, value: fc.option(bytes) })
    const given = fc.record({
      key: fc.option(bytes),
      value: fc.option(bytes),
      headers: fc.array(header, { maxLength: 5 }),
      timestamp_ms: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 1, maxLength: 4 }), async (records) => {
        const read = [
          ...recordsOfAll(await decodeBatches(Buffer.concat(await encodeBatch(encodeRecords(records), HEAD))), 0n),
        ]
        expect(read.map(shown)).toEqual(records.map(shown))
      }),
      { numRuns: 200 },
    )
  })

  it('reads on behind a codec that it does not know (the consumer ended for good)', async () => {
    const bytes = Buffer.concat(await encodeBatch(encodeRecords([record('k', 'v')]), { ...HEAD, codec: 7 }))
    expect(await decodeBatches(bytes)).toMatchObject([{ unreadable: 'undecodable' }])
  })

  it('groups records by partition in a time that grows with their number (20,000 took two seconds)', () => {
    const group = inside('producer/groupMessagesPerPartition')
    const messages = Array.from({ length: 100_000 }, () => ({ partition: 0 }))
    const { user } = process.cpuUsage()
    const groups = group({ topic: 't', partitionMetadata: [{ partitionId: 0 }], messages, partitioner: () => 0 })
    expect((process.cpuUsage().user - user) / 1000).toBeLessThan(500)
    expect(groups[0]).toHaveLength(100_000)
  })

  it('keeps back what was aborted of many transactions at once (of two that were open one was given out)', async () => {
    const filter = inside('consumer/filterAbortedMessages')
    const of = (producer: string, base: bigint, block = {}) => ({
      batchContext: { producerId: producer, inTransaction: true },
      block: { base, last: base + 1n, isControl: false, isAbort: false, ...block },
    })
    const marker = { isControl: true, isAbort: true }
    const kept = [of('3', 14n), of('1', 20n, marker), of('1', 22n), of('2', 24n, marker), of('2', 26n)]
    const messages = [of('2', 10n), of('1', 12n), kept[0], of('2', 16n), ...kept.slice(1)]
    const abortedTransactions = [
      { producerId: '2', firstOffset: '4' },
      { producerId: '1', firstOffset: '2' },
    ]
    expect(filter({ messages, abortedTransactions })).toEqual(kept)
  })

  it('refuses records for a partition that there is not (they were left out, and the send resolved)', () => {
    const group = inside('producer/groupMessagesPerPartition')
    const messages = [{ partition: 3 }]
    const given = { topic: 't', partitionMetadata: [{ partitionId: 0 }], messages, partitioner: () => 3 }
    expect(() => group(given)).toThrow(expect.objectContaining({ type: 'UNKNOWN_TOPIC_OR_PARTITION' }))
  })

  it('asks for another partition first each time (those behind full ones came away with nothing)', () => {
    const State = inside('consumer/subscriptionState')
    const state = new State()
    state.assign([{ topic: 't', partitions: [0, 1, 2] }])
    const firsts = [1, 2, 3].map(() => state.assigned()[0].partitions[0])
    expect(firsts.sort()).toEqual([0, 1, 2])
  })

  it('gives back what came from a socket when it is joined to a response (megabytes were left to a collector)', () => {
    const connection = Object.create(inside('network/connection').prototype)
    const payloads: Buffer[] = []
    const requestQueue = { fulfillRequest: ({ payload }: { payload: Buffer }) => payloads.push(payload) }
    Object.assign(connection, { chunks: [], bytesBuffered: 0, bytesNeeded: 4, authHandlers: null, requestQueue })
    const response = Buffer.alloc(200_000, 7)
    response.writeInt32BE(response.length - 4)
    const pieces = [0, 70_000, 140_000].map((at) => Uint8Array.from(response.subarray(at, at + 70_000)))
    for (const piece of pieces) connection.processData(Buffer.from(piece.buffer))
    expect(payloads.map((payload) => payload.equals(response.subarray(8)))).toEqual([true])
    expect(pieces.map(({ length }) => length)).toEqual([70_000, 0, 0])
  })

  it('does not wake up when it has nothing to do (a timer each millisecond for each connection)', async () => {
    const RequestQueue = inside('network/requestQueue')
    const logger = { debug: () => {}, warn: () => {} }
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1, clientId: '', broker: '', logger })
    queue.checkPendingRequests()
    expect(queue.throttleCheckTimeoutId).toBe(null)
    queue.pending.push({ send() {}, expectResponse: true })
    queue.inflight.set(1, {})
    queue.checkPendingRequests()
    expect(queue.throttleCheckTimeoutId).not.toBe(null)
    queue.destroy()
  })

  it('has what it sends before it knows the brokers tried again ("Broker 0 not found")', () => {
    const { KafkaJSBrokerNotFound, KafkaJSMetadataNotLoaded } = inside('errors')
    for (const error of [new KafkaJSBrokerNotFound('Broker 0 not found'), new KafkaJSMetadataNotLoaded('')]) {
      expect(kafkaError(error)).toMatchObject({ retryable: true, fatal: false })
    }
  })

  it('tells errors by their names alone, however deep they lie, and which of them end a producer', () => {
    const { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = inside('errors')
    const of = (type: string, retriable = false) =>
      new KafkaJSProtocolError({ type, code: 1, retriable, message: type })
    const deep = new KafkaJSNumberOfRetriesExceeded(of('NOT_LEADER_FOR_PARTITION', true), {
      retryCount: 5,
      retryTime: 1,
    })
    expect(codeOf(deep)).toBe('NOT_LEADER_FOR_PARTITION')
    expect(kafkaError(of('MESSAGE_TOO_LARGE'))).toMatchObject({ retryable: false, fatal: false })
    for (const type of ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH']) {
      expect(kafkaError(of(type))).toMatchObject({ code: type, fatal: true })
    }
    expect(kafkaError(new Error('holds a value'))).toMatchObject({ message: 'Error' })
  })
})
