import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('counts are the truth, though logveil, its workers, its sink and two SIEMs are killed and come back', () => {
  const script = fileURLToPath(new URL('./census.mjs', import.meta.url))
  const args = [script, '--seeds', '2', '--records', '2000']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).not.toContain('FAIL')
  expect(stdout).toContain('ok    every sum is the truth')
  expect(status).toBe(0)
}, 300_000)
