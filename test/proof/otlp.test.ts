import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { collector } from '../interop/collector/process.ts'

it.skipIf(!collector())(
  '6,000 OTLP records come through every lane, and through kills of logveil',
  () => {
    const script = fileURLToPath(new URL('./otlp.mjs', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--records', '6000'], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).not.toContain('FAIL')
    expect(stdout).toContain('ok    missing')
    expect(status).toBe(0)
  },
  300_000,
)
