// What logveil asks of a Kafka client, and nothing more: the library behind it (kafkajs.ts) can be replaced by another
// one that keeps these promises. Offsets and timestamps are 64 bits wide, as in the protocol; an offset that is
// committed is that of the next record to be read.

/** Bytes, for neither names nor values have to be text; they keep their order, and names may repeat. */
export interface KafkaHeader {
  readonly name: Uint8Array
  readonly value: Uint8Array | null
}

export interface KafkaRecord {
  readonly key: Uint8Array | null
  /** Null: a tombstone. */
  readonly value: Uint8Array | null
  readonly headers: readonly KafkaHeader[]
  /** Milliseconds since 1970; -1: it has none. */
  readonly timestamp_ms: bigint
}

/** `undecodable`, `too_large`: what stands in for a batch of records that could not be decompressed or read. */
export type Unreadable = 'undecodable' | 'too_large'

export interface FetchedRecord extends KafkaRecord {
  readonly offset: bigint
  /** Set when `value` holds the bytes of a whole batch on the wire, as they came. */
  readonly unreadable?: Unreadable
}

export interface OutRecord extends KafkaRecord {
  readonly topic: string
  /** Null: chosen by the key as Java's clients do it, in turn without a key. */
  readonly partition: number | null
}

/** Records one behind the other as they stand in a record batch, uncompressed. There is one at least. */
export interface RecordRun {
  readonly count: number
  readonly bytes: Uint8Array
  readonly first_ms: bigint
  readonly max_ms: bigint
}

/** Records that go to one partition as they are: no object is made for each of them. */
export interface OutRun extends RecordRun {
  readonly topic: string
  readonly partition: number
}

export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** Records of one partition, in order; offsets may have gaps. */
export interface Fetched {
  readonly topic: string
  readonly partition: number
  /** Never empty. They are made when they are asked for, and kept. */
  readonly records: readonly FetchedRecord[]
  /** Offset of the first one. */
  readonly first: bigint
  /** Bytes of them all on the wire, uncompressed. */
  readonly bytes: number
  /** Those from an offset on, each made when it is its turn: who keeps none of them has less to clean up. */
  from(offset: bigint): Iterable<FetchedRecord>
  /** Nobody looks at its records again: their memory is given back at once. Whoever never says so may keep them. */
  release(): void
  /** What to commit when all of them are done: it lies behind markers of transactions that follow them. */
  readonly next: bigint
  /** Where the partition ends (for readers of committed transactions too). */
  readonly high_watermark: bigint
  /** Counts the assignments of this consumer: what was fetched under another one may be somebody else's by now. */
  readonly generation: number
  /** Aborts when the group is about to be shared out anew, and at the end. */
  readonly signal: AbortSignal
}

export interface ConsumerOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Topics whose whole name matches; new ones are noticed within `topics_refresh_ms`. */
  readonly patterns: readonly RegExp[]
  readonly topics_refresh_ms: number
  /** Where a group without an offset begins, and one whose offset is gone. */
  readonly start: 'earliest' | 'latest'
  /** `take` is pending for so many partitions at once, at most. */
  readonly partitions_max: number
  readonly fetch_bytes_max: number
  readonly partition_bytes_max: number
  readonly wait_ms_max: number
  readonly session_timeout_ms: number
  readonly rebalance_timeout_ms: number
  readonly rack?: string
  /** More of a partition is fetched while something of it is taken. */
  readonly fetches_ahead?: boolean
}

export type Assignment = ReadonlyMap<string, readonly number[]>

export interface ConsumerHandlers {
  /**
   * One call at a time for a partition. While it is pending the membership is kept alive. When it resolves the
   * position moves on, and nothing is committed; when it rejects the same records come again, after a while, and before
   * any that follow them.
   */
  take(fetched: Fetched): Promise<void>
  /** After each sharing out, before anything of it is taken. */
  assigned(assignment: Assignment, generation: number): void
  /** Nothing but markers, and records of aborted transactions, lies in front of `next`. */
  passed(topic: string, partition: number, next: bigint): void
  /** A topic of the options does not exist. The others are read meanwhile. */
  missing(topic: string): void
  /** Nothing can be fetched; it goes on trying. `code` is Kafka's name of the error, or the library's. */
  failed(code: string): void
}

/** A member of a consumer group. It outlives brokers, and crashes of its library. */
export interface Consumer {
  /** Never rejects: it tries until it is stopped. */
  start(handlers: ConsumerHandlers): void
  /** Rejects with a KafkaError; also while it is not a member. */
  commit(offsets: readonly PartitionOffset[]): Promise<void>
  /** From where to go on in a partition, in place of where it is. Nothing happens while it is not a member. */
  seek(position: PartitionOffset): void
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  /** Waits for what `take` was given (its signal aborts), leaves the group, disconnects. Idempotent. */
  stop(): Promise<void>
}

export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export interface ProducerOptions {
  /** Only with it `begin` works. A second producer with the same one fences the first one off. */
  readonly transactional_id?: string
  readonly transaction_timeout_ms?: number
  /** Records are not written twice when a request is repeated. Transactional producers always are. */
  readonly idempotent: boolean
  readonly compression: KafkaCompression
  /** Brokers may make a topic that is missing. Absent: they may not. */
  readonly creates_topics?: boolean
  /** Tries of one request by the library. */
  readonly retries: number
}

/** Acknowledged by all in-sync replicas, always. Every method rejects with a KafkaError. */
export interface Producer {
  connect(): Promise<void>
  /** After an error that is fatal the producer is of no use: close it, and make another one. */
  send(records: readonly OutRecord[], runs?: readonly OutRun[]): Promise<void>
  begin(): Promise<Transaction>
  close(): Promise<void>
}

/** A transaction is over with the first `commit` or `abort`, whether it resolves or not. */
export interface Transaction {
  /** `runs` are of other partitions than the records. */
  send(records: readonly OutRecord[], runs?: readonly OutRun[]): Promise<void>
  sendOffsets(group: string, offsets: readonly PartitionOffset[]): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
}

export interface Admin {
  connect(): Promise<void>
  /** The names of all topics. */
  topics(): Promise<readonly string[]>
  /** Number of partitions of each topic; a topic that does not exist is left out. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What the group has committed; -1 where it has committed nothing. */
  committed(group: string, topic: string): Promise<readonly PartitionOffset[]>
  /**
   * The same for one partition, when no transaction has it under way; else it rejects with UNSTABLE_OFFSET_COMMIT, and
   * with UNSUPPORTED_VERSION on brokers before 2.5.
   */
  settled(group: string, topic: string, partition: number): Promise<bigint>
  /** Where each partition of the topic ends. */
  ends(topic: string): Promise<readonly PartitionOffset[]>
  close(): Promise<void>
}

export interface KafkaClient {
  consumer(options: ConsumerOptions): Consumer
  producer(options: ProducerOptions): Producer
  admin(): Admin
}

/** Its message holds the name of the error and nothing of a record. */
export class KafkaError extends Error {
  /** Kafka's name (`MESSAGE_TOO_LARGE`), or the library's where the protocol has none. */
  readonly code: string
  /** The same may succeed later. */
  readonly retryable: boolean
  /** The producer can not go on: another one has to take its place. */
  readonly fatal: boolean

  constructor(code: string, retryable: boolean, fatal: boolean, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.name = 'KafkaError'
    this.code = code
    this.retryable = retryable
    this.fatal = fatal
  }
}
