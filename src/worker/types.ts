// What the pipeline and a worker say to each other.
import type { Tightening } from '../core/alert_rules.ts'
import type { Format } from '../core/batch.ts'
import type { Counts, FailReason } from '../core/counts.ts'
import type { Policy } from '../core/policy.ts'

/** Given once, as piscina's `workerData`. */
export interface WorkerSetup {
  policy: Policy
}

/** A private key of which some lines were logged, and more may follow. */
export interface OpenBlock {
  readonly stream: string
  readonly rule: number
  readonly confidence: number
  /** How many words the logger writes in front of a line. */
  readonly words: number
  /** It is open within a line that was cut in pieces. */
  readonly isMidLine: boolean
  /** Lines since it began, and since a line that surely was of it: such as may be, and such as are not. */
  readonly lines: number
  readonly weak: number
  readonly strange: number
  /** When the last line of its stream came. */
  readonly touched_ms: number
}

/** A line of which some pieces came, and not the last one. */
export interface OpenLine {
  readonly stream: string
  readonly path: string
  /** What its pieces have in common, if a member of the record says it. */
  readonly id: string
  /** The end of what came. */
  readonly tail: Uint8Array
  /** That end was masked: nobody knew how the line goes on. */
  readonly isMasked: boolean
  readonly touched_ms: number
}

/** What a batch leaves open for the next one of its origin. It holds values of records: it goes to workers only. */
export interface Carry {
  readonly blocks: readonly OpenBlock[]
  readonly lines: readonly OpenLine[]
}

/** What is around a batch. */
export interface Around {
  /** What batches before it left open. */
  readonly carry?: Carry
  /** How many frames are its own, when those of batches behind it follow: they are looked at for how lines go on. */
  readonly frames?: number
  /** Nothing more will follow in time: the ends of lines that go on are masked. */
  readonly isFinal?: boolean
  /** What rules on counts have tightened. */
  readonly tightened?: readonly Tightening[]
  /** Only what is for quarantine is wanted of it. */
  readonly isAside?: boolean
  /** When the batch came, on the pipeline's steady clock. */
  readonly now_ms: number
}

export interface WorkerTask {
  format: Format
  /** Transferred: the sender keeps what it needs for a retry. Lies in a padded buffer (core/batch.ts). */
  bytes: Uint8Array
  ends: Uint32Array
  origin: string
  /** Formats that sinks need besides `format`. */
  also: readonly Format[]
  /**
   * `mask_all`: do not look for anything, mask every leaf of every record (the batch is failing closed). `transcode`:
   * it was redacted already, and is only brought into the formats of `also`.
   */
  mode: 'inspect' | 'mask_all' | 'transcode'
  /** Records that somebody wants to watch. */
  tap?: readonly TapFilter[]
  around: Around
}

/** Both, where both are given. */
export interface TapFilter {
  readonly service?: string
  readonly rule?: string
}

export interface TappedFinding {
  readonly rule: string
  readonly path: string
  /** `keep`: it is only counted, though nobody who watches sees it. */
  readonly action: string
  readonly confidence: string
}

/** A record with all taken out of it that was found. */
export interface Tapped {
  readonly service: string
  readonly findings: readonly TappedFinding[]
  /** JSON; '' when it is too long to be shown. */
  readonly record: string
}

export interface Frames {
  bytes: Uint8Array
  ends: Uint32Array
}

/** By its number in the batch. */
export interface FailedFrame {
  readonly frame: number
  readonly reason: FailReason
}

export interface WorkerResult {
  /** The batch in its own format, redacted. Identical bytes when nothing was found. */
  same: Frames
  /** Transcoded after redaction, for each format asked for. */
  also: Partial<Record<Format, Frames>>
  counts: Counts
  /** Records that a rule on counts has put aside, redacted, in the batch's own format; `same` and `also` lack them. */
  quarantined?: Frames
  /** Of records of Kafka, those that failed closed as a whole; absent: none. */
  failed?: readonly FailedFrame[]
  /** What the batch leaves open; absent: nothing. */
  carry?: Carry
  /** True when lines go on behind the batch and it is not known how: nothing of the result may be used. */
  waits?: boolean
  /** A few of its records, when somebody watches. */
  tapped?: readonly Tapped[]
  /** The buffer of the task, when nothing of the result lies in it: a worker can not give memory back by itself. */
  spent?: Uint8Array
  /** Time in the worker, in milliseconds. */
  worked_ms: number
}
