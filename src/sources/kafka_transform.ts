// The source that stores what it takes: topic A → redact → topic B within one Kafka cluster, exactly once, shared out
// among the instances of a consumer group. It owns the group's membership and who works on which partition.
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSpec, StoringSite } from '../core/component.ts'
import { type Assignment, type Consumer, type Fetched, KafkaError } from '../net/kafka/client.ts'
import { connectKafka } from '../net/kafka/kafkajs.ts'
import { House } from './kafka_transform/house.ts'
import { ExactPartition } from './kafka_transform/partition.ts'
import { type KafkaTransformSettings, kafkaTransformSettings } from './kafka_transform/settings.ts'

export const kafkaTransform: SourceSpec<KafkaTransformSettings> = {
  type: 'kafka_transform',
  summary: 'Redacts topics of Kafka into other topics of the same cluster, exactly once; it needs no sink.',
  settings: kafkaTransformSettings,
  stores: true,
  example: {
    type: 'kafka_transform',
    brokers: ['127.0.0.1:9092'],
    group: 'logveil',
    topics: { logs: { to: 'logs.redacted', value: 'json' } },
    census_topic: 'logs.census',
  },
  create(settings, site: StoringSite) {
    return new KafkaTransform(settings, site)
  },
}

class KafkaTransform implements Source {
  readonly addresses: readonly string[]
  private readonly house: House
  private readonly consumer: Consumer
  private readonly partitions = new Map<string, ExactPartition>()
  private stopping: Promise<void> | null = null
  private isStarted = false

  constructor(settings: KafkaTransformSettings, site: StoringSite) {
    this.addresses = settings.brokers
    const client = connectKafka({
      brokers: settings.brokers,
      client_id: 'logveil',
      tls: null,
      sasl: null,
      connect_timeout_ms: 10_000,
      request_timeout_ms: 30_000,
    })
    this.house = new House(site, settings, client)
    this.consumer = client.consumer({
      group: settings.group,
      topics: Object.keys(settings.topics),
      patterns: [],
      topics_refresh_ms: 60_000,
      start: settings.start,
      partitions_max: settings.partitions_max,
      fetch_bytes_max: 16 * settings.partition_bytes_max,
      partition_bytes_max: settings.partition_bytes_max,
      wait_ms_max: 500,
      session_timeout_ms: settings.session_timeout_ms,
      rebalance_timeout_ms: settings.rebalance_timeout_ms,
    })
  }

  /** A broker that is not there yet is waited for. */
  async start(): Promise<void> {
    if (this.isStarted || this.stopping) return
    this.isStarted = true
    this.consumer.start({
      take: (fetched) => this.take(fetched),
      assigned: (assignment, generation) => this.assigned(assignment, generation),
      passed: () => {},
      failed: (code) => {
        this.house.site.emit('warn', 'kafka_unavailable', 'Kafka can not be read; it is tried again', { code })
      },
    })
  }

  stop(): Promise<void> {
    this.stopping ??= this.shut()
    return this.stopping
  }

  private async shut(): Promise<void> {
    if (this.isStarted) await this.consumer.stop()
    await Promise.all([...this.partitions.values()].map((partition) => partition.close()))
    this.partitions.clear()
    await this.house.close()
  }

  private async take(fetched: Fetched): Promise<void> {
    const { topic, partition } = fetched
    const name = `${topic}-${partition}`
    let at = this.partitions.get(name)
    if (at === undefined) {
      at = new ExactPartition(this.house, topic, partition)
      this.partitions.set(name, at)
    }
    const began_ms = systemClock.steady_ms()
    try {
      await at.take(fetched)
    } catch (error) {
      const code = error instanceof KafkaError ? error.code : error instanceof Error ? error.name : 'UNKNOWN'
      const facts = { topic, partition, code, took_ms: Math.round(systemClock.steady_ms() - began_ms) }
      if (!fetched.signal.aborted)
        this.house.site.emit('warn', 'transaction_failed', 'A transaction failed; its records are taken again', facts)
      throw error
    }
  }

  /** What is somebody else's now is let go of: its producer would only be in the way. */
  private assigned(assignment: Assignment, generation: number): void {
    let count = 0
    const own = new Set<string>()
    for (const [topic, partitions] of assignment) for (const partition of partitions) own.add(`${topic}-${partition}`)
    for (const [name, partition] of this.partitions) {
      if (own.has(name)) continue
      this.partitions.delete(name)
      void partition.close()
    }
    count = own.size
    this.house.site.emit('info', 'partitions_assigned', 'The group has shared out its partitions', {
      partitions: count,
      generation,
    })
  }
}
