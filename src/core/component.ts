// How sources and sinks declare themselves, and the two contracts that they keep. The comments are law: the
// conformance suite (test/conformance) runs them over every component.
import type { z } from 'zod'
import type { Batch, Format } from './batch.ts'
import type { Counts, FailReason } from './counts.ts'
import type { Emit } from './events.ts'

/**
 * Takes a batch into the pipeline. Resolves when every required sink has it for good: only then may a source
 * acknowledge. Rejects when one will not have it: the source must then not acknowledge. While it is pending, the
 * bytes of `batch` belong to the pipeline and may not be changed.
 */
export type Deliver = (batch: Batch) => Promise<void>

/** What the running pipeline gives to each component that it creates. */
export interface Site {
  /** The component's name in the settings. */
  readonly name: string
  /** Counts and logs an event in one call (never a value from a record). */
  readonly emit: Emit
}

export type Naming = 'none' | 'together' | 'alone'

export interface SourceSite extends Site {
  readonly deliver: Deliver
  /** Resolves at once while the pipeline has room, else when it has room again. Await it before reading more. */
  room(): Promise<void>
  /** True while the pipeline has room: the synchronous form of `room`. */
  hasRoom(): boolean
  /**
   * Whether batches should say what their senders call them (`Batch.ids`): not at all, or all that they were made of,
   * or, for a while after a crash, with what has a name in a batch of its own. Absent: not at all.
   */
  naming?(): Naming
  /**
   * Where stretches of that stream begin and end that were counted before a crash, ascending. What is read again is
   * known again in batches that do not go over such a place. Absent: there are none.
   */
  seams?(stream: string): readonly number[]
}

/** A batch that was redacted and belongs to its source again. It is over with the first `stored` or `givenUp`. */
export interface Redacted {
  /** Frames whose records were dropped are empty, or missing. */
  readonly batch: Batch
  readonly counts: Counts
  /** Frames of the batch as it was, by their number, whose records could not be inspected, and why. */
  readonly failed: readonly { readonly frame: number; readonly reason: FailReason }[]
  /** What it leaves open, for the next batch of the same stream. It holds values: nobody but `redact` looks into it. */
  readonly open: unknown
  /**
   * The counts of it, and of those before it that go the same way, as events in JSON: for who stores them with the
   * records. `place` names all of these together and nothing else.
   */
  census(place: string, before: readonly Redacted[]): readonly Uint8Array[]
  /** The batch is where it belongs for good. Resolves when it is counted; never rejects. */
  stored(): Promise<void>
  /** It is not, and nothing is counted. */
  givenUp(): void
}

/** What a source has that stores its records itself, so that no sink has to take them. */
export interface StoringSite extends SourceSite {
  /** `before`: what the batch before it of the same stream has left open, null for none. Rejects only at the end. */
  redact(batch: Batch, before: unknown): Promise<Redacted>
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  /** Records in front of it when it was looked at last. */
  readonly lag: number
}

export interface Source {
  /** Begins to take data. Rejects with a LogveilError when it can not (a port in use, a bad certificate). */
  start(): Promise<void>
  /**
   * Takes no more, waits for what is in flight until `signal` aborts, acknowledges what was delivered, then closes.
   * Idempotent, and safe before start.
   */
  stop(signal: AbortSignal): Promise<void>
  /** Of a source that comes to an end by itself: resolves when it has taken all there is, and all is delivered. */
  readonly ended?: Promise<void>
  /** False while it can not take anything, such as when its server is down. Absent: as soon as it has started. */
  readonly ready?: boolean
  /** Of a source that reads partitions of topics: those that it has now. */
  readonly partitions?: readonly PartitionLag[]
  /** Where it listens after start (`127.0.0.1:24224`, `unix:/run/x.sock`), for the log and the tests. */
  readonly addresses: readonly string[]
}

export interface Sink {
  /** The formats that it stores as they are. The worker transcodes the others into the first one of these. */
  readonly accepts: readonly Format[]
  /**
   * True: when the first send of a batch has resolved, nobody here looks at its bytes any more, not even a socket that
   * still writes them, so that their memory may be given back. Absent: somebody may.
   */
  readonly lets_go?: boolean
  /** Opens what must be open before the first batch. Rejects with a LogveilError when it never can. */
  start(): Promise<void>
  /**
   * Resolves when the batch is there for good. Rejects with a SinkError: `retryable` says whether the same batch may
   * be sent again (the pipeline does it, with backoff; a sink never retries by itself). Several sends may be pending;
   * they were begun in the order of the records. `id` is the same for each retry of a batch: receivers can
   * recognise a repeat by it.
   */
  send(batch: Batch, id: string, signal: AbortSignal): Promise<void>
  /** Flushes and closes. Idempotent, and safe before start. */
  close(signal: AbortSignal): Promise<void>
}

/** Declares a component once: parser, lint, JSON Schema, docs and samples are read from it. `create` does no I/O. */
export interface Spec<Component, Settings, S extends Site> {
  readonly type: string
  /** One sentence, for `--help`, the docs and the schema. */
  readonly summary: string
  /** Without `type` (and without `inputs` and `required`, which every sink has). Every field has `.describe()`. */
  readonly settings: z.ZodType<Settings>
  /** Settings that load and run as they stand. */
  readonly example: unknown
  create(settings: Settings, site: S): Component
}

export type SourceSpec<Settings> = Spec<Source, Settings, SourceSite> & {
  /** It stores its records itself, and `create` is given a StoringSite: no sink can take them, and none has to. */
  readonly stores?: boolean
}
export type SinkSpec<Settings> = Spec<Sink, Settings, Site> & {
  /** It takes counts and alerts, and no records: without `inputs` it has `census`. */
  readonly census_only?: boolean
}
