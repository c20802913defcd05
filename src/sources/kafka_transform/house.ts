// What the partitions of one transform share: settings, the client, and what is asked about topics and the group.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch } from '../../core/batch.ts'
import { BATCH_PAD_BYTES } from '../../core/batch.ts'
import type { StoringSite } from '../../core/component.ts'
import type { Admin, FetchedRecord, KafkaClient } from '../../net/kafka/client.ts'
import { kafkaFrameSize, writeKafkaFrame } from '../../wire/kafka_frame.ts'
import type { KafkaTransformSettings } from './settings.ts'

/**
 * Kafka 3 calls a transaction over a moment before its offsets are to be read: they are read until two readings, so far
 * apart, are the same.
 */
const SETTLED_MS = 100
const NOTHING = new Uint8Array(0)

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

  framed(topic: string, partition: number, records: readonly FetchedRecord[]): Batch {
    const { value: format } = this.settings.topics[topic]
    const topicBytes = Buffer.from(topic)
    const frames = records.map((record) => ({
      ...record,
      format: record.unreadable === undefined ? format : ('opaque' as const),
      partition,
      topic: topicBytes,
      prefix: NOTHING,
    }))
    const ends = new Uint32Array(frames.length)
    let size = 0
    for (const [at, frame] of frames.entries()) {
      size += kafkaFrameSize(frame)
      ends[at] = size
    }
    const bytes = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
    const view = new DataView(bytes.buffer)
    let at = 0
    for (const frame of frames) at = writeKafkaFrame(bytes, view, at, frame)
    return { format: 'kafka', bytes, ends, origin: this.site.name }
  }

  async close(): Promise<void> {
    const admin = await this.admin?.catch(() => null)
    await admin?.close()
  }

  private async committedNow(topic: string, partition: number): Promise<bigint> {
    this.admin ??= this.connected()
    try {
      const offsets = await (await this.admin).committed(this.settings.group, topic)
      return offsets.find((one) => one.partition === partition)?.offset ?? -1n
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
