// Owns one partition, exactly once: takes what was fetched of it through redaction and into the output topics, with its
// offset, in one transaction of a producer that belongs to the partition. It never looks into records.
import type { Consumer, Fetched, Producer } from '../../net/kafka/client.ts'
import { retried } from './attempts.ts'
import type { House } from './house.ts'
import { lagOf, type TransformedPartition, Turns } from './partition.ts'
import { type Passage, pass, roomFor } from './passage.ts'
import { isTooLarge, sendAtOnce, sendWithCare } from './sending.ts'

/** Of a request, by the library: half a minute. A transaction that fails is done again as a whole. */
const RETRIES = 10

/** The producer of a partition, and what is known because it is there. */
interface Hold {
  readonly producer: Producer
  /** Partitions of the output topic. */
  readonly outputs: number
  /** What lies before it is done. */
  next: bigint
  /** What the records before it have left open. */
  open: unknown
}

export class ExactPartition implements TransformedPartition {
  lag = 0
  private readonly house: House
  private readonly consumer: Consumer
  private readonly topic: string
  private readonly partition: number
  private hold: Hold | null = null
  /** One after the other, whatever the consumer does. */
  private readonly turns = new Turns()

  constructor(house: House, consumer: Consumer, topic: string, partition: number) {
    this.house = house
    this.consumer = consumer
    this.topic = topic
    this.partition = partition
  }

  take(fetched: Fetched): Promise<void> {
    return this.turns.take(() => this.takeNow(fetched))
  }

  /** By the group's own commit, which only a member can make: a partition at whose end is nothing has no lag. */
  passed(next: bigint): Promise<void> {
    return this.turns.take(async () => {
      const { hold, topic, partition } = this
      if (hold === null || next <= hold.next) return
      await this.consumer.commit([{ topic, partition, offset: next }])
      hold.next = next
    })
  }

  close(): Promise<void> {
    return this.turns.take(() => this.letGo())
  }

  private async takeNow(fetched: Fetched): Promise<void> {
    const { signal } = fetched
    try {
      await roomFor(this.house, signal)
      this.hold ??= await this.takeOver(fetched)
      const { hold } = this
      if (hold.next < fetched.next) {
        this.lag = lagOf(fetched, hold.next)
        await this.transact(hold, fetched)
        hold.next = fetched.next
      }
      this.lag = lagOf(fetched, hold.next)
    } catch (error) {
      // Whatever went wrong, nobody here knows what the coordinator knows. The next producer asks it.
      await this.letGo()
      throw error
    }
  }

  /**
   * A new producer of this partition: from here on whoever had it before is fenced off, its transaction is over, and
   * what the group has committed is where to go on.
   */
  private async takeOver({ first, signal }: Fetched): Promise<Hold> {
    const { house, topic, partition } = this
    const { client, settings } = house
    const outputs = await house.outputs(topic, partition)
    const producer = client.producer({
      transactional_id: house.transactionalId(topic, partition),
      transaction_timeout_ms: settings.transaction_timeout_ms,
      idempotent: true,
      compression: settings.compression,
      retries: RETRIES,
    })
    try {
      await producer.connect()
      await (await retried(() => producer.begin(), signal)).abort()
      const committed = await house.committed(topic, partition, signal)
      // Where nothing was committed yet it begins where the consumer began.
      return { producer, outputs, next: committed < 0n ? first : committed, open: null }
    } catch (error) {
      await producer.close()
      throw error
    }
  }

  private async transact(hold: Hold, fetched: Fetched): Promise<void> {
    try {
      await this.transactBy(hold, fetched, false)
    } catch (error) {
      if (!isTooLarge(error)) throw error
      await this.transactBy(hold, fetched, true)
    }
  }

  private async transactBy(hold: Hold, fetched: Fetched, isCareful: boolean): Promise<void> {
    const { house, topic, partition } = this
    const { signal, next } = fetched
    const place = { topic, partition, outputs: hold.outputs }
    const transaction = await retried(() => hold.producer.begin(), signal)
    // They are known already: the coordinators are at work on them while the workers are on the records.
    const offsets = retried(
      () => transaction.sendOffsets(house.settings.group, [{ topic, partition, offset: next }]),
      signal,
    )
    offsets.catch(() => {})
    let passage: Passage | null = null
    try {
      passage = await pass(house, place, { fetched, from: hold.next }, hold.open, async (written) => {
        await offsets
        if (isCareful) await sendWithCare(house.settings, transaction, written.all(), signal)
        else await sendAtOnce(transaction, written.records, written.runs, signal)
      })
      await offsets
      // It is somebody else's by now, or soon: who comes next does it again.
      signal.throwIfAborted()
      await transaction.commit()
    } catch (error) {
      for (const one of passage?.redacted ?? []) one.givenUp()
      await offsets.catch(() => {})
      await transaction.abort().catch(() => {})
      throw error
    }
    hold.open = passage.open
    for (const one of passage.redacted) await one.stored()
  }

  private async letGo(): Promise<void> {
    const { hold } = this
    this.hold = null
    await hold?.producer.close()
  }
}
