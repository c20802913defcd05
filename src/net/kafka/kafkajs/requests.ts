// Writes the requests that carry records, and the frame around every request, in place of kafkajs: its encoder copied
// the records five times, each time into twice the room, which it first filled with zeros.
//
//   Request ::= i32(size) i16(api) i16(version) i32(correlation) string(client id) payload
//   Produce ::= string?(transactional id) i16(acks) i32(timeout) i32(topics)
//               (string(topic) i32(partitions) (i32(partition) i32(size) RecordBatch)*)*              (version 3 to 7)
import { encodeBatch, encodeRecords } from '../batch_encode.ts'
import type { OutRecord, OutRun } from '../client.ts'

const PRODUCE = 0
const VERSION = 3

/** What goes to one partition in one request: a run of records as they are, or records. */
export interface OutGroup {
  /** Of records: sequence numbers go on by it. */
  length: number
  readonly run: OutRun | null
  readonly records: OutRecord[]
}

interface ProduceOrder {
  readonly acks: number
  readonly timeout: number
  readonly transactionalId?: string | null
  readonly producerId?: { readonly value: bigint } | bigint | string | number
  readonly producerEpoch?: number
  readonly compression?: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence?: number
      readonly messages: OutGroup
    }[]
  }[]
}

interface Request {
  readonly apiKey: number
  readonly apiVersion: number
  encode(): Promise<{ readonly buffer: Uint8Array } | { readonly parts: readonly Uint8Array[] }>
}

export function produceRequest(order: ProduceOrder) {
  return {
    apiKey: PRODUCE,
    apiVersion: VERSION,
    apiName: 'Produce',
    expectResponse: () => order.acks !== 0,
    encode: async () => ({ parts: await encodeProduce(order) }),
  }
}

async function encodeProduce(order: ProduceOrder): Promise<readonly Uint8Array[]> {
  const { acks, timeout, transactionalId = null, topicData } = order
  const parts: Uint8Array[] = [text(transactionalId), int16(acks), int32(timeout), int32(topicData.length)]
  for (const { topic, partitions } of topicData) {
    parts.push(text(topic), int32(partitions.length))
    for (const { partition, firstSequence, messages } of partitions) {
      const batch = await encodeBatch(messages.run ?? encodeRecords(messages.records), headOf(order, firstSequence))
      parts.push(int32(partition), int32(sizeOf(batch)), ...batch)
    }
  }
  return parts
}

function headOf({ compression = 0, transactionalId, producerId = -1, producerEpoch = 0 }: ProduceOrder, first = 0) {
  return {
    codec: compression & 7,
    isTransactional: transactionalId != null && transactionalId !== '',
    producer_id: typeof producerId === 'object' ? producerId.value : BigInt(producerId),
    producer_epoch: producerEpoch,
    first_sequence: first,
  }
}

export async function frameRequest(given: {
  readonly correlationId: number
  readonly clientId: string | null
  readonly request: Request
}): Promise<{ readonly buffer: Buffer }> {
  const { correlationId, clientId, request } = given
  const payload = await request.encode()
  const head = [int16(request.apiKey), int16(request.apiVersion), int32(correlationId), text(clientId)]
  const parts = [...head, ...('parts' in payload ? payload.parts : [payload.buffer])]
  const size = sizeOf(parts)
  return { buffer: Buffer.concat([int32(size), ...parts], 4 + size) }
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}

function text(value: string | null): Buffer {
  if (value === null) return int16(-1)
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}
