// The piscina entry of a worker: one task in, one result out, buffers moved both ways.
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina'
import type { Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Counts } from '../core/counts.ts'
import { transcode } from '../wire/transcode.ts'
import { failedFrames, hasFailed } from './failed_frames.ts'
import { Inspector } from './inspector.ts'
import { TapSampler } from './tap.ts'
import type { Frames, WorkerResult, WorkerSetup, WorkerTask } from './types.ts'

const NO_COUNTS: Counts = { findings: [], services: [] }

const NO_FRAMES: Frames = { bytes: new Uint8Array(0), ends: new Uint32Array(0) }

const inspector = new Inspector((workerData as WorkerSetup).policy)
const tap = new TapSampler((workerData as WorkerSetup).policy)

export default function work(task: WorkerTask): WorkerResult {
  const began_ms = systemClock.steady_ms()
  const { format, origin, mode } = task
  // Counts are no log records: they only change their format here.
  const { bytes, ends, counts, carry, waits } =
    mode === 'transcode'
      ? { bytes: task.bytes, ends: task.ends, counts: NO_COUNTS, carry: undefined, waits: false }
      : inspector.inspect(format, task.bytes, task.ends, origin, mode === 'mask_all', undefined, task.around)
  const aside = mode === 'inspect' && !waits && inspector.onCounts.quarantined > 0 ? quarantined(task) : undefined
  if (waits) return { same: NO_FRAMES, also: {}, counts, waits, worked_ms: systemClock.steady_ms() - began_ms }
  const also: Partial<Record<Format, Frames>> = {}
  const now_ns = BigInt(systemClock.now_ms()) * 1_000_000n
  for (const to of task.also) {
    const other = transcode(format, bytes, ends, to, origin, now_ns)
    also[to] = { bytes: other.bytes, ends: other.ends }
  }
  const tapped = mode === 'inspect' && task.tap ? tap.sample(task, counts, now_ns) : undefined
  const worked_ms = systemClock.steady_ms() - began_ms
  const isAsked = format === 'kafka' && counts.services.some(hasFailed)
  const failed = isAsked ? failedFrames(inspector, task) : undefined
  const result = { same: { bytes, ends }, also, counts, carry, failed, quarantined: aside, tapped, worked_ms }
  return moved(result, task.bytes)
}

/** The batch once more, with nothing left in it but the records for quarantine. */
function quarantined({ format, bytes, ends, origin, around }: WorkerTask): Frames {
  const { bytes: kept, ends: keptEnds } = inspector.inspect(format, bytes, ends, origin, false, undefined, {
    ...around,
    isAside: true,
  })
  return { bytes: kept, ends: keptEnds }
}

/** Has piscina transfer every buffer of the result, and that of the task. */
function moved(result: WorkerResult, task: Uint8Array): WorkerResult {
  const frames = [result.same, ...Object.values(result.also), ...(result.quarantined ? [result.quarantined] : [])]
  const buffers = new Set(frames.flatMap(({ bytes, ends }) => [bytes.buffer, ends.buffer]))
  if (!buffers.has(task.buffer)) {
    result.spent = task
    buffers.add(task.buffer)
  }
  const transferable = { [transferableSymbol]: [...buffers], [valueSymbol]: result }
  return move(transferable as unknown as Parameters<typeof move>[0]) as unknown as WorkerResult
}
