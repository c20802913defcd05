// The sink for topics of Kafka. Records that came from Kafka keep key, headers, timestamp and partition; what other
// sources send becomes values. Written means: by all replicas that are in sync.
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { KafkaError } from '../net/kafka/client.ts'
import { connectKafka } from '../net/kafka/kafkajs.ts'
import { connectionOf } from '../net/kafka/settings.ts'
import { recordsOf, requestsOf } from './kafka/records.ts'
import { type KafkaSettings, kafkaSettings } from './kafka/settings.ts'
import { Topics } from './kafka/topics.ts'
import { Writer } from './kafka/writer.ts'

export const kafka: SinkSpec<KafkaSettings> = {
  type: 'kafka',
  summary: 'Writes records to topics of Kafka; those that came from Kafka keep key, headers, timestamp and partition',
  settings: kafkaSettings,
  example: { brokers: ['127.0.0.1:9092'], topic: 'redacted' },
  create: (settings, site) => new KafkaSink(settings, site),
}

/** Batches of which only some requests are written. More: the oldest is forgotten, and its retry repeats records. */
const HALF_WRITTEN_MAX = 1024

interface Progress {
  readonly begun_ms: number
  requests: number
  rejected: number
}

class KafkaSink implements Sink {
  readonly accepts: readonly Format[]
  private readonly settings: KafkaSettings
  private readonly site: Site
  private readonly topics: Topics
  private readonly progress = new Map<string, Progress>()
  private writer: Writer | null = null
  private closed = false

  constructor(settings: KafkaSettings, site: Site) {
    this.settings = settings
    this.site = site
    this.topics = new Topics(settings.topic)
    this.accepts = [settings.format === 'otlp_proto' ? 'otlp' : settings.format, 'kafka']
  }

  /** Does not dial: a broker that is down now may be up when there is something to write. */
  async start(): Promise<void> {
    const client = connectKafka(await connectionOf(this.settings))
    this.writer = new Writer(client, this.settings)
  }

  async send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const { writer, settings } = this
    if (this.closed || writer === null) throw new SinkError('SINK_CLOSED', 'kafka', false)
    const progress = this.progress.get(id) ?? { begun_ms: systemClock.now_ms(), requests: 0, rejected: 0 }
    const records = recordsOf(batch, settings, this.topics, progress.begun_ms)
    const requests = requestsOf(records, settings.batch_bytes_max)
    this.remember(id, progress)
    const written = (count: number): void => {
      progress.requests = count
    }
    const tooLarge = (): void => {
      progress.rejected++
    }
    try {
      await untilAborted(writer.write(requests, progress.requests, written, tooLarge), signal)
    } catch (error) {
      // What was overtaken by a failure says nothing new.
      if (error instanceof KafkaError && error.code !== 'OVERTAKEN') {
        this.site.emit('warn', 'write_failed', 'Records can not be written; they are tried again', { code: error.code })
      }
      throw sinkError(error)
    }
    this.progress.delete(id)
    this.sayRejected(progress.rejected)
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    const drop = (): void => void this.writer?.drop()
    if (signal.aborted) drop()
    else signal.addEventListener('abort', drop, { once: true })
    await this.writer?.close()
    signal.removeEventListener('abort', drop)
  }

  /** Once a batch, when the others of it are written. */
  private sayRejected(count: number): void {
    if (count === 0) return
    const message = 'Records are larger than the broker takes; they are lost'
    this.site.emit('error', 'too_large', message, { rejected_records: count })
  }

  private remember(id: string, progress: Progress): void {
    this.progress.set(id, progress)
    if (this.progress.size <= HALF_WRITTEN_MAX) return
    const [oldest] = this.progress.keys()
    this.progress.delete(oldest)
  }
}

/** Names of errors by which nobody was reached. */
const UNREACHED = /^(E[A-Z]+|KafkaJSConnection.*|KafkaJSNoBrokerAvailable.*|KafkaJSBrokerNotFound|OVERTAKEN)$/

function sinkError(error: unknown): SinkError {
  if (error instanceof SinkError) return error
  if (!(error instanceof KafkaError)) throw error
  // A topic, its partitions or a permission may come, and a batch is not at fault for their lack.
  const code = UNREACHED.test(error.code) ? 'SINK_UNREACHABLE' : 'SINK_REFUSED'
  return new SinkError(code, error.code, error.retryable || error.fatal, error)
}

/** Rejects when `signal` aborts; what is under way goes on. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new SinkError('SINK_TIMEOUT', 'given up before the answer', true))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
