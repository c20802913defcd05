// What becomes of a batch whose worker was lost for good: results that hold nothing raw, and counts that say so.
import type { Batch, Format } from '../core/batch.ts'
import type { Counts } from '../core/counts.ts'
import { UNKNOWN_SERVICE } from '../core/policy.ts'
import type { Frames, WorkerResult } from '../worker/types.ts'

function noFrames(): Frames {
  return { bytes: new Uint8Array(0), ends: new Uint32Array(0) }
}

/**
 * The batch is dropped. How many records are inside a msgpack frame is not known here (nobody could look), so a frame
 * counts as one record, under the unknown service.
 */
export function dropped(parts: readonly Batch[], also: readonly Format[]): WorkerResult {
  let records = 0
  for (const part of parts) records += part.ends.length
  const service = { service: UNKNOWN_SERVICE, records, affected: 0, dropped: 0, failures: { worker_lost: records } }
  const others: Partial<Record<Format, Frames>> = {}
  for (const format of also) others[format] = noFrames()
  return { same: noFrames(), also: others, counts: { findings: [], services: [service] }, worked_ms: 0 }
}

/** Every record of a masked batch failed closed because workers were lost, whatever the worker that masked it says. */
export function countedAsLost(counts: Counts): Counts {
  const services = counts.services.map((row) => ({ ...row, affected: 0, failures: { worker_lost: row.records } }))
  return { findings: [], services }
}
