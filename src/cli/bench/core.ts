// The worker core on one core against the usual way and against one bare scan of the same bytes.
import RE2 from 're2'
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { Inspector } from '../../worker/inspector.ts'
import { forwardBatch, jsonBatch } from '../traffic/encode.ts'
import { duel, type Rival } from './measure.ts'
import type { Report } from './report.ts'
import { usualForward, usualJson } from './usual_way.ts'

const BATCH_BYTES = 512 * 1024
/** Several batches, so that caches and branch predictors do not learn one by heart. */
const BATCHES = 8
const TRAFFIC = { seed: 1, share: 0.05 }

export interface CoreCase {
  /** Part of the figures' names. */
  readonly name: string
  readonly title: string
  readonly batches: readonly Batch[]
  readonly usual: (bytes: Uint8Array) => Uint8Array
}

export function benchCore(report: Report, policy: Policy, turns: number): void {
  const json = Array.from({ length: BATCHES }, (_, i) => jsonBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  const forward = Array.from({ length: BATCHES }, (_, i) => forwardBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  const cases: CoreCase[] = [
    { name: 'core_json', title: 'JSON lines', batches: json, usual: usualJson },
    { name: 'core_forward', title: 'forward (msgpack)', batches: forward, usual: usualForward },
  ]
  report.section('Worker core on one core, 5 % of the records hold something')
  for (const one of cases) compare(report, policy, one, turns)
}

/** Interleaved: this inspector, the usual way, the bare scan. */
export function compare(report: Report, policy: Policy, one: CoreCase, turns: number): void {
  const inspector = new Inspector(policy)
  const bare = new RE2('[0-9]{3}-[0-9]{2}-[0-9]{4}', 'g')
  const buffers = one.batches.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  const rival = (name: string, work: (i: number) => void): Rival => {
    let at = 0
    return {
      name,
      bytes: buffers.reduce((sum, { length }) => sum + length, 0) / buffers.length,
      run: () => work(at++ % buffers.length),
    }
  }
  const { mb_s, ratios } = duel(
    [
      rival('logveil', (i) => {
        const { format, bytes, ends, origin } = one.batches[i]
        inspector.inspect(format, bytes, ends, origin)
      }),
      rival('usual way', (i) => void one.usual(buffers[i])),
      rival('bare scan', (i) => scan(bare, buffers[i])),
    ],
    turns,
  )
  report.ratio(`${one.name}_x_usual_way`, `${one.title}: × the usual way`, ratios[1], 8)
  report.ratio(`${one.name}_x_bare_scan`, `${one.title}: × one bare RE2 scan`, ratios[2], 0.3)
  report.figure(`${one.name}_mb_s`, `${one.title}: logveil`, mb_s[0], 'MB/s')
  report.figure(`${one.name}_usual_mb_s`, `${one.title}: decode, RegExp per detector, encode`, mb_s[1], 'MB/s')
  report.figure(`${one.name}_bare_mb_s`, `${one.title}: one RE2 pattern, nothing else`, mb_s[2], 'MB/s')
}

function scan(pattern: RE2, bytes: Buffer): void {
  pattern.lastIndex = 0
  while (pattern.exec(bytes) !== null);
}
