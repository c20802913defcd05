import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { hasKafka } from '../interop/kafka/process.ts'
import { hasJava } from '../interop/maven.mjs'
import { hasKcat } from './kafka_truth.mjs'

/** The proof kills its broker, so it always has one of its own. */
function canProve(): boolean {
  if (!hasKafka() || !hasJava()) return false
  if (hasKcat()) return true
  if (process.env.CI) throw new Error('the proof of exactly once needs kcat')
  process.stderr.write('SKIPPED: the proof of exactly once, for kcat is missing\n')
  return false
}

it.skipIf(!canProve())(
  '6,000 records of Kafka come through once each, though an instance is killed and the broker is',
  () => {
    const script = fileURLToPath(new URL('./kafka.mjs', import.meta.url))
    const args = [script, '--records', '6000', '--rounds', '1', '--troubles', '2']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).not.toContain('FAIL')
    expect(stdout).toContain('ok    twice')
    expect(status).toBe(0)
  },
  300_000,
)
