// A service that leaks is tightened by itself, in a pipeline with real workers: its records are dropped or put in
// quarantine, the others go on, and it is lifted by itself. Everything of it is in the audit log.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { AlertResponse, AlertRule } from '../../../src/core/alert_rules.ts'
import { QUARANTINE } from '../../../src/core/plan.ts'
import { headOf } from '../../../src/pipeline/audit/audit_log.ts'
import { verified } from '../../../src/pipeline/audit/chain.ts'
import { startPipeline } from '../../../src/pipeline/lifecycle.ts'
import { rule } from '../../worker/harness.ts'
import { HandClock, HandSource, HeapSink, heapLogger, lines, makePlan, plannedSink, plannedSource } from '../kit.ts'

const MINUTE = 60_000

function tightening(response: AlertResponse, more: Partial<AlertRule> = {}): AlertRule {
  return {
    id: 'leak',
    when: { category: ['secret'] },
    by: ['service'],
    trigger: { kind: 'count', of: 'matches', threshold: 2 },
    over_ms: MINUTE,
    severity: 'high',
    muted: false,
    quiet_ms: 0,
    response,
    hold_ms: 10 * MINUTE,
    ...more,
  }
}

async function start(alert: AlertRule) {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-tighten-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [source, store, aside] = [new HandSource(), new HeapSink(), new HeapSink()]
  const sinks = [plannedSink('store', store, ['app']), plannedSink('aside', aside, [QUARANTINE])]
  const rules = [rule('token', { pattern: 'tok_[a-z]+' }, 'mask', { category: 'secret' })]
  const watch = alert.value === undefined ? undefined : [{ id: alert.id, paths: alert.value }]
  const policy = { rules, service_from: ['service'], hmac: { id: 'k1', key: 'a made-up key for tests' }, watch }
  const path = join(folder, 'audit.ndjson')
  const plan = {
    ...makePlan([plannedSource('app', source)], sinks, { policy, pipeline: { workers: 1 } }),
    alerts: { rules: [alert], baseline: {} },
    audit: { path },
  }
  const clock = new HandClock(Date.parse('2026-11-21T18:00:00Z'))
  const pipeline = await startPipeline(plan, { clock, logger: heapLogger().logger })
  const log = async (...records: object[]) => {
    const batch = lines('app', ...records.map((record) => JSON.stringify(record)))
    await source.deliver({ ...batch, format: 'json' })
    return Promise.all(
      [store, aside].map((sink) =>
        sink.taken
          .splice(0)
          .map(({ batch }) => Buffer.from(batch.bytes).toString())
          .join(''),
      ),
    )
  }
  return { pipeline, clock, log, path }
}

const leak = { service: 'pay', note: 'tok_abc' }
const clean = { service: 'pay', note: 'fine' }
const other = { service: 'web', note: 'tok_abc' }
const text = (...records: object[]) =>
  records
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('')
    .replaceAll('tok_abc', '*******')

it.each(['drop', 'quarantine'] as const)(
  '%s: for a while, for the service that leaks, and for what leaks',
  async (response) => {
    const { pipeline, clock, log, path } = await start(tightening(response))
    expect(await log(leak, clean, leak, other)).toEqual([text(leak, clean, leak, other), ''])
    expect(pipeline.alerts.view().tightened).toEqual([
      { alert: 'leak', response, group: { service: 'pay' }, until: '2026-11-21T18:10:00.000Z' },
    ])
    expect(await pipeline.metrics()).toContain(`logveil_tightenings{alert="leak",response="${response}"} 1\n`)

    clock.pass(5 * MINUTE)
    expect(await log(leak, clean, other, leak)).toEqual([
      text(clean, other),
      response === 'drop' ? '' : text(leak, leak),
    ])
    const action = response === 'drop' ? 'drop_record' : response
    const counted = `logveil_findings_total{service="pay",rule="token",action="${action}"} 2`
    expect(await pipeline.metrics()).toContain(`${counted}\n`)
    // It held for longer, for it fired again.
    clock.pass(8 * MINUTE)
    pipeline.alerts.tick()
    expect(pipeline.alerts.view().tightened).toHaveLength(1)
    clock.pass(3 * MINUTE)
    pipeline.alerts.tick()
    expect(pipeline.alerts.view().tightened).toEqual([])
    expect(await log(leak, clean)).toEqual([text(leak, clean), ''])
    expect((await pipeline.stop()).delivered).toBe(true)

    const audited = readFileSync(path, 'utf8')
    const entries = audited
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(entries.map(({ event }) => event)).toEqual(['start', 'tightened', 'tightened', 'lifted', 'stop'])
    expect(entries[1]).toMatchObject({ alert: 'leak', response, in_service: 'pay', until: '2026-11-21T18:10:00.000Z' })
    expect(verified(audited, undefined, await headOf(path)).problems).toEqual([])
    expect(audited).not.toContain('tok_abc')
  },
)

it('is lifted by hand, by the rule and the service that it is for', async () => {
  const { pipeline, log, path } = await start(tightening('quarantine'))
  await log(leak, leak, other, other)
  expect(pipeline.alerts.view().tightened).toHaveLength(2)
  expect(pipeline.alerts.release('other_rule', undefined)).toBe(0)
  expect(pipeline.alerts.release('leak', 'pay')).toBe(1)
  expect(await log(leak, other)).toEqual([text(leak), text(other)])
  expect(pipeline.alerts.release('leak', undefined)).toBe(1)
  expect(await log(clean, other)).toEqual([text(clean, other), ''])
  await pipeline.stop()
  const lifted = readFileSync(path, 'utf8').match(/"event":"lifted".*/g) ?? []
  expect(lifted).toHaveLength(2)
  expect(lifted[0]).toContain('"why":"by hand"')
})

it('values in records tell groups apart, and nobody sees them', async () => {
  const alert = tightening('alert', {
    by: ['value'],
    value: ['client.ip'],
    trigger: { kind: 'distinct', of: 'service', threshold: 2 },
  })
  const { pipeline, log } = await start(alert)
  const from = (ip: string, service: string) => ({ service, client: { ip }, note: 'tok_abc' })
  await log(from('10.0.0.1', 'pay'), from('10.0.0.2', 'pay'), from('10.0.0.1', 'pay'))
  expect(pipeline.alerts.view().recent).toEqual([])
  await log(from('10.0.0.1', 'web'))
  const { recent } = pipeline.alerts.view()
  expect(recent).toHaveLength(1)
  expect(recent[0]).toMatchObject({ observed: 2, service: '_any', key: expect.stringMatching(/^k1:[0-9a-f]{16}$/) })
  expect(recent[0].title).toMatch(/^leak: 2 different services within 1 min in value k1:[0-9a-f]{16}; the limit is 2$/)
  expect(JSON.stringify(pipeline.alerts.view())).not.toContain('10.0.0')
  await pipeline.stop()
})
