// What the pipeline and a worker say to each other.
import type { Format } from '../core/batch.ts'
import type { Counts } from '../core/counts.ts'
import type { Policy } from '../core/policy.ts'

/** Given once, as piscina's `workerData`. */
export interface WorkerSetup {
  policy: Policy
}

export interface WorkerTask {
  format: Format
  /** Transferred: the sender keeps what it needs for a retry. Lies in a padded buffer (core/batch.ts). */
  bytes: Uint8Array
  ends: Uint32Array
  origin: string
  /** Formats that sinks need besides `format`. */
  also: readonly Format[]
  /** `mask_all`: do not look for anything, mask every leaf of every record (the batch is failing closed). */
  mode: 'inspect' | 'mask_all'
}

export interface Frames {
  bytes: Uint8Array
  ends: Uint32Array
}

export interface WorkerResult {
  /** The batch in its own format, redacted. Identical bytes when nothing was found. */
  same: Frames
  /** Transcoded after redaction, for each format asked for. */
  also: Partial<Record<Format, Frames>>
  counts: Counts
  /** Time in the worker, in milliseconds. */
  worked_ms: number
}
