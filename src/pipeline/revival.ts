// Brings back what a refused reload had stopped, as it was. What can not be brought back is down: health says so, its
// batches wait, and the next reload tries it again.
import { setTimeout as sleep } from 'node:timers/promises'
import { LogveilError } from '../core/errors.ts'
import type { Machine } from './machine.ts'
import type { RunningSink, RunningSource } from './parts.ts'

/** A port may still be closing. */
const ATTEMPTS_MAX = 5
const PAUSE_MS = 200

export async function reviveSources(machine: Machine, left: readonly RunningSource[]): Promise<void> {
  const again = await Promise.all(
    left.map(async (one) => {
      let source = one.source
      const isDown = !(await attempts(machine, one.plan.name, () => {
        source = machine.parts.source(one.plan)
        return source.start()
      }))
      return [one, { ...one, source, isDown }] as const
    }),
  )
  const revived = new Map(again)
  machine.sources = machine.sources.map((one) => revived.get(one) ?? one)
}

export async function reviveSinks(machine: Machine, left: readonly RunningSink[]): Promise<void> {
  const again = await Promise.all(
    left.map(async (one) => {
      let sink = one.sink
      const isDown = !(await attempts(machine, one.plan.name, () => {
        sink = machine.parts.sink(one.plan)
        return sink.start()
      }))
      if (!isDown) one.lane.resume(sink)
      return [one, { ...one, sink, isDown }] as const
    }),
  )
  const revived = new Map(again)
  machine.sinks = machine.sinks.map((one) => revived.get(one) ?? one)
}

async function attempts({ parts }: Machine, name: string, start: () => Promise<void>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await start()
      return true
    } catch (error) {
      if (attempt < ATTEMPTS_MAX) await sleep(PAUSE_MS)
      else {
        const code = error instanceof LogveilError ? error.code : 'INTERNAL'
        parts.emit(name)('error', 'not_revived', 'It could not be started again as it was; reload once more', { code })
        return false
      }
    }
  }
}
