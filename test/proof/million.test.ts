import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('20,000 records come through restarts and killed workers: all, exact, none raw, all counted', () => {
  const script = fileURLToPath(new URL('./million.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--records', '20000'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).not.toContain('FAIL')
  expect(stdout).toContain('ok    stored: missing')
  expect(status).toBe(0)
}, 60_000)
