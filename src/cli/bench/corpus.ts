// The worker core on real logs, when they are there: those of loghub, with a secret in one line of a hundred. As Fluent
// Bit's tail sends them, a record with the line under `log`, and as bare lines of text.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { encodeEvent, framedBatch, framesOf } from '../traffic/encode.ts'
import { Random } from '../traffic/random.ts'
import { hide } from '../traffic/secrets.ts'
import { compare } from './core.ts'
import type { Turns } from './measure.ts'
import type { Report } from './report.ts'

const BATCH_BYTES = 512 * 1024
const INJECTED_SHARE = 0.01
const TIME_MS = 1_795_273_200_000

export async function benchCorpus(report: Report, policy: Policy, folder: string, turns: Turns): Promise<void> {
  report.section('The same on the real logs of loghub, with 1 % injected findings')
  const logs = join(folder, 'loghub')
  if (!existsSync(logs)) {
    report.note(`left out: there is no ${logs} (say where with --corpus)`)
    return
  }
  const lines = linesOf(logs)
  const forward = batchesOf(lines, (some) => framesOf('tail.log', some.map(asEvent)))
  await compare(report, policy, { name: 'core_loghub_forward', title: 'real logs, forward', batches: forward }, turns)
  const text = batchesOf(lines, (some) => framedBatch('text', some))
  await compare(report, policy, { name: 'core_loghub', title: 'real logs, text', batches: text }, turns)
}

/** All lines of all files, each with its line feed. */
function linesOf(folder: string): Buffer[] {
  const random = new Random(5)
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'))
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
  return lines.map((line) => {
    const message = random.chance(INJECTED_SHARE) ? ` ${secretMessage(random)}` : ''
    return Buffer.from(`${line}${message}\n`)
  })
}

function asEvent(line: Buffer): Buffer {
  return encodeEvent({ time_ms: TIME_MS, body: { log: line.toString().trimEnd() } })
}

function batchesOf(lines: readonly Buffer[], make: (lines: readonly Buffer[]) => Batch): Batch[] {
  const batches: Batch[] = []
  let from = 0
  let size = 0
  for (const [at, line] of lines.entries()) {
    size += line.length
    if (size < BATCH_BYTES && at + 1 < lines.length) continue
    batches.push(make(lines.slice(from, at + 1)))
    from = at + 1
    size = 0
  }
  return batches
}

function secretMessage(random: Random): string {
  const { secret, message } = hide(random, false)
  return (message?.(secret.value) ?? '').replaceAll('\n', ' ')
}
