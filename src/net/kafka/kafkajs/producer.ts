// A producer, and its transactions, by kafkajs.
import type * as kafkajs from 'kafkajs'
import {
  KafkaError,
  type OutRecord,
  type OutRun,
  type PartitionOffset,
  type Producer,
  type ProducerOptions,
  type Transaction,
} from '../client.ts'
import { CODEC } from '../codecs.ts'
import { kafkaError } from './errors.ts'
import type { OutMessage } from './patches.ts'

export class KafkajsProducer implements Producer {
  private readonly producer: kafkajs.Producer
  private readonly compression: number
  /** Requests of one producer go one after the other: its sequence numbers are those of one queue. */
  private last: Promise<void> = Promise.resolve()

  constructor(kafka: kafkajs.Kafka, options: ProducerOptions) {
    const { transactional_id, transaction_timeout_ms } = options
    this.compression = CODEC[options.compression]
    this.producer = kafka.producer({
      // Transactional producers have a producer id of their own: with `idempotent` kafkajs asks for a second one.
      idempotent: options.idempotent && transactional_id === undefined,
      allowAutoTopicCreation: options.creates_topics ?? false,
      maxInFlightRequests: 1,
      retry: { retries: options.retries },
      ...(transactional_id === undefined ? {} : { transactionalId: transactional_id }),
      ...(transaction_timeout_ms === undefined ? {} : { transactionTimeout: transaction_timeout_ms }),
    })
  }

  connect(): Promise<void> {
    return mended(this.producer.connect())
  }

  send(records: readonly OutRecord[], runs: readonly OutRun[] = []): Promise<void> {
    const sent = this.last.then(() => sendBy(this.producer, this.compression, records, runs))
    this.last = sent.catch(() => {})
    return sent
  }

  async begin(): Promise<Transaction> {
    try {
      return new KafkajsTransaction(await this.producer.transaction(), this.compression)
    } catch (error) {
      throw kafkaError(error)
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect().catch(() => {})
  }
}

class KafkajsTransaction implements Transaction {
  private readonly transaction: kafkajs.Transaction
  private readonly compression: number
  private last: Promise<void> = Promise.resolve()

  constructor(transaction: kafkajs.Transaction, compression: number) {
    this.transaction = transaction
    this.compression = compression
  }

  send(records: readonly OutRecord[], runs: readonly OutRun[] = []): Promise<void> {
    const sent = this.last.then(() => sendBy(this.transaction, this.compression, records, runs))
    this.last = sent.catch(() => {})
    return sent
  }

  sendOffsets(group: string, offsets: readonly PartitionOffset[]): Promise<void> {
    const topics = [...byTopic(offsets)].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
    }))
    return mended(this.transaction.sendOffsets({ consumerGroupId: group, topics }))
  }

  commit(): Promise<void> {
    return mended(this.transaction.commit())
  }

  abort(): Promise<void> {
    return mended(this.transaction.abort())
  }
}

async function sendBy(
  sender: Pick<kafkajs.Producer, 'sendBatch'>,
  compression: number,
  records: readonly OutRecord[],
  runs: readonly OutRun[],
): Promise<void> {
  const messages = [...records.map(messageOf), ...runs.map(messageOfRun)]
  if (messages.length === 0) return
  const topicMessages = [...byTopic(messages)].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }))
  const responses = await mended(sender.sendBatch({ acks: -1, compression, topicMessages } as kafkajs.ProducerBatch))
  const failed = responses.find(({ errorCode }) => errorCode !== 0)
  if (failed !== undefined) throw new KafkaError(`PRODUCE_${failed.errorCode}`, true, false)
}

function messageOf(record: OutRecord): OutMessage {
  const { topic, partition } = record
  const message = { topic, key: bufferOf(record.key), value: null, record, run: null }
  return partition === null ? message : { ...message, partition }
}

function messageOfRun(run: OutRun): OutMessage {
  const { topic, partition } = run
  return { topic, partition, key: null, value: null, record: null, run }
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function byTopic<T extends { readonly topic: string }>(all: readonly T[]): Map<string, T[]> {
  const topics = new Map<string, T[]>()
  for (const one of all) {
    const known = topics.get(one.topic)
    if (known === undefined) topics.set(one.topic, [one])
    else known.push(one)
  }
  return topics
}

export async function mended<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw kafkaError(error)
  }
}
