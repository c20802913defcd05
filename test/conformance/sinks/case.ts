// What the suite has to know of a sink. A new sink adds one file like otlp.ts and one line in index.ts.
import type { Batch } from '../../../src/core/batch.ts'
import type { Sink } from '../../../src/core/component.ts'

/**
 * What becomes of the next request:
 * - `busy`: the receiver refuses it for now.
 * - `refusing`: it refuses it for good.
 * - `silent`: it takes it and never answers.
 * - `hanging_up`: it closes the connection instead of an answer.
 */
export type Trouble = 'busy' | 'refusing' | 'silent' | 'hanging_up'

/** Made anew for each test; what it opens it closes with `onTestFinished`. */
export interface SinkBench {
  /** As an operator writes them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** For a sink that writes to what belongs to the process; absent: it is made of its settings. */
  readonly create?: () => Sink
  /** A batch in a format that it accepts, with one record for each text (ASCII). */
  batchOf(texts: readonly string[]): Batch
  /** What the receiver has stored, decompressed: the texts stand in it. */
  stored(): string | Promise<string>
  /** Arranges for the trouble: for each one in the case's `troubles`. */
  readonly trouble: Partial<Record<Trouble, () => void>>
  /** By what the receiver could recognise each request again, in order. Absent: the protocol has nothing for it. */
  ids?(): readonly string[]
}

export interface SinkCase {
  /** Its type, and what tells it from other cases of that type: `otlp over grpc`. */
  readonly name: string
  readonly type: string
  /** Why the case can not run here (a program that is missing). With CI set, that fails. */
  readonly missing?: string
  /** Those that its receivers can make. Absent: all of them. */
  readonly troubles?: readonly Trouble[]
  prepare(): SinkBench | Promise<SinkBench>
}
