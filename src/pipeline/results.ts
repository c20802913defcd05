// Results that no worker made as they are: of a batch whose workers were lost, and of one that was redacted in pieces.
// They hold nothing raw, and their counts say what happened.
import { type Batch, type Format, joinBatches } from '../core/batch.ts'
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
  const failures = { worker_lost: records }
  const service = { service: UNKNOWN_SERVICE, records, affected: 0, dropped: records, failures }
  const others: Partial<Record<Format, Frames>> = {}
  for (const format of also) others[format] = noFrames()
  return { same: noFrames(), also: others, counts: { findings: [], services: [service] }, worked_ms: 0 }
}

/** Every record of a masked batch failed closed because workers were lost, whatever the worker that masked it says. */
export function countedAsLost(counts: Counts): Counts {
  const services = counts.services.map((row) => ({ ...row, affected: 0, failures: { worker_lost: row.records } }))
  return { findings: [], services }
}

/** The results of a batch's parts as the result of the batch. */
export function joined(results: readonly WorkerResult[]): WorkerResult {
  if (results.length === 1) return results[0]
  const also: Partial<Record<Format, Frames>> = {}
  for (const format of Object.keys(results[0].also) as Format[]) {
    also[format] = joinFrames(results.map((result) => result.also[format] ?? noFrames()))
  }
  const aside = results.flatMap(({ quarantined }) => quarantined ?? [])
  return {
    same: joinFrames(results.map(({ same }) => same)),
    also,
    counts: {
      findings: results.flatMap(({ counts }) => counts.findings),
      services: results.flatMap(({ counts }) => counts.services),
      values: results.flatMap(({ counts }) => counts.values ?? []),
    },
    ...(aside.length > 0 ? { quarantined: joinFrames(aside) } : {}),
    carry: results.at(-1)?.carry,
    worked_ms: results.reduce((sum, { worked_ms }) => sum + worked_ms, 0),
  }
}

function joinFrames(frames: readonly Frames[]): Frames {
  const { bytes, ends } = joinBatches(frames.map((part) => ({ ...part, format: 'json', origin: '' })))
  return { bytes, ends }
}
