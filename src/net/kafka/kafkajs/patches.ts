// Mends kafkajs 2.2.4 where it loses or refuses what Kafka allows, before any of it is loaded. Its version is pinned,
// and test/net/kafka names each defect. Nothing else of logveil loads the library.
import { createRequire } from 'node:module'
import { release } from '../../../core/release.ts'
import { decodeBatches } from '../batch_decode.ts'
import type { OutRecord, OutRun } from '../client.ts'
import type { RecordBlock } from '../record_block.ts'
import { frameRequest, type OutGroup, produceRequest } from './requests.ts'
import { addStableVersion } from './stable_offsets.ts'

const load = createRequire(import.meta.url)

/** What kafkajs takes for a message is a whole batch of records, with the offset of the last one. */
export interface FetchedMessage {
  readonly offset: string
  readonly key: null
  readonly isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
  readonly block: RecordBlock
}

/** What it takes for a message to be produced: a record, or a run of them for one partition. */
export interface OutMessage {
  readonly topic: string
  readonly partition?: number
  readonly key: Buffer | null
  /** Looked at for whether it is there. */
  readonly value: null
  readonly record: OutRecord | null
  readonly run: OutRun | null
}

interface BytesDecoder {
  readInt32(): number
  canReadBytes(count: number): boolean
  readBytes(count: number): Buffer
}

interface Connection {
  chunks: readonly Uint8Array[]
}

interface Turned {
  turn?: number
}

interface Assigned {
  readonly topic: string
  readonly partitions: readonly number[]
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
  replace('consumer/filterAbortedMessages', filterAborted)
  replace('protocol/requests/produce/v3/request', produceRequest)
  replace('protocol/request', frameRequest)
  replace('producer/groupMessagesPerPartition', groupMessagesPerPartition)
  mendRequestQueue(load('kafkajs/src/network/requestQueue'))
  mendChunks(load('kafkajs/src/network/connection').prototype)
  mendTurns(load('kafkajs/src/consumer/subscriptionState'))
  addStableVersion(load('kafkajs/src/protocol/requests/offsetFetch/index'))
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
  const blocks = await decodeBatches(decoder.readBytes(size))
  return blocks.map((block) => ({
    offset: block.last.toString(),
    key: null,
    isControlRecord: block.isControl || block.count === 0,
    batchContext: { producerId: block.producer_id.toString(), inTransaction: block.isTransactional },
    block,
  }))
}

// It took notice of one aborted transaction a message at most: of two that were open where a fetch began, the second
// one's records were given out.
function filterAborted(given: {
  messages: readonly FetchedMessage[]
  abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[]
}): readonly FetchedMessage[] {
  const ahead = (given.abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, first: BigInt(firstOffset) }))
    .sort((a, b) => (a.first < b.first ? -1 : 1))
  if (ahead.length === 0) return given.messages
  const aborted = new Set<string>()
  return given.messages.filter(({ block, batchContext }) => {
    while (ahead.length > 0 && ahead[0].first <= block.last) aborted.add(ahead.shift()?.producerId ?? '')
    const { producerId, inTransaction } = batchContext
    if (block.isAbort) aborted.delete(producerId)
    return block.isControl || !inTransaction || !aborted.has(producerId)
  })
}

// It copied the messages of a partition once for each message: 20,000 of them took two seconds. And records for a
// partition that there is not were left out, and the send said that all went well.
function groupMessagesPerPartition(given: {
  topic: string
  partitionMetadata: readonly { readonly partitionId: number }[]
  messages: readonly OutMessage[]
  partitioner(args: { topic: string; partitionMetadata: readonly unknown[]; message: OutMessage }): number
}): Record<number, OutGroup> {
  const { topic, partitionMetadata, messages, partitioner } = given
  const groups: Record<number, OutGroup> = {}
  if (partitionMetadata.length === 0) return groups
  const known = new Set(partitionMetadata.map(({ partitionId }) => partitionId))
  for (const message of messages) {
    const partition = message.partition ?? partitioner({ topic, partitionMetadata, message })
    if (!known.has(partition)) throw unknownPartition()
    const { run } = message
    groups[partition] ??= { length: 0, run, records: [] }
    groups[partition].length += run?.count ?? 1
    if (message.record !== null) groups[partition].records.push(message.record)
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

// What came from the socket lay about for the collector when it had been joined to a response: megabytes a second. The
// first piece is not ours to give back: it may be the end of the response before.
function mendChunks(connection: { processData(this: Connection, bytes: Uint8Array): void }): void {
  const { processData } = connection
  connection.processData = function (this: Connection, bytes: Uint8Array): void {
    const { chunks } = this
    processData.call(this, bytes)
    if (this.chunks !== chunks) for (const chunk of chunks.slice(1)) release(chunk)
  }
}

// It asked for partitions in the same order each time: while those in front had enough for a whole response, those
// behind them came away with nothing.
function mendTurns(state: { prototype: { assigned(this: Turned): Assigned[] } }): void {
  const { assigned } = state.prototype
  state.prototype.assigned = function (this: Turned): Assigned[] {
    this.turn = ((this.turn ?? 0) + 1) % Number.MAX_SAFE_INTEGER
    const { turn } = this
    const all = assigned.call(this).map(({ topic, partitions }) => ({ topic, partitions: turned(partitions, turn) }))
    return turned(all, turn)
  }
}

function turned<T>(all: readonly T[], turn: number): T[] {
  const at = all.length === 0 ? 0 : turn % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}
