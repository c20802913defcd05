// A member of a consumer group, by kafkajs. The library's consumer is thrown away when it fails, and another one joins:
// so there is one way to start over, whatever went wrong.
import { setTimeout as sleep } from 'node:timers/promises'
import type * as kafkajs from 'kafkajs'
import { systemClock } from '../../../core/clock.ts'
import {
  type Consumer,
  type ConsumerHandlers,
  type ConsumerOptions,
  type Fetched,
  KafkaError,
  type PartitionOffset,
} from '../client.ts'
import { KafkajsAdmin } from './admin.ts'
import { codeOf, isRebalance } from './errors.ts'
import { fetchedOf } from './fetched.ts'
import type { FetchedMessage } from './patches.ts'
import { mended } from './producer.ts'

/** A consumer has so long to leave its group. */
const END_MS_MAX = 15_000
const BACKOFF_MS_MIN = 250
const BACKOFF_MS_MAX = 5_000
/** How often a pending `take` is looked at for the heartbeat; kafkajs sends one each third of the session at most. */
const BEAT_MS = 300
/** What could not be taken comes again after so long. */
const AGAIN_MS = 1_000

export class KafkajsConsumer implements Consumer {
  private readonly kafka: kafkajs.Kafka
  private readonly options: ConsumerOptions
  private handlers!: ConsumerHandlers
  private readonly end = new AbortController()
  private running: Promise<void> = Promise.resolve()
  private consumer: kafkajs.Consumer | null = null
  private isMember = false
  private generation = 0
  /** What was fetched under the present assignment. */
  private round = new AbortController()
  /** Of partitions of which something is taken: whether that went well. */
  private readonly taking = new Map<string, Promise<boolean>>()
  private alive_ms = 0

  constructor(kafka: kafkajs.Kafka, options: ConsumerOptions) {
    this.kafka = kafka
    this.options = options
  }

  start(handlers: ConsumerHandlers): void {
    this.handlers = handlers
    this.running = this.supervise()
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const { consumer } = this
    // kafkajs resolves when it is not running, although nothing was committed.
    if (consumer === null || !this.isMember) throw new KafkaError('NOT_A_MEMBER', true, false)
    const written = offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset.toString() }))
    await mended(consumer.commitOffsets(written))
  }

  // Who is no member has no partitions; kafkajs throws then. The next assignment begins at what was committed.
  seek({ topic, partition, offset }: PartitionOffset): void {
    if (this.isMember) this.consumer?.seek({ topic, partition, offset: offset.toString() })
  }

  pause(topic: string, partition: number): void {
    if (this.isMember) this.consumer?.pause([{ topic, partitions: [partition] }])
  }

  resume(topic: string, partition: number): void {
    if (this.isMember) this.consumer?.resume([{ topic, partitions: [partition] }])
  }

  async stop(): Promise<void> {
    this.end.abort()
    this.round.abort()
    await this.running
  }

  private async supervise(): Promise<void> {
    const { signal } = this.end
    for (let failures = 0; !signal.aborted; ) {
      const began_ms = systemClock.steady_ms()
      try {
        await this.member()
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        this.handlers.failed(codeOf(error))
        const wasUp = systemClock.steady_ms() - began_ms > BACKOFF_MS_MAX
        failures = wasUp ? 0 : failures + 1
        const wait_ms = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures, 10)) * (0.5 + Math.random())
        await sleep(wait_ms, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** One life of the library's consumer. Resolves when there are other topics to read, rejects when it failed. */
  private async member(): Promise<void> {
    const topics = await this.topicsThere(true)
    if (this.end.signal.aborted) return
    if (topics.length === 0) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', true, false)
    const consumer = this.newConsumer()
    const ended = this.watch(consumer, topics)
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics], fromBeginning: this.options.start === 'earliest' })
      this.consumer = consumer
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.options.partitions_max,
        eachBatch: (payload) => this.batch(payload),
      })
      await ended.promise
    } finally {
      ended.stop()
      this.isMember = false
      this.round.abort()
      this.consumer = null
      const ends = Promise.all([consumer.disconnect().catch(() => {}), ...this.taking.values()])
      // One that has come to a standstill may never end.
      await Promise.race([ends, sleep(END_MS_MAX, undefined, { ref: false })])
    }
  }

  private newConsumer(): kafkajs.Consumer {
    const { options } = this
    return this.kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.session_timeout_ms,
      rebalanceTimeout: options.rebalance_timeout_ms,
      heartbeatInterval: Math.ceil(options.session_timeout_ms / 10),
      maxBytesPerPartition: options.partition_bytes_max,
      maxBytes: options.fetch_bytes_max,
      maxWaitTimeInMs: options.wait_ms_max,
      allowAutoTopicCreation: false,
      rackId: options.rack ?? '',
      retry: { retries: 5, restartOnFailure: async () => false },
    })
  }

  /** Topics of the settings that exist: one that does not would keep kafkajs from reading the others. */
  private async topicsThere(tells: boolean): Promise<readonly string[]> {
    const admin = new KafkajsAdmin(this.kafka)
    try {
      await admin.connect()
      const { topics, patterns } = this.options
      const there = await admin.topics()
      const wanted = there.filter((name) => topics.includes(name) || patterns.some((pattern) => pattern.test(name)))
      if (tells) for (const topic of topics) if (!there.includes(topic)) this.handlers.missing(topic)
      return wanted.sort()
    } finally {
      await admin.close()
    }
  }

  /** Listens to the library's events, and looks whether it still does anything and whether the topics are the same. */
  private watch(consumer: kafkajs.Consumer, topics: readonly string[]): { promise: Promise<void>; stop(): void } {
    const { events } = consumer
    const watching = new AbortController()
    const promise = new Promise<void>((resolve, reject) => {
      consumer.on(events.CRASH, ({ payload }) => reject(payload.error))
      this.end.signal.addEventListener('abort', () => resolve(), { once: true, signal: watching.signal })
      this.lookAfter(topics, watching.signal).then(resolve, reject)
    })
    promise.catch(() => {})
    const alive = (): void => {
      this.alive_ms = systemClock.steady_ms()
    }
    alive()
    for (const name of [events.HEARTBEAT, events.FETCH, events.END_BATCH_PROCESS, events.CONNECT] as const) {
      consumer.on(name, alive)
    }
    consumer.on(events.REBALANCING, () => this.round.abort())
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      alive()
      this.round.abort()
      this.round = new AbortController()
      this.generation++
      this.isMember = true
      this.handlers.assigned(new Map(Object.entries(payload.memberAssignment)), this.generation)
    })
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return
      this.handlers.passed(payload.topic, payload.partition, BigInt(payload.lastOffset) + 1n)
    })
    return { promise, stop: () => watching.abort() }
  }

  private async lookAfter(topics: readonly string[], signal: AbortSignal): Promise<void> {
    const { session_timeout_ms, rebalance_timeout_ms, topics_refresh_ms, wait_ms_max } = this.options
    const stalled_ms = session_timeout_ms * 2 + rebalance_timeout_ms + wait_ms_max
    let refresh_at_ms = systemClock.steady_ms() + topics_refresh_ms
    while (!signal.aborted) {
      await sleep(Math.min(1000, topics_refresh_ms), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      const now = systemClock.steady_ms()
      if (now - this.alive_ms > stalled_ms) throw new KafkaError('STALLED', true, false)
      const changes = this.options.patterns.length > 0 || topics.length < this.options.topics.length
      if (!changes || now < refresh_at_ms) continue
      refresh_at_ms = now + topics_refresh_ms
      const there = await this.topicsThere(false).catch(() => topics)
      if (there.some((topic) => !topics.includes(topic))) return
    }
  }

  private async batch(payload: kafkajs.EachBatchPayload): Promise<void> {
    const { batch, resolveOffset } = payload
    const { topic, partition } = batch
    const name = `${topic}/${partition}`
    const { round } = this
    const isOver = () => !payload.isRunning() || payload.isStale() || this.round !== round || round.signal.aborted
    const before = this.taking.get(name)
    const failure = before === undefined ? null : await this.beatUntil(before, payload)
    if (failure !== null) throw failure
    // What failed comes again in front of this, which comes again, too.
    if (isOver() || (await before) === false) return
    const messages = batch.messages as unknown as readonly FetchedMessage[]
    const next = BigInt(batch.lastOffset()) + 1n
    const fetched = this.fetched(batch, next, round.signal)
    if (fetched === null) {
      resolveOffset(messages[messages.length - 1].offset)
      return this.handlers.passed(topic, partition, next)
    }
    const taken = this.handlers.take(fetched).then(
      () => true,
      () => false,
    )
    this.taking.set(name, taken)
    const settled = taken.then((isTaken) => {
      if (this.taking.get(name) === taken) this.taking.delete(name)
      if (!isTaken && !isOver()) this.again(fetched)
    })
    if (!this.options.fetches_ahead) {
      const late = await this.beatUntil(settled, payload)
      await settled
      if (late !== null) throw late
      if (!(await taken)) return
    }
    if (!isOver()) resolveOffset(messages[messages.length - 1].offset)
  }

  private fetched(batch: kafkajs.Batch, next: bigint, signal: AbortSignal): Fetched | null {
    const { topic, partition, fetchedOffset } = batch as kafkajs.Batch & { readonly fetchedOffset: string }
    const messages = batch.messages as unknown as readonly FetchedMessage[]
    const high_watermark = BigInt(batch.highWatermark)
    return fetchedOf(
      { topic, partition, next, high_watermark, generation: this.generation, signal },
      messages.map(({ block }) => block),
      BigInt(fetchedOffset),
    )
  }

  /** Keeps the membership alive while work is pending. What ends the membership aborts the round. */
  private async beatUntil(work: Promise<unknown>, { heartbeat }: kafkajs.EachBatchPayload): Promise<Error | null> {
    const done = new AbortController()
    const finished = work.then(() => done.abort())
    while (!done.signal.aborted) {
      await Promise.race([finished, sleep(BEAT_MS, undefined, { signal: done.signal }).catch(() => {})])
      if (done.signal.aborted) break
      try {
        await heartbeat()
      } catch (error) {
        if (!isRebalance(codeOf(error))) continue
        this.round.abort()
        return error as Error
      }
    }
    return null
  }

  /** What could not be taken comes again after a while; the other partitions go on meanwhile. */
  private again({ topic, partition, first }: Fetched): void {
    this.pause(topic, partition)
    this.seek({ topic, partition, offset: first })
    setTimeout(() => this.resume(topic, partition), AGAIN_MS).unref()
  }
}
