// One broker for all the tests of a file.
import { afterAll, beforeAll } from 'vitest'
import { hasKafka, type SomeBroker, someKafka } from '../interop/kafka/process.ts'

/** It takes a few seconds, and many on a machine that has other work. */
const START_MS_MAX = 120_000

export const withoutKafka = hasKafka() ? undefined : 'Apache Kafka is missing: node test/interop/kafka/fetch.mjs'

let broker: SomeBroker | undefined

export function sharedBrokers(): string {
  if (broker === undefined) throw new Error('the broker was not started')
  return broker.brokers
}

beforeAll(async () => {
  if (withoutKafka === undefined) broker = await someKafka()
}, START_MS_MAX)

afterAll(() => broker?.remove())
