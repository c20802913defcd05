// What the partitions of one transform share: settings, the client, and what is asked about topics and the group.
import type { StoringSite } from '../../core/component.ts'
import { type Admin, type KafkaClient, KafkaError } from '../../net/kafka/client.ts'
import { formatsOf } from '../../net/kafka/settings.ts'
import { isEarly, retried } from './attempts.ts'
import { type KafkaTransformSettings, outputOf } from './settings.ts'

export class House {
  readonly site: StoringSite
  readonly settings: KafkaTransformSettings
  readonly client: KafkaClient
  /** How the values of a topic are written. */
  readonly formatOf: ReturnType<typeof formatsOf>
  /** Partitions of output topics. */
  private readonly counts = new Map<string, number>()
  private admin: Promise<Admin> | null = null

  constructor(site: StoringSite, settings: KafkaTransformSettings, client: KafkaClient) {
    this.site = site
    this.settings = settings
    this.client = client
    this.formatOf = formatsOf(settings)
  }

  outputOf(topic: string): string {
    return outputOf(this.settings.to, topic)
  }

  /** The same in every instance of the group, and only for this partition: whoever uses it fences off who had it. */
  transactionalId(topic: string, partition: number): string {
    return `logveil-${this.settings.group}-${topic}-${partition}`
  }

  /** What the group has committed for it, and nothing that is still on its way; -1: nothing. */
  committed(topic: string, partition: number, signal: AbortSignal): Promise<bigint> {
    return retried(() => this.ask((admin) => admin.settled(this.settings.group, topic, partition)), signal)
  }

  /** How many partitions the output of a topic has. Rejects when it does not exist, or has none for this one. */
  async outputs(topic: string, partition: number): Promise<number> {
    const to = this.outputOf(topic)
    const known = this.counts.get(to)
    if (known !== undefined && (known > partition || this.settings.partition === 'by_key')) return known
    const count = await this.ask(async (admin) => (await admin.partitions([to])).get(to))
    if (count === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', true, false)
    this.counts.set(to, count)
    if (this.settings.partition === 'by_key' || count > partition) return count
    const facts = { topic: to, partition, partitions: count }
    const message = 'The output topic has no such partition: give it as many as the input has, or use partition: by_key'
    this.site.emit('error', 'partition_missing', message, facts)
    throw new KafkaError('OUTPUT_PARTITION_MISSING', true, false)
  }

  async close(): Promise<void> {
    const { admin } = this
    this.admin = null
    await (await admin?.catch(() => null))?.close()
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.admin ??= this.connected()
    const { admin } = this
    try {
      return await question(await admin)
    } catch (error) {
      // Where the broker has answered the connection is good; and another one may be there by now.
      if (!isEarly(error) && this.admin === admin) await this.close()
      throw error
    }
  }

  private async connected(): Promise<Admin> {
    const admin = this.client.admin()
    await admin.connect()
    return admin
  }
}
