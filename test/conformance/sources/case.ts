// What the suite has to know of a source. A new source adds one file like forward.ts and one line in index.ts.
import type { Source, SourceSite } from '../../../src/core/component.ts'

/** Made anew for each test; what it opens it closes with `onTestFinished`. */
export interface SourceBench {
  /** As an operator writes them, with port 0. */
  readonly settings: Readonly<Record<string, unknown>>
  /** For a source that reads what belongs to the process; absent: it is made of its settings. */
  create?(settings: unknown, site: SourceSite): Source
  /**
   * A real client sends one record for each text (ASCII), in order. True: the client knows that they are delivered.
   * False: it knows that they are not, or has lost its connection. Pending: it waits. It never rejects.
   */
  send(texts: readonly string[], addresses: readonly string[]): Promise<boolean>
  /**
   * Sends what no honest client would send: garbage, halves, sizes that are too large. `secret` (ASCII) stands in some
   * of it, so that the test sees when the log repeats what it was sent. Resolves when it is sent.
   */
  sendNonsense(secret: string, addresses: readonly string[]): Promise<void>
  /** Settings with which a second source can not start while the first one runs. Absent: `takesNoPlace`. */
  clash?(addresses: readonly string[]): Readonly<Record<string, unknown>>
}

export interface SourceCase {
  /** Its type, and what tells it from other cases of that type: `otlp over grpc`. */
  readonly name: string
  readonly type: string
  /** Why clients never hear whether a record was delivered (`UDP has no answers`): `send` is then true when sent. */
  readonly hasNoAck?: string
  /** Why it can not leave with its clients what there is no room for (`datagrams are lost when nobody reads`). */
  readonly canNotWait?: string
  /** It takes no place that another one could take, such as a port. */
  readonly takesNoPlace?: true
  /** Its batches have names (`Batch.ids`) by which they are known when they come again. */
  readonly names?: true
  /** Why the case can not run here (a program that is missing). With CI set, that fails. */
  readonly missing?: string
  prepare(): SourceBench | Promise<SourceBench>
}
