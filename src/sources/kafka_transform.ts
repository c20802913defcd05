// The source that stores what it takes: topic A → redact → topic B within one Kafka cluster, exactly once, shared out
// among the instances of a consumer group. It owns the membership, and who works on which partition.
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSpec, StoringSite } from '../core/component.ts'
import { type Assignment, type Consumer, type Fetched, KafkaError } from '../net/kafka/client.ts'
import { connectKafka } from '../net/kafka/kafkajs.ts'
import { connectionOf } from '../net/kafka/settings.ts'
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
    topics: ['logs'],
    to: '{topic}.redacted',
    census_topic: 'logs.census',
  },
  create(settings, site: StoringSite) {
    return new KafkaTransform(settings, site)
  },
}

/** What a cluster is asked for: it may be away when logveil starts, and is waited for. */
interface Open {
  readonly house: House
  readonly consumer: Consumer
}

class KafkaTransform implements Source {
  readonly addresses: readonly string[]
  private readonly settings: KafkaTransformSettings
  private readonly site: StoringSite
  private readonly partitions = new Map<string, ExactPartition>()
  private starting: Promise<Open> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: KafkaTransformSettings, site: StoringSite) {
    this.addresses = settings.brokers
    this.settings = settings
    this.site = site
  }

  async start(): Promise<void> {
    this.starting ??= this.open()
    await this.starting
  }

  stop(): Promise<void> {
    this.stopping ??= this.shut()
    return this.stopping
  }

  private async open(): Promise<Open> {
    const { settings, site } = this
    const client = connectKafka(await connectionOf(settings))
    const house = new House(site, settings, client)
    const consumer = client.consumer({ ...settings, patterns: [] })
    consumer.start({
      take: (fetched) => this.take(house, fetched),
      assigned: (assignment, generation) => this.assigned(assignment, generation),
      passed: () => {},
      missing: (topic) => site.emit('warn', 'topic_missing', 'A topic does not exist; it is waited for', { topic }),
      failed: (code) => site.emit('warn', 'kafka_unavailable', 'Kafka can not be read; it is tried again', { code }),
    })
    return { house, consumer }
  }

  private async shut(): Promise<void> {
    // A start that failed has said so to its caller.
    const open = await this.starting?.catch(() => null)
    await open?.consumer.stop()
    await Promise.all([...this.partitions.values()].map((partition) => partition.close()))
    this.partitions.clear()
    await open?.house.close()
  }

  private async take(house: House, fetched: Fetched): Promise<void> {
    const { topic, partition, signal } = fetched
    const name = `${topic}-${partition}`
    const known = this.partitions.get(name)
    const at = known ?? new ExactPartition(house, topic, partition)
    if (known === undefined) this.partitions.set(name, at)
    const began_ms = systemClock.steady_ms()
    try {
      await at.take(fetched)
    } catch (error) {
      const facts = { topic, partition, code: codeOf(error), took_ms: Math.round(systemClock.steady_ms() - began_ms) }
      const message = 'A transaction failed; its records are taken again'
      this.site.emit(signal.aborted ? 'debug' : 'warn', 'transaction_failed', message, facts)
      throw error
    }
  }

  /** What is somebody else's now is let go of: its producer would only be in the way. */
  private assigned(assignment: Assignment, generation: number): void {
    const own = new Set<string>()
    for (const [topic, numbers] of assignment) for (const number of numbers) own.add(`${topic}-${number}`)
    for (const [name, partition] of this.partitions) {
      if (own.has(name)) continue
      this.partitions.delete(name)
      void partition.close()
    }
    const facts = { partitions: own.size, generation }
    this.site.emit('info', 'partitions_assigned', 'The group has shared out its partitions', facts)
  }
}

function codeOf(error: unknown): string {
  if (error instanceof KafkaError) return error.code
  return error instanceof Error ? error.name : 'UNKNOWN'
}
