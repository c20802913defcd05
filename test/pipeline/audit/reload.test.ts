// What a reload leaves in the audit log: what came to work and why, and what was refused.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Plan } from '../../../src/core/plan.ts'
import { startPipeline } from '../../../src/pipeline/lifecycle.ts'
import type { LoadedPlan } from '../../../src/pipeline/reloads.ts'
import { rule } from '../../worker/harness.ts'
import { HandSource, HeapSink, heapLogger, makePlan, OBEDIENT, plannedSink, plannedSource } from '../kit.ts'

it('is what changed, by name, or where the first complaint is; what stays as it was is no entry', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-audit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'audit.ndjson')
  const sinks = [plannedSink('store', new HeapSink(), ['app'])]
  const base = makePlan([plannedSource('app', new HandSource())], sinks, { pipeline: { workers: 1 } })
  const plan: Plan = { ...base, audit: { path } }
  const token = rule('token', { pattern: 'made-up-[a-z]+' })
  let next: LoadedPlan = { ok: true, plan, warnings: [] }
  const pipeline = await startPipeline(plan, {
    workerUrl: OBEDIENT,
    logger: heapLogger().logger,
    load: async () => next,
  })

  await pipeline.reload('SIGHUP')
  const policy = { ...plan.policy, version: 'second', rules: [token], mode: 'observe' } as const
  next = { ok: true, plan: { ...plan, policy: { ...policy, rules: [...policy.rules] } }, warnings: [] }
  await pipeline.reload('SIGHUP')
  const flaw = { file: 'logveil.yaml', line: 7, column: 3, message: 'a made-up-secret is wrong', remedy: 'mend it' }
  next = { ok: false, complaints: [flaw, flaw] }
  await pipeline.reload('the admin port')
  await pipeline.stop()

  const text = readFileSync(path, 'utf8')
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(entries.map(({ event }) => event)).toEqual(['start', 'policy_accepted', 'policy_refused', 'stop'])
  expect(entries[1]).toMatchObject({
    reason: 'SIGHUP',
    policy_before: 'test',
    policy: 'second',
    mode_before: 'enforce',
    mode: 'observe',
    rules_added: ['token'],
  })
  expect(entries[2]).toMatchObject({
    reason: 'the admin port',
    complaints: 2,
    first: 'logveil.yaml:7',
    policy: 'second',
  })
  expect(text).not.toContain('made-up')
})
