// What the partitions of one transform share: settings, the client, and what is asked about topics and the group.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoringSite } from '../../core/component.ts'
import type { Admin, KafkaClient } from '../../net/kafka/client.ts'
import { type KafkaTransformSettings, outputOf } from './settings.ts'

/**
 * Kafka 3 calls a transaction over a moment before its offsets are to be read: they are read until two readings, so far
 * apart, are the same.
 */
const SETTLED_MS = 100

export class House {
  readonly site: StoringSite
  readonly settings: KafkaTransformSettings
  readonly client: KafkaClient
  private admin: Promise<Admin> | null = null

  constructor(site: StoringSite, settings: KafkaTransformSettings, client: KafkaClient) {
    this.site = site
    this.settings = settings
    this.client = client
  }

  outputOf(topic: string): string {
    return outputOf(this.settings.to, topic)
  }

  /** The same in every instance of the group, and only for this partition: whoever uses it fences off who had it. */
  transactionalId(topic: string, partition: number): string {
    return `logveil-${this.settings.group}-${topic}-${partition}`
  }

  /** What the group has committed for it, and nothing that is still on its way; -1: nothing. */
  async committed(topic: string, partition: number): Promise<bigint> {
    for (let before = await this.committedNow(topic, partition); ; ) {
      await sleep(SETTLED_MS)
      const now = await this.committedNow(topic, partition)
      if (now === before) return now
      before = now
    }
  }

  async close(): Promise<void> {
    const admin = await this.admin?.catch(() => null)
    await admin?.close()
  }

  private async committedNow(topic: string, partition: number): Promise<bigint> {
    return this.ask(async (admin) => {
      const offsets = await admin.committed(this.settings.group, topic)
      return offsets.find((one) => one.partition === partition)?.offset ?? -1n
    })
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.admin ??= this.connected()
    try {
      return await question(await this.admin)
    } catch (error) {
      this.admin = null
      throw error
    }
  }

  private async connected(): Promise<Admin> {
    const admin = this.client.admin()
    await admin.connect()
    return admin
  }
}
