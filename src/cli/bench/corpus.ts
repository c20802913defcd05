// The worker core on real logs as text: those of loghub, when they are there, with a secret in one line of a hundred.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { framedBatch } from '../traffic/encode.ts'
import { Random } from '../traffic/random.ts'
import { hide } from '../traffic/secrets.ts'
import { compare } from './core.ts'
import type { Report } from './report.ts'

const BATCH_BYTES = 512 * 1024
const INJECTED_SHARE = 0.01

export async function benchCorpus(report: Report, policy: Policy, folder: string, turns: number): Promise<void> {
  report.section('The same as text, on the real logs of loghub with 1 % injected findings')
  const logs = join(folder, 'loghub')
  if (!existsSync(logs)) {
    report.note(`left out: there is no ${logs} (say where with --corpus)`)
    return
  }
  const title = 'real logs, text'
  await compare(report, policy, { name: 'core_loghub', title, batches: batchesOf(logs) }, turns)
}

/** All lines of all files, so that batches are of mixed kinds. */
function batchesOf(folder: string): Batch[] {
  const random = new Random(5)
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'))
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
  const batches: Batch[] = []
  let frames: Buffer[] = []
  let size = 0
  for (const line of lines) {
    const message = random.chance(INJECTED_SHARE) ? ` ${secretMessage(random)}` : ''
    const frame = Buffer.from(`${line}${message}\n`)
    frames.push(frame)
    size += frame.length
    if (size < BATCH_BYTES) continue
    batches.push(framedBatch('text', frames))
    frames = []
    size = 0
  }
  if (batches.length === 0) batches.push(framedBatch('text', frames))
  return batches
}

function secretMessage(random: Random): string {
  const { secret, message } = hide(random, false)
  return (message?.(secret.value) ?? '').replaceAll('\n', ' ')
}
