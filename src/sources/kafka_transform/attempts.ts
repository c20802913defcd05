// Owns the patience with coordinators: what kafkajs gives up on at once is tried again for a while.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import { KafkaError } from '../../net/kafka/client.ts'

/**
 * Errors of a coordinator that has done nothing yet: the transaction before this one is still being written down or
 * has the offset under way, or the coordinator moves or loads. A broker that takes records never answers with one of
 * them.
 */
const NOT_YET = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_COORDINATOR',
  'UNSTABLE_OFFSET_COMMIT',
])
const PAUSE_MS_MIN = 2
const PAUSE_MS_MAX = 250
const PATIENCE_MS = 20_000

/** Rejects with the last error when it is another one, when the patience is over, and when `signal` aborts. */
export async function retried<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const until_ms = systemClock.steady_ms() + PATIENCE_MS
  for (let pause_ms = PAUSE_MS_MIN; ; pause_ms = Math.min(PAUSE_MS_MAX, pause_ms * 2)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isEarly(error) || signal.aborted || systemClock.steady_ms() > until_ms) throw error
      await sleep(pause_ms)
    }
  }
}

/** True when a coordinator has answered, and nothing is to be done but to ask again. */
export function isEarly(error: unknown): boolean {
  return error instanceof KafkaError && NOT_YET.has(error.code)
}
