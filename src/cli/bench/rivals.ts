// Rivals in threads of their own, one job each: they are told how long to work, and answer how fast they were.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Rival } from './measure.ts'
import type { RivalSetup } from './rival_thread.ts'

interface Rivals {
  readonly all: readonly Rival[]
  end(): Promise<void>
}

export function rivals(setups: readonly RivalSetup[]): Rivals {
  const rival = createRequire(import.meta.url).resolve('#rival')
  const threads = setups.map((workerData) => new Worker(rival, { workerData }))
  return {
    all: threads.map((thread) => async (least_ms: number) => {
      thread.postMessage(least_ms)
      const [speed] = await once(thread, 'message')
      return Number(speed)
    }),
    async end() {
      await Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}
