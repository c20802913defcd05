// Mends kafkajs 2.2.4 where it loses or refuses what Kafka allows, before any of it is loaded. Its version is pinned,
// and test/net/kafka names each defect. Nothing else of logveil loads the library.
import { createRequire } from 'node:module'
import type { DecodedRecord } from '../batch_decode.ts'
import { decodeBatches } from '../batch_decode.ts'
import { encodeBatch } from '../batch_encode.ts'
import type { OutRecord } from '../client.ts'

const load = createRequire(import.meta.url)

/** What kafkajs knows of a record that it fetched; the record itself goes along. */
export interface FetchedMessage {
  readonly offset: string
  readonly key: Uint8Array | null
  readonly isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
  readonly record: DecodedRecord
}

/** The same for a record that it is to produce. */
export interface OutMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly partition?: number
  readonly record: OutRecord
}

interface Encoder {
  writeBufferInternal(bytes: Uint8Array): void
}

interface BytesDecoder {
  readInt32(): number
  canReadBytes(count: number): boolean
  readBytes(count: number): Buffer
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
}

let kafkajs: typeof import('kafkajs') | undefined

/** The library, mended. */
export function loadKafkajs(): typeof import('kafkajs') {
  if (kafkajs !== undefined) return kafkajs
  replace('protocol/requests/fetch/v4/decodeMessages', decodeMessages)
  replace('protocol/recordBatch/record/v0', (message: OutMessage) => message.record)
  const batch = load('kafkajs/src/protocol/recordBatch/v0')
  batch.RecordBatch = recordBatch
  replace('producer/groupMessagesPerPartition', groupMessagesPerPartition)
  mendRequestQueue(load('kafkajs/src/network/requestQueue'))
  kafkajs = load('kafkajs') as typeof import('kafkajs')
  return kafkajs
}

/** The module is loaded, and what it exports is exchanged for those who load it later. */
function replace(path: string, by: unknown): void {
  const id = load.resolve(`kafkajs/src/${path}`)
  load(id)
  const loaded = load.cache[id]
  if (loaded !== undefined) loaded.exports = by
}

// Header names of `constructor` and `__proto__` were read off an object's prototype, order and bytes of the names were
// lost, checksums were not looked at, and one batch of an unknown codec ended the consumer.
async function decodeMessages(decoder: BytesDecoder): Promise<FetchedMessage[]> {
  const size = decoder.readInt32()
  if (size <= 0 || !decoder.canReadBytes(size)) return []
  const records = await decodeBatches(decoder.readBytes(size))
  let batchContext: FetchedMessage['batchContext'] = { producerId: '', inTransaction: false }
  let producer_id: bigint | null = null
  return records.map((record) => {
    // Records of one batch share what is known of it.
    if (record.producer_id !== producer_id || record.isTransactional !== batchContext.inTransaction) {
      producer_id = record.producer_id
      batchContext = { producerId: producer_id.toString(), inTransaction: record.isTransactional }
    }
    const { offset, key, isControl } = record
    return { offset: offset.toString(), key, isControlRecord: isControl, batchContext, record }
  })
}

// A null header value was a TypeError, and timestamps were sorted as text.
async function recordBatch(given: {
  compression: number
  transactional: boolean
  producerId: { value: bigint } | bigint | string | number
  producerEpoch: number
  firstSequence: number | undefined
  records: readonly OutRecord[]
}): Promise<Encoder> {
  const { producerId } = given
  const bytes = await encodeBatch(given.records, {
    codec: given.compression & 7,
    isTransactional: given.transactional,
    producer_id: typeof producerId === 'object' ? producerId.value : BigInt(producerId),
    producer_epoch: given.producerEpoch,
    first_sequence: given.firstSequence ?? 0,
  })
  const EncoderClass = load('kafkajs/src/protocol/encoder') as new (size: number) => Encoder
  const encoder = new EncoderClass(bytes.length)
  encoder.writeBufferInternal(bytes)
  return encoder
}

// It copied the messages of a partition once for each message: 20,000 of them took two seconds. And records for a
// partition that there is not were left out, and the send said that all went well.
function groupMessagesPerPartition(given: {
  topic: string
  partitionMetadata: readonly { readonly partitionId: number }[]
  messages: readonly OutMessage[]
  partitioner(args: { topic: string; partitionMetadata: readonly unknown[]; message: OutMessage }): number
}): Record<number, OutMessage[]> {
  const { topic, partitionMetadata, messages, partitioner } = given
  const groups: Record<number, OutMessage[]> = {}
  if (partitionMetadata.length === 0) return groups
  const known = new Set(partitionMetadata.map(({ partitionId }) => partitionId))
  for (const message of messages) {
    const partition = message.partition ?? partitioner({ topic, partitionMetadata, message })
    if (!known.has(partition)) throw unknownPartition()
    groups[partition] ??= []
    groups[partition].push(message)
  }
  return groups
}

/** By its name kafkajs asks for the metadata again before it gives up: the partition may be new. */
function unknownPartition(): Error {
  const named = { name: 'KafkaJSMetadataNotLoaded', type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true }
  return Object.assign(new Error('unknown partition'), named)
}

// Idle connections woke up each millisecond: the queue was looked at again although nothing was in it.
function mendRequestQueue(queue: { prototype: { scheduleCheckPendingRequests(this: RequestQueue): void } }): void {
  const schedule = queue.prototype.scheduleCheckPendingRequests
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this)
  }
}
