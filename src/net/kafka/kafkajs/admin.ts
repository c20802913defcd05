// What is asked about topics and groups, by kafkajs.
import type * as kafkajs from 'kafkajs'
import type { Admin, PartitionOffset } from '../client.ts'
import { mended } from './producer.ts'
import { settledOffset } from './stable_offsets.ts'

export class KafkajsAdmin implements Admin {
  private readonly admin: kafkajs.Admin

  constructor(kafka: kafkajs.Kafka) {
    this.admin = kafka.admin()
  }

  connect(): Promise<void> {
    return mended(this.admin.connect())
  }

  async topics(): Promise<readonly string[]> {
    return mended(this.admin.listTopics())
  }

  async partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = new Set(await mended(this.admin.listTopics()))
    const known = topics.filter((topic) => there.has(topic))
    if (known.length === 0) return new Map()
    const { topics: found } = await mended(this.admin.fetchTopicMetadata({ topics: [...known] }))
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]))
  }

  async committed(group: string, topic: string): Promise<readonly PartitionOffset[]> {
    const [found] = await mended(this.admin.fetchOffsets({ groupId: group, topics: [topic] }))
    return (found?.partitions ?? []).map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
  }

  settled(group: string, topic: string, partition: number): Promise<bigint> {
    return mended(settledOffset(this.admin, group, topic, partition))
  }

  async ends(topic: string): Promise<readonly PartitionOffset[]> {
    const found = await mended(this.admin.fetchTopicOffsets(topic))
    return found.map(({ partition, high }) => ({ topic, partition, offset: BigInt(high) }))
  }

  async close(): Promise<void> {
    await this.admin.disconnect().catch(() => {})
  }
}
