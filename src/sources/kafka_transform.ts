// The source that stores what it takes: topic A → redact → topic B within one Kafka cluster, exactly once, shared out
// among the instances of a consumer group. It owns the membership, and who works on which partition.
import { systemClock } from '../core/clock.ts'
import type { PartitionLag, Source, SourceSpec, StoringSite } from '../core/component.ts'
import { type Assignment, type Consumer, type Fetched, KafkaError } from '../net/kafka/client.ts'
import { connectKafka } from '../net/kafka/kafkajs.ts'
import { connectionOf } from '../net/kafka/settings.ts'
import { AtLeastOncePartition, SharedProducer } from './kafka_transform/at_least_once.ts'
import { ExactPartition } from './kafka_transform/exact.ts'
import { House } from './kafka_transform/house.ts'
import type { TransformedPartition } from './kafka_transform/partition.ts'
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
  readonly shared: SharedProducer
}

class KafkaTransform implements Source {
  readonly addresses: readonly string[]
  private readonly settings: KafkaTransformSettings
  private readonly site: StoringSite
  private readonly held = new Map<string, Held>()
  private isMember = false
  private starting: Promise<Open> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: KafkaTransformSettings, site: StoringSite) {
    this.addresses = settings.brokers
    this.settings = settings
    this.site = site
  }

  /** False until it has joined its group, and while it can not. */
  get ready(): boolean {
    return this.isMember
  }

  get partitions(): readonly PartitionLag[] {
    return [...this.held.values()].map(({ topic, partition, at }) => ({ topic, partition, lag: at.lag }))
  }

  async start(): Promise<void> {
    this.starting ??= this.open()
    await this.starting
  }

  /** What is under way is given up, for somebody else to do: that is cheaper than to wait for a broker. */
  async stop(signal: AbortSignal): Promise<void> {
    this.stopping ??= this.shut()
    const given = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.stopping, given])
  }

  private async open(): Promise<Open> {
    const { settings, site } = this
    const client = connectKafka(await connectionOf(settings))
    const house = new House(site, settings, client)
    const open = {
      house,
      consumer: client.consumer({ ...settings, patterns: [], fetches_ahead: true }),
      shared: new SharedProducer(house),
    }
    open.consumer.start({
      take: (fetched) => this.take(open, fetched),
      assigned: (assignment, generation) => this.assigned(open, assignment, generation),
      passed: (topic, partition, next) =>
        void this.held
          .get(nameOf(topic, partition))
          ?.at.passed(next)
          .catch(() => {}),
      missing: (topic) => site.emit('warn', 'topic_missing', 'A topic does not exist; it is waited for', { topic }),
      failed: (code) => {
        this.isMember = false
        site.emit('warn', 'kafka_failed', 'Nothing can be read from Kafka; it is tried again', { code })
      },
    })
    return open
  }

  private async shut(): Promise<void> {
    // A start that failed has said so to its caller.
    const open = await this.starting?.catch(() => null)
    await open?.consumer.stop()
    await Promise.all([...this.held.values()].map(({ at }) => at.close()))
    this.held.clear()
    await open?.shared.close()
    await open?.house.close()
  }

  private async take(open: Open, fetched: Fetched): Promise<void> {
    const { topic, partition, signal } = fetched
    const began_ms = systemClock.steady_ms()
    try {
      await this.heldAt(open, topic, partition).take(fetched)
    } catch (error) {
      const facts = { topic, partition, code: codeOf(error), took_ms: Math.round(systemClock.steady_ms() - began_ms) }
      const message = 'Records were not written; they are taken again'
      this.site.emit(signal.aborted ? 'debug' : 'warn', 'transform_failed', message, facts)
      throw error
    } finally {
      fetched.release()
    }
  }

  private heldAt(open: Open, topic: string, partition: number): TransformedPartition {
    const { house, consumer, shared } = open
    const name = nameOf(topic, partition)
    const known = this.held.get(name)
    if (known !== undefined) return known.at
    const at =
      this.settings.guarantee === 'exactly_once'
        ? new ExactPartition(house, consumer, topic, partition)
        : new AtLeastOncePartition(house, consumer, shared, topic, partition)
    this.held.set(name, { topic, partition, at })
    return at
  }

  /** What is somebody else's now is let go of: its producer would only be in the way. */
  private assigned(open: Open, assignment: Assignment, generation: number): void {
    const own = new Set<string>()
    for (const [topic, numbers] of assignment) {
      for (const partition of numbers) {
        own.add(nameOf(topic, partition))
        this.heldAt(open, topic, partition)
      }
    }
    for (const [name, { at }] of this.held) {
      if (own.has(name)) continue
      this.held.delete(name)
      void at.close()
    }
    this.isMember = true
    const facts = { partitions: own.size, generation }
    this.site.emit('info', 'assigned', 'Partitions are assigned', facts)
  }
}

interface Held {
  readonly topic: string
  readonly partition: number
  readonly at: TransformedPartition
}

function nameOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

function codeOf(error: unknown): string {
  if (error instanceof KafkaError) return error.code
  return error instanceof Error ? error.name : 'UNKNOWN'
}
