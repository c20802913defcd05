// The source for topics of Kafka: a member of a consumer group, which shares the partitions among its members. Offsets
// are committed when the records before them are delivered. What becomes of what it fetches is in kafka/intake.ts.
import type { PartitionLag, Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { connectKafka } from '../net/kafka/kafkajs.ts'
import { connectionOf } from '../net/kafka/settings.ts'
import { Intake } from './kafka/intake.ts'
import { type KafkaSettings, kafkaSettings } from './kafka/settings.ts'

export const kafka: SourceSpec<KafkaSettings> = {
  type: 'kafka',
  summary: 'Reads topics of Kafka as a member of a consumer group.',
  settings: kafkaSettings,
  example: { type: 'kafka', brokers: ['127.0.0.1:9092'], topics: ['logs'], group: 'logveil' },
  create: (settings, site) => new KafkaSource(settings, site),
}

class KafkaSource implements Source {
  readonly addresses: readonly string[]
  private readonly settings: KafkaSettings
  private readonly site: SourceSite
  private intake: Intake | null = null
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: KafkaSettings, site: SourceSite) {
    this.settings = settings
    this.site = site
    this.addresses = settings.brokers
  }

  /** False until it has joined its group, and while it can not. */
  get ready(): boolean {
    return this.intake?.isMember ?? false
  }

  get partitions(): readonly PartitionLag[] {
    return this.intake?.lags ?? []
  }

  /** Does not wait for a broker: one that is down now is waited for. */
  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    this.stopping ??= this.close(signal)
    return this.stopping
  }

  private async open(): Promise<void> {
    const { settings, site } = this
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    const client = connectKafka(await connectionOf(settings))
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    if (settings.format === 'auto' || Object.values(settings.formats).includes('auto')) {
      site.emit('warn', 'format_guessed', 'The format of values is told from their first bytes: better name it')
    }
    const patterns = settings.patterns.map((pattern) => new RegExp(`^(?:${pattern})$`))
    const consumer = client.consumer({ ...settings, patterns })
    this.intake = new Intake(site, settings, consumer)
    consumer.start(this.intake)
  }

  private async close(signal: AbortSignal): Promise<void> {
    // A start that failed has said so to its caller.
    await this.starting?.catch(() => {})
    await this.intake?.stop(signal)
  }
}
