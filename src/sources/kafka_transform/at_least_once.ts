// Owns one partition, at least once: what is written is acknowledged by all replicas before its offset is committed, by
// a producer that all partitions share. Whoever is killed in between leaves records that come twice.
import { type Consumer, type Fetched, KafkaError, type Producer } from '../../net/kafka/client.ts'
import type { House } from './house.ts'
import type { Written } from './outputs.ts'
import { lagOf, type TransformedPartition, Turns } from './partition.ts'
import { pass, roomFor } from './passage.ts'
import { isTooLarge, sendAtOnce, sendWithCare } from './sending.ts'

const RETRIES = 10

/** One for all partitions; after an error that it can not get over, another one. */
export class SharedProducer {
  private readonly house: House
  private current: Promise<Producer> | null = null

  constructor(house: House) {
    this.house = house
  }

  get(): Promise<Producer> {
    this.current ??= this.connected()
    return this.current
  }

  /** It failed with this error: is it of any use still? */
  async judge(error: unknown): Promise<void> {
    if (isTooLarge(error) || (error instanceof KafkaError && error.retryable)) return
    await this.close()
  }

  async close(): Promise<void> {
    const closing = this.current
    this.current = null
    const producer = await closing?.catch(() => null)
    await producer?.close()
  }

  private async connected(): Promise<Producer> {
    const { client, settings } = this.house
    const producer = client.producer({ idempotent: true, compression: settings.compression, retries: RETRIES })
    try {
      await producer.connect()
    } catch (error) {
      this.current = null
      throw error
    }
    return producer
  }
}

export class AtLeastOncePartition implements TransformedPartition {
  lag = 0
  private readonly house: House
  private readonly consumer: Consumer
  private readonly shared: SharedProducer
  private readonly topic: string
  private readonly partition: number
  private open: unknown = null
  private readonly turns = new Turns()

  constructor(house: House, consumer: Consumer, shared: SharedProducer, topic: string, partition: number) {
    this.house = house
    this.consumer = consumer
    this.shared = shared
    this.topic = topic
    this.partition = partition
  }

  take(fetched: Fetched): Promise<void> {
    return this.turns.take(() => this.takeNow(fetched))
  }

  passed(next: bigint): Promise<void> {
    return this.turns.take(() => this.commit(next))
  }

  close(): Promise<void> {
    return this.turns.take(async () => {})
  }

  private async takeNow(fetched: Fetched): Promise<void> {
    const { house, topic, partition } = this
    const { first, signal, next } = fetched
    await roomFor(house, signal)
    this.lag = lagOf(fetched, first)
    const outputs = await house.outputs(topic, partition)
    const producer = await this.shared.get()
    try {
      const place = { topic, partition, outputs }
      const passage = await pass(house, place, { fetched, from: first }, this.open, (written) =>
        this.send(producer, written, signal),
      )
      this.open = passage.open
      // Whose it is by now has committed more of it.
      signal.throwIfAborted()
      await this.commit(next)
      for (const one of passage.redacted) await one.stored()
    } catch (error) {
      await this.shared.judge(error)
      throw error
    }
    this.lag = lagOf(fetched, next)
  }

  /** What of it was written before something was too large is written again: that is what at least once is. */
  private async send(producer: Producer, written: Written, signal: AbortSignal): Promise<void> {
    try {
      await sendAtOnce(producer, written.records, written.runs, signal)
    } catch (error) {
      if (!isTooLarge(error)) throw error
      await sendWithCare(this.house.settings, producer, written.all(), signal)
    }
  }

  private commit(offset: bigint): Promise<void> {
    return this.consumer.commit([{ topic: this.topic, partition: this.partition, offset }])
  }
}
