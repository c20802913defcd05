import { expect, onTestFinished, test } from 'vitest'
import { CENSUS } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import {
  censusRecords,
  HandSource,
  HeapSink,
  heapLogger,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
} from './kit.ts'

test('a chunk that nobody can read shows in the counts: looked, and could not see', async () => {
  const source = new HandSource()
  const siem = new HeapSink()
  const sinks = [plannedSink('store', new HeapSink(), ['app']), plannedSink('siem', siem, [CENSUS], false)]
  const plan = makePlan([plannedSource('app', source)], sinks)
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
  onTestFinished(() => void pipeline.stop(true))
  source.site.emit('warn', 'chunk_undecodable', 'test', { undecodable_chunks: 2 })
  await pipeline.stop()
  expect(censusRecords(siem)).toMatchObject([
    {
      event: 'coverage',
      service: 'unknown_service',
      source: 'app',
      policy_version: 'test',
      records_seen: 2,
      records_dropped: 2,
      clean: 0,
      not_inspected: 2,
      undecodable: 2,
    },
  ])
})
