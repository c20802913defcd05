import { describe, expect, test } from 'vitest'
import type { AlertRule } from '../../src/core/alert_rules.ts'
import { CENSUS } from '../../src/core/plan.ts'
import { createEmits } from '../../src/pipeline/emit.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { METRICS } from '../../src/pipeline/metric_table.ts'
import {
  HandClock,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
  sleep,
} from './kit.ts'

const TIGHTENS: AlertRule = {
  id: 'tightens',
  when: {},
  by: ['service'],
  trigger: { kind: 'count', of: 'matches', threshold: 1 },
  over_ms: 60_000,
  severity: 'low',
  muted: false,
  quiet_ms: 0,
  response: 'drop',
  hold_ms: 60_000,
}

describe('metrics', () => {
  test('say what came, what went and what was found', async () => {
    const source = new HandSource()
    const sinks = [plannedSink('store', new HeapSink(), ['app']), plannedSink('counts', new HeapSink(), [CENSUS])]
    const plan = makePlan([plannedSource('app', source)], sinks)
    const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
    await source.deliver(lines('app', 'svc=a SECRET', 'svc=a fine'))
    await source.deliver(lines('app', '!throw'))
    source.site.emit('warn', 'peer_gone', 'A peer went away')
    source.site.emit('warn', 'partial_success', 'It rejected some', { rejected_records: 7 })
    await sleep(5)
    const text = await pipeline.metrics()
    for (const line of [
      'logveil_records_total{source="app"} 3',
      'logveil_bytes_in_total{source="app"} 31',
      'logveil_records_out_total{sink="store"} 3',
      'logveil_bytes_out_total{sink="store"} 31',
      'logveil_sink_queue_batches{sink="store"} 0',
      'logveil_sink_queue_bytes{sink="store"} 0',
      'logveil_findings_total{service="a",rule="word",action="mask"} 1',
      'logveil_records_failed_total{reason="worker_lost"} 1',
      'logveil_events_total{component="app",event="peer_gone"} 1',
      'logveil_events_total{component="pool",event="worker_lost"} 2',
      'logveil_sink_rejected_records_total{sink="app"} 7',
      'logveil_in_flight_bytes 0',
      'logveil_workers 2',
      'logveil_batches{state="queued"} 0',
      'logveil_batches{state="in_worker"} 0',
      'logveil_batches{state="delivering"} 0',
      'logveil_sink_retries_total{sink="store"} 0',
      'logveil_sink_up{sink="store"} 1',
      'logveil_worker_busy_seconds_total 0.002',
      'logveil_workers_lost_total 2',
      'logveil_delivery_seconds_count{source="app"} 2',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).not.toContain('_total_total')
    await pipeline.stop()
  })

  test('are 0 before anything came', async () => {
    const sinks = [plannedSink('store', new HeapSink(), ['app'])]
    const plan = makePlan([plannedSource('app', new HandSource())], sinks)
    const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
    const text = await pipeline.metrics()
    for (const name of ['records', 'bytes_in']) expect(text).toContain(`logveil_${name}_total{source="app"} 0\n`)
    for (const name of ['records_out', 'bytes_out', 'sink_retries', 'sink_rejected_records', 'batches_dropped']) {
      expect(text).toContain(`logveil_${name}_total{sink="store"} 0\n`)
    }
    await pipeline.stop()
  })

  test('do not count what was dropped as gone out', async () => {
    const source = new HandSource()
    const sinks = [plannedSink('store', new HeapSink(), ['app'])]
    const plan = makePlan([plannedSource('app', source)], sinks, { policy: { on_error: 'drop' } })
    const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
    await source.deliver(lines('app', 'fine', 'fine'))
    await Promise.all([source.deliver(lines('app', '!throw')), source.deliver(lines('app', 'fine'))])
    const text = await pipeline.metrics()
    expect(text).toContain('logveil_records_total{source="app"} 4\n')
    expect(text).toContain('logveil_records_out_total{sink="store"} 3\n')
    await pipeline.stop()
  })

  test('are those of the table, each with its kind, its unit and its labels', async () => {
    const source = Object.assign(new HandSource(), { partitions: [{ topic: 'logs', partition: 0, lag: 3 }] })
    const failing = new HeapSink((_batch, id) => {
      if (failing.begun.filter((begun) => begun === id).length === 1) throw new Error('once')
    })
    const plan = makePlan([plannedSource('app', source)], [plannedSink('store', failing, ['app'])])
    const alerts = { rules: [TIGHTENS], baseline: {} }
    const options = { workerUrl: OBEDIENT, logger: heapLogger().logger }
    const pipeline = await startPipeline({ ...plan, alerts }, options)
    await source.deliver(lines('app', 'svc=a SECRET'))
    await source.deliver(lines('app', '!throw'))
    source.site.emit('warn', 'partial_success', 'It rejected some', { rejected_records: 7 })
    await sleep(5)
    const text = await pipeline.metrics()
    const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind])
    expect(Object.fromEntries(names)).toEqual(
      Object.fromEntries(Object.entries(METRICS).map(([name, { kind }]) => [name, kind])),
    )
    for (const [name, { unit, labels }] of Object.entries(METRICS)) {
      expect(text).toContain(`# UNIT ${name} ${unit}\n`)
      const series = text.split('\n').find((line) => new RegExp(`^${name}(_count)?[{ ]`).test(line))
      expect([...(series ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual(labels)
    }
    await pipeline.stop()
  })
})

describe('emit', () => {
  test('counts every event, and logs the same one only so often', () => {
    const { logger, log } = heapLogger()
    const clock = new HandClock(0)
    let counted = 0
    const emit = createEmits({ logger, clock, count: () => counted++ })('app')
    for (let n = 0; n < 1_000; n++) emit('warn', 'peer_gone', 'A peer went away', { peer: '10.0.0.1:4' })
    emit('info', 'other', 'Another event')
    expect(counted).toBe(1_001)
    expect(log).toHaveLength(11)
    clock.pass(60_000)
    emit('warn', 'peer_gone', 'A peer went away')
    expect(JSON.parse(log[11])).toMatchObject({ component: 'app', event: 'peer_gone', left_out: 990 })
  })
})
