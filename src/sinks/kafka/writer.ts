// Owns the producer: one request after the other, in the order in which they were asked for. A producer that failed is
// thrown away, for its sequence numbers may be worth nothing; what waited behind the failure fails too, so that no
// record overtakes another one.
import {
  type KafkaClient,
  KafkaError,
  type OutRecord,
  type Producer,
  type ProducerOptions,
} from '../../net/kafka/client.ts'
import type { KafkaSettings } from './settings.ts'

/** How often one request is tried before its batch goes back to the pipeline, which tries it again for ever. */
const RETRIES = 4

/** Says what is not written although the others are. */
export type TooLarge = (record: OutRecord) => void

export class Writer {
  private readonly client: KafkaClient
  private readonly options: ProducerOptions
  private producer: Promise<Producer> | null = null
  private last: Promise<void> = Promise.resolve()
  private failures = 0

  constructor(client: KafkaClient, { compression, create_topics }: KafkaSettings) {
    this.client = client
    this.options = { idempotent: true, compression, retries: RETRIES, creates_topics: create_topics }
  }

  /**
   * Writes the requests one after the other, beginning with that of index `from`; `written` hears of each. Rejects with
   * a KafkaError; with OVERTAKEN when one that was asked for before it has failed meanwhile.
   */
  write(
    requests: readonly (readonly OutRecord[])[],
    from: number,
    written: (count: number) => void,
    tooLarge: TooLarge,
  ): Promise<void> {
    const failures = this.failures
    const done = this.last.then(async () => {
      if (failures !== this.failures) throw new KafkaError('OVERTAKEN', true, false)
      try {
        for (let n = from; n < requests.length; n++) {
          await this.send(requests[n], tooLarge)
          written(n + 1)
        }
      } catch (error) {
        this.failures++
        await this.forget()
        throw error
      }
    })
    this.last = done.catch(() => {})
    return done
  }

  async close(): Promise<void> {
    await this.last
    await this.forget()
  }

  /** At once: what is under way fails. */
  async drop(): Promise<void> {
    await this.forget()
  }

  /** A request that is too large is sent in halves, until the record is alone that is. */
  private async send(records: readonly OutRecord[], tooLarge: TooLarge): Promise<void> {
    try {
      const producer = await this.connected()
      await producer.send(records)
    } catch (error) {
      const isTooLarge = error instanceof KafkaError && TOO_LARGE.has(error.code)
      if (!isTooLarge) throw error
      await this.forget()
      if (records.length === 1) {
        tooLarge(records[0])
        return
      }
      const middle = records.length >> 1
      await this.send(records.slice(0, middle), tooLarge)
      await this.send(records.slice(middle), tooLarge)
    }
  }

  private connected(): Promise<Producer> {
    this.producer ??= this.connect()
    return this.producer
  }

  private async connect(): Promise<Producer> {
    const producer = this.client.producer(this.options)
    try {
      await producer.connect()
      return producer
    } catch (error) {
      await producer.close()
      throw error
    }
  }

  private async forget(): Promise<void> {
    const { producer } = this
    this.producer = null
    await producer?.then(
      (one) => one.close(),
      () => {},
    )
  }
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
