// Rules on counts in a running pipeline: what is told, to whom, how often, and what is shown of it.
import { describe, expect, it } from 'vitest'
import type { AlertRule } from '../../../src/core/alert_rules.ts'
import { SinkError } from '../../../src/core/errors.ts'
import { ALERTS, CENSUS, type Plan } from '../../../src/core/plan.ts'
import { type AlertEvent, eventsIn } from '../../../src/core/siem_event.ts'
import { type Running, startPipeline } from '../../../src/pipeline/lifecycle.ts'
import {
  eventually,
  HandClock,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
} from '../kit.ts'

const RULE: AlertRule = {
  id: 'many_secrets',
  when: { category: ['secret'] },
  by: ['service'],
  trigger: { kind: 'count', of: 'matches', threshold: 3 },
  over_ms: 60_000,
  severity: 'critical',
  muted: false,
  quiet_ms: 60_000,
  response: 'alert',
  hold_ms: 60_000,
}

async function start(rules: AlertRule[], siem = new HeapSink(), changes: Partial<Plan> = {}) {
  const source = new HandSource()
  const store = plannedSink('store', new HeapSink(), ['app'])
  const sinks = [store, plannedSink('siem', siem, [ALERTS, CENSUS], false)]
  const plan = { ...makePlan([plannedSource('app', source)], sinks), alerts: { rules, baseline: {} }, ...changes }
  const clock = new HandClock(Date.parse('2026-11-21T18:00:00Z'))
  const { logger, log } = heapLogger()
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, clock, logger })
  return { pipeline, source, clock, siem, plan, text: () => log.join('') }
}

const alertsIn = (sink: HeapSink) =>
  sink.taken.filter(({ batch }) => batch.origin === ALERTS).flatMap(({ batch }) => eventsIn(batch) as AlertEvent[])

/** The same line with so many findings of service a. */
const leak = (count: number, service = 'a') => lines('app', `svc=${service} ${'SECRET '.repeat(count)}`)

async function stop(pipeline: Running): Promise<boolean> {
  return (await pipeline.stop()).delivered
}

describe('an alert', () => {
  it('is an event with names and numbers, once for each quiet time and each group', async () => {
    const { pipeline, source, clock, siem, text } = await start([RULE])
    await source.deliver(leak(2))
    expect(alertsIn(siem)).toEqual([])
    clock.pass(10_000)
    await source.deliver(leak(2))
    await source.deliver(leak(9))
    await source.deliver(leak(3, 'b'))
    await eventually(() => alertsIn(siem).length === 2)
    const [first, second] = alertsIn(siem)
    expect(first).toMatchObject({
      event: 'alert',
      schema: 1,
      seq: 1,
      instance: 'test-1',
      policy_version: 'test',
      service: 'a',
      source: '_any',
      alert: 'many_secrets',
      title: 'many_secrets: 4 findings within 1 min in service a; the limit is 3',
      severity: 'critical',
      kind: 'count',
      observed: 4,
      threshold: 3,
      response: 'alert',
      first_seen: '2026-11-21T18:00:00.000Z',
      last_seen: '2026-11-21T18:00:10.000Z',
    })
    expect(second).toMatchObject({ seq: 2, service: 'b' })
    expect(first.id).not.toBe(second.id)
    expect(text()).toContain('alert_fired')
    expect(pipeline.alerts.view()).toMatchObject({
      rules: [{ id: 'many_secrets', kind: 'count', groups: 2, fired: 2 }],
      tightened: [],
      recent: [{ service: 'b' }, { service: 'a' }],
    })
    expect(await pipeline.metrics()).toContain(
      'logveil_alerts_total{alert="many_secrets",severity="critical",muted="false"} 2',
    )
    expect(await stop(pipeline)).toBe(true)
  })

  it('that is muted is counted, and told to nobody', async () => {
    const { pipeline, source, siem } = await start([{ ...RULE, muted: true, response: 'drop' }])
    await source.deliver(leak(5))
    expect(await pipeline.metrics()).toContain('muted="true"} 1')
    expect(pipeline.alerts.view()).toMatchObject({ recent: [], tightened: [] })
    expect(await stop(pipeline)).toBe(true)
    expect(alertsIn(siem)).toEqual([])
  })

  it('that a sink refuses is kept for it, and nothing waits meanwhile', async () => {
    let refuses = true
    const siem = new HeapSink((batch) => {
      if (refuses && batch.origin === ALERTS) throw new SinkError('SINK_REFUSED', 'not now', false)
    })
    const { pipeline, source } = await start([{ ...RULE, quiet_ms: 0 }], siem)
    await source.deliver(leak(3))
    await source.deliver(leak(1))
    expect(alertsIn(siem)).toEqual([])
    refuses = false
    await eventually(() => alertsIn(siem).length === 2)
    expect(alertsIn(siem).map(({ seq, observed }) => [seq, observed])).toEqual([
      [1, 3],
      [2, 4],
    ])
    expect(await stop(pipeline)).toBe(true)
  })

  it('that no sink took before the end is told in the log, and by the exit', async () => {
    const siem = new HeapSink((batch) => {
      if (batch.origin === ALERTS) throw new SinkError('SINK_REFUSED', 'never', false)
    })
    const { pipeline, source, text } = await start([RULE], siem)
    await source.deliver(leak(3))
    expect(await stop(pipeline)).toBe(false)
    expect(text()).toContain('alerts_undelivered')
  })
})

describe('a reload', () => {
  it('leaves what rules have counted, and follows what was changed', async () => {
    const siem = new HeapSink()
    let next: Plan | undefined
    const source = new HandSource()
    const sinks = [plannedSink('store', new HeapSink(), ['app']), plannedSink('siem', siem, [ALERTS], false)]
    const base = makePlan([plannedSource('app', source)], sinks)
    const plan = { ...base, alerts: { rules: [RULE], baseline: {} } }
    const clock = new HandClock(1_000_000)
    const load = async () => ({ ok: true, plan: next ?? plan, warnings: [] }) as const
    const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, clock, logger: heapLogger().logger, load })
    await source.deliver(leak(2))
    const tight: AlertRule = {
      ...RULE,
      id: 'tight',
      response: 'drop',
      trigger: { kind: 'count', of: 'matches', threshold: 1 },
    }
    next = { ...plan, alerts: { rules: [RULE, tight], baseline: {} } }
    await pipeline.reload('a test')
    await source.deliver(leak(1))
    await eventually(() => alertsIn(siem).length === 2)
    expect(alertsIn(siem).map(({ alert, observed }) => [alert, observed])).toEqual([
      ['many_secrets', 3],
      ['tight', 1],
    ])
    expect(pipeline.alerts.tightened).toEqual([{ response: 'drop', when: { category: ['secret'], service: ['a'] } }])
    next = plan
    await pipeline.reload('a test')
    expect(pipeline.alerts.tightened).toEqual([])
    expect(await stop(pipeline)).toBe(true)
  })
})

describe('sensitive data and exploits per minute', () => {
  it('are those of the last minute, and fall to 0', async () => {
    const { pipeline, source, clock } = await start([])
    await source.deliver(leak(7))
    const name = 'logveil_sensitive_data_per_minute{service="a"}'
    expect(await pipeline.metrics()).toContain(`${name} 7\n`)
    expect(await pipeline.metrics()).toContain('logveil_exploits_per_minute{service="a"} 0\n')
    clock.pass(61_000)
    expect(await pipeline.metrics()).toContain(`${name} 0\n`)
    await stop(pipeline)
  })
})

describe('the baseline', () => {
  it('tells a category that is new to a service', async () => {
    const first: AlertRule = { ...RULE, id: 'new', by: ['service', 'category'], trigger: { kind: 'first_seen' } }
    const alerts = { rules: [first], baseline: { a: ['secret'] } }
    const { pipeline, source, siem } = await start([first], new HeapSink(), { alerts })
    await source.deliver(leak(3, 'a'))
    await source.deliver(leak(1, 'b'))
    await eventually(() => alertsIn(siem).length === 1)
    expect(alertsIn(siem)[0]).toMatchObject({
      service: 'b',
      category: 'secret',
      kind: 'first_seen',
      title: 'new: a category that nobody approved in service b, category secret',
    })
    await stop(pipeline)
  })
})
