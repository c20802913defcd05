// The worker core on one core against the usual way and against one bare scan of the same bytes.
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { forwardBatch, jsonBatch } from '../traffic/encode.ts'
import { otlpBatch } from '../traffic/otlp.ts'
import { duel, type Turns } from './measure.ts'
import type { Report } from './report.ts'
import { ROLES } from './rival_thread.ts'
import { rivals } from './rivals.ts'

const BATCH_BYTES = 512 * 1024
const BATCHES = 8
const TRAFFIC = { seed: 1, share: 0.05 }

export interface CoreCase {
  /** Part of the figures' names. */
  readonly name: string
  readonly title: string
  readonly batches: readonly Batch[]
}

export async function benchCore(report: Report, policy: Policy, turns: Turns): Promise<void> {
  const json = Array.from({ length: BATCHES }, (_, i) => jsonBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  const forward = Array.from({ length: BATCHES }, (_, i) => forwardBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  const otlp = Array.from({ length: BATCHES }, (_, i) => otlpBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  report.section('Worker core on one core, 5 % of the records hold something')
  await compare(report, policy, { name: 'core_json', title: 'JSON lines', batches: json }, turns)
  await compare(report, policy, { name: 'core_forward', title: 'forward (msgpack)', batches: forward }, turns)
  await compare(report, policy, { name: 'core_otlp', title: 'OTLP (protobuf)', batches: otlp }, turns)
}

/** Interleaved: the inspector, the usual way, the bare scan. */
export async function compare(report: Report, policy: Policy, one: CoreCase, turns: Turns): Promise<void> {
  const threads = rivals(ROLES.map((role) => ({ role, batches: one.batches, policy })))
  try {
    const { mb_s, ratios } = await duel(threads.all, turns)
    report.ratio(`${one.name}_x_usual_way`, `${one.title}: × the usual way`, ratios[1], 8)
    report.ratio(`${one.name}_x_bare_scan`, `${one.title}: × one bare RE2 scan`, ratios[2], 0.3)
    report.figure(`${one.name}_mb_s`, `${one.title}: logveil`, mb_s[0], 'MB/s')
    report.figure(`${one.name}_usual_mb_s`, `${one.title}: decode, RegExp per detector, encode`, mb_s[1], 'MB/s')
    report.figure(`${one.name}_bare_mb_s`, `${one.title}: one RE2 pattern, nothing else`, mb_s[2], 'MB/s')
  } finally {
    await threads.end()
  }
}
