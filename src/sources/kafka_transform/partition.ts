// Owns one partition while this instance has it: takes what was fetched of it through redaction and into the output
// topics, with its offset, in one transaction of a producer that belongs to the partition. It never looks into records.
import type { Redacted } from '../../core/component.ts'
import type { Fetched, FetchedRecord, Producer, Transaction } from '../../net/kafka/client.ts'
import { formatOf } from '../../net/kafka/settings.ts'
import { kafkaBatch } from '../../wire/kafka_records.ts'
import { retried } from './attempts.ts'
import { chunksOf } from './chunks.ts'
import type { House } from './house.ts'
import { outRecords } from './outputs.ts'

/** Of a request, by the library: half a minute. A transaction that fails is done again as a whole. */
const RETRIES = 10

export class ExactPartition {
  readonly topic: string
  readonly partition: number
  private readonly house: House
  private producer: Producer | null = null
  /** What lies before it is done. Known while there is a producer. */
  private next = 0n
  /** What the records before it have left open. */
  private open: unknown = null
  /** One after the other, whatever the consumer does. */
  private last: Promise<void> = Promise.resolve()

  constructor(house: House, topic: string, partition: number) {
    this.house = house
    this.topic = topic
    this.partition = partition
  }

  /** Resolves when all of it is done, by this instance or by one that had the partition before. */
  take(fetched: Fetched): Promise<void> {
    const taken = this.last.then(() => this.takeNow(fetched))
    this.last = taken.catch(() => {})
    return taken
  }

  /** Waits for what is pending; its transaction ends one way or the other. */
  async close(): Promise<void> {
    await this.last
    await this.drop()
  }

  private async takeNow(fetched: Fetched): Promise<void> {
    const { signal } = fetched
    try {
      signal.throwIfAborted()
      const producer = this.producer ?? (await this.takeOver(fetched))
      const records = fetched.records.filter(({ offset }) => offset >= this.next)
      if (records.length === 0) return
      await this.house.site.room()
      await this.transact(producer, records, fetched)
      this.next = fetched.next
    } catch (error) {
      // Whatever went wrong, nobody knows what the coordinator knows. The next producer asks it.
      await this.drop()
      throw error
    }
  }

  /**
   * A new producer of this partition: from here on whoever had it before is fenced off, its transaction is over, and
   * what the group has committed is where to go on.
   */
  private async takeOver({ records, signal }: Fetched): Promise<Producer> {
    const { client, settings } = this.house
    const producer = client.producer({
      transactional_id: this.house.transactionalId(this.topic, this.partition),
      transaction_timeout_ms: settings.transaction_timeout_ms,
      idempotent: true,
      compression: settings.compression,
      retries: RETRIES,
    })
    try {
      await producer.connect()
      await (await retried(() => producer.begin(), signal)).abort()
      this.next = await this.house.committed(this.topic, this.partition)
    } catch (error) {
      await producer.close()
      throw error
    }
    // Nothing was committed yet: it begins where the consumer began.
    if (this.next < 0n) this.next = records[0].offset
    this.open = null
    this.producer = producer
    return producer
  }

  private async transact(producer: Producer, records: readonly FetchedRecord[], fetched: Fetched): Promise<void> {
    const { house, topic, partition } = this
    const { signal, next } = fetched
    const redacted: Redacted[] = []
    const transaction = await retried(() => producer.begin(), signal)
    try {
      const open = await this.write(transaction, records, signal, redacted)
      const offsets = [{ topic, partition, offset: next }]
      await retried(() => transaction.sendOffsets(house.settings.group, offsets), signal)
      // It is somebody else's by now, or soon: who comes next does it again.
      signal.throwIfAborted()
      await transaction.commit()
      this.open = open
    } catch (error) {
      for (const one of redacted) one.givenUp()
      await transaction.abort().catch(() => {})
      throw error
    }
    for (const one of redacted) await one.stored()
  }

  /** While one chunk is on its way to the broker the next one is redacted. Returns what the last one leaves open. */
  private async write(
    transaction: Transaction,
    records: readonly FetchedRecord[],
    signal: AbortSignal,
    redacted: Redacted[],
  ): Promise<unknown> {
    const { topic, partition } = this
    const { site, settings } = this.house
    const format = formatOf(settings, topic)
    let { open } = this
    let sent = Promise.resolve()
    for (const chunk of chunksOf(records)) {
      const batch = await site.redact(kafkaBatch(site.name, topic, partition, chunk, format), open)
      redacted.push(batch)
      open = batch.open
      await sent
      signal.throwIfAborted()
      const written = outRecords(this.house, topic, partition, batch, chunk)
      sent = retried(() => transaction.send(written), signal)
      sent.catch(() => {})
    }
    await sent
    return open
  }

  private async drop(): Promise<void> {
    const { producer } = this
    this.producer = null
    this.open = null
    await producer?.close()
  }
}
