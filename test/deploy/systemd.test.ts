// The unit, held to systemd's own tools, which need no running systemd.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { ROOT } from '../house/source.ts'
import { run } from './tools.ts'

const UNIT = join(ROOT, 'deploy/systemd/logveil.service')

/** From 0 (nothing is exposed) to 10; what systemd calls OK ends at 5. */
const EXPOSURE_MAX = 2

it('systemd takes the unit', ({ skip }) => expect(run(skip, 'systemd-analyze', 'verify', UNIT)).toBe(''))

it('it is hardened', ({ skip }) => {
  const report = run(skip, 'systemd-analyze', 'security', '--offline=true', UNIT)
  const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(report)?.[1])
  expect(exposure).toBeLessThanOrEqual(EXPOSURE_MAX)
})

it('it waits for the delivery of what was taken longer than logveil does', () => {
  const stop_s = Number(/^TimeoutStopSec=(\d+)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1])
  expect(stop_s * 1000).toBeGreaterThan(LIMITS.shutdown_ms)
})
