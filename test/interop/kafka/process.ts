// The broker of the tests: a real Apache Kafka that was fetched before, or the one that KAFKA_BROKERS names.

import { hasJava } from '../maven.mjs'
import { type Broker, type BrokerOptions, startBroker } from './broker.mjs'
import { fetchedKafka, KAFKA_VERSION } from './fetch.mjs'

const REMEDY = 'run `node test/interop/kafka/fetch.mjs`, which needs Maven and Java 17, or set KAFKA_BROKERS'

/** False, and said aloud, when there is no broker to be had; in CI, where tests must be complete, that fails. */
export function hasKafka(version = KAFKA_VERSION): boolean {
  if (process.env.KAFKA_BROKERS && version === KAFKA_VERSION) return true
  const missing = hasJava() ? `Kafka ${version}` : 'Java 17'
  if (hasJava() && fetchedKafka(version)) return true
  if (process.env.CI) throw new Error(`the tests with Apache Kafka need ${missing}: ${REMEDY}`)
  process.stderr.write(`SKIPPED: the tests with Apache Kafka, for ${missing} is missing: ${REMEDY}\n`)
  return false
}

/** Brokers as clients want them, and how to be rid of them. */
export type SomeBroker = Pick<Broker, 'brokers' | 'remove'>

/** For tests that only need a cluster: topics of their own, and nothing killed. Call `remove` when they are over. */
export async function someKafka(): Promise<SomeBroker> {
  const named = process.env.KAFKA_BROKERS
  return named ? { brokers: named, remove: async () => {} } : startBroker()
}

/** For tests that kill it or set it up: always one of their own. */
export function ownKafka(options?: BrokerOptions): Promise<Broker> {
  return startBroker(options)
}
