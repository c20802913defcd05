import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('20,000 OTLP requests changed at random: nothing thrown, nothing leaked, all of it readable', () => {
  const script = fileURLToPath(new URL('./fuzz.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--cases', '20000'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toContain('ok    20000 cases')
  expect(status).toBe(0)
}, 120_000)
