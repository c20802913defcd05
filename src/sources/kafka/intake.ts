// Takes what a consumer fetches into the pipeline, and commits what was delivered. It does not wait for one delivery
// before it takes the next: what bounds it is the pipeline's room.
import type { PartitionLag, SourceSite } from '../../core/component.ts'
import { LogveilError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import type { Assignment, Consumer, ConsumerHandlers, Fetched, FetchedRecord } from '../../net/kafka/client.ts'
import { formatsOf } from '../../net/kafka/settings.ts'
import { kafkaBatch } from '../../wire/kafka_records.ts'
import { Positions } from './positions.ts'
import type { KafkaSettings } from './settings.ts'

/** After a delivery failed its partition is read again from there, and waits so long before. */
const AGAIN_MS = 2_000

interface Partition {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  positions: Positions
  /** A delivery failed: what follows it is not taken, for it comes again behind it. */
  isRewinding: boolean
  /** Where the partition ended when it was fetched from last. */
  end: bigint
}

export class Intake implements ConsumerHandlers {
  /** True while it is a member of its group. */
  isMember = false
  private readonly site: SourceSite
  private readonly settings: KafkaSettings
  private readonly consumer: Consumer
  private readonly formatOf: ReturnType<typeof formatsOf>
  private readonly partitions = new Map<string, Partition>()
  private readonly deliveries = new Set<Promise<void>>()
  private committing: NodeJS.Timeout | null = null
  private isStopping = false

  constructor(site: SourceSite, settings: KafkaSettings, consumer: Consumer) {
    this.site = site
    this.settings = settings
    this.consumer = consumer
    this.formatOf = formatsOf(settings)
  }

  assigned(assignment: Assignment, generation: number): void {
    const before = new Map(this.partitions)
    this.partitions.clear()
    let count = 0
    for (const [topic, partitions] of assignment) {
      for (const partition of partitions) {
        count++
        const known = before.get(nameOf(topic, partition))
        const positions = known === undefined || known.isRewinding ? new Positions() : known.positions
        this.partitions.set(nameOf(topic, partition), {
          topic,
          partition,
          generation,
          positions,
          isRewinding: false,
          end: known?.end ?? 0n,
        })
        // What is under way need not be fetched a second time.
        if (positions.taken >= 0n) this.consumer.seek({ topic, partition, offset: positions.taken })
      }
    }
    if (this.isStopping) this.pauseAll()
    this.isMember = true
    this.commitSoon()
    this.site.emit('info', 'assigned', 'Partitions are assigned', { partitions: count, generation })
  }

  failed(code: string): void {
    this.isMember = false
    this.site.emit('warn', 'kafka_failed', 'Nothing can be read from Kafka; it is tried again', { code })
  }

  missing(topic: string): void {
    this.site.emit('warn', 'topic_missing', 'A topic does not exist, or may not be read; it is waited for', { topic })
  }

  passed(topic: string, partition: number, next: bigint): void {
    const known = this.partitions.get(nameOf(topic, partition))
    if (known === undefined || known.isRewinding || next <= known.positions.taken) return
    known.positions.take(next, next)()
    this.commitSoon()
  }

  async take(fetched: Fetched): Promise<void> {
    const known = this.partitions.get(nameOf(fetched.topic, fetched.partition))
    if (known === undefined || known.generation !== fetched.generation) return
    known.end = fetched.high_watermark
    const format = this.formatOf(fetched.topic)
    const chunks = chunksOf(fetched.records)
    for (const [n, records] of chunks.entries()) {
      await this.room(fetched.signal)
      if (known.isRewinding) return
      const next = n === chunks.length - 1 ? fetched.next : chunks[n + 1][0].offset
      // What was taken under another assignment, and went on since, is not taken twice.
      const fresh = records.filter(({ offset }) => offset >= known.positions.taken)
      if (fresh.length > 0) this.deliver(known, fresh, next, format)
    }
  }

  /** What of each partition is not delivered, as far as it is known. */
  get lags(): readonly PartitionLag[] {
    return [...this.partitions.values()].map(({ topic, partition, positions, end }) => {
      const lag = positions.delivered < 0n ? 0 : Math.max(0, Number(end - positions.delivered))
      return { topic, partition, lag }
    })
  }

  /** Waits for what is under way, commits it, and leaves the group. */
  async stop(signal: AbortSignal): Promise<void> {
    this.isStopping = true
    this.pauseAll()
    const given = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([Promise.allSettled([...this.deliveries]), given])
    if (this.committing !== null) clearTimeout(this.committing)
    await Promise.race([this.commit(), given])
    await Promise.race([this.consumer.stop(), given])
  }

  private pauseAll(): void {
    for (const { topic, partition } of this.partitions.values()) this.consumer.pause(topic, partition)
  }

  private async room(signal: AbortSignal): Promise<void> {
    if (this.isStopping) throw stopping()
    if (!this.site.hasRoom()) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([this.site.room(), aborted])
    }
    if (signal.aborted || this.isStopping) throw stopping()
  }

  private deliver(
    known: Partition,
    records: readonly FetchedRecord[],
    next: bigint,
    format: ReturnType<Intake['formatOf']>,
  ): void {
    const { topic, partition, positions } = known
    this.countUnreadable(records)
    const done = positions.take(records[0].offset, next)
    const batch = kafkaBatch(this.site.name, topic, partition, records, format)
    const delivery = this.site
      .deliver(batch)
      .then(
        () => done(),
        (error: unknown) => this.refused(known, positions, done, error),
      )
      .finally(() => {
        this.deliveries.delete(delivery)
        this.commitSoon()
      })
    this.deliveries.add(delivery)
  }

  private refused(known: Partition, positions: Positions, done: () => void, error: unknown): void {
    const code = error instanceof LogveilError ? error.code : 'INTERNAL'
    if (this.isStopping) return
    const { topic, partition } = known
    const isSkipped = this.settings.refused === 'skip'
    const what = isSkipped ? 'Records were refused and are passed over' : 'Records were refused and are read again'
    this.site.emit('error', 'refused', what, { code, partition })
    if (isSkipped) {
      done()
      return
    }
    const current = this.partitions.get(nameOf(topic, partition))
    if (current === undefined || current.positions !== positions || current.isRewinding) return
    current.isRewinding = true
    this.consumer.pause(topic, partition)
    setTimeout(() => this.readAgain(topic, partition), AGAIN_MS).unref()
  }

  /** From the first record that is not delivered; what was taken behind it comes again, too. */
  private readAgain(topic: string, partition: number): void {
    const current = this.partitions.get(nameOf(topic, partition))
    if (current === undefined || !current.isRewinding || this.isStopping) return
    const { delivered } = current.positions
    current.positions = new Positions()
    current.isRewinding = false
    this.consumer.seek({ topic, partition, offset: delivered })
    this.consumer.resume(topic, partition)
  }

  private countUnreadable(records: readonly FetchedRecord[]): void {
    for (const { unreadable } of records) {
      if (unreadable === undefined) continue
      this.site.emit('warn', 'unreadable_batch', 'A batch of records can not be unpacked', { reason: unreadable })
    }
  }

  private commitSoon(): void {
    if (this.committing !== null || this.isStopping) return
    this.committing = setTimeout(() => {
      this.committing = null
      void this.commit()
    }, this.settings.commit_interval_ms)
    this.committing.unref()
  }

  private async commit(): Promise<void> {
    const news = [...this.partitions.values()].filter(({ positions }) => positions.hasNews)
    // What could not be committed is, when it is a member again.
    if (news.length === 0 || !this.isMember) return
    const offsets = news.map(({ topic, partition, positions }) => ({ topic, partition, offset: positions.delivered }))
    try {
      await this.consumer.commit(offsets)
      for (const [n, { positions }] of news.entries()) positions.committed = offsets[n].offset
    } catch {
      // Delivered it is; what is not committed is delivered once more at worst.
      this.site.emit('warn', 'commit_failed', 'Offsets could not be committed; it is tried again')
      this.commitSoon()
    }
  }
}

/** Records in chunks of what a worker is given at once. */
function chunksOf(records: readonly FetchedRecord[]): FetchedRecord[][] {
  const chunks: FetchedRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0)
    if (size + bytes > LIMITS.batch_bytes_target) {
      chunks.push([])
      size = 0
    }
    chunks[chunks.length - 1].push(record)
    size += bytes
  }
  return chunks
}

function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

function stopping(): LogveilError {
  return new LogveilError('STOPPING', 'nothing more is taken')
}
