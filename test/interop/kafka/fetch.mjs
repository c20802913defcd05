// Fetches a real Apache Kafka from Maven Central into a cache folder outside the checkout. It owns nothing but that
// folder, and it starts no broker.
//
//   node test/interop/kafka/fetch.mjs [version]    fetches what is missing, prints the folder of its jars
import { fileURLToPath } from 'node:url'
import { fetched, fetchJars, tell } from '../maven.mjs'

/**
 * Releases that were run, and what must lie beside the broker. 4.4.0 is not to be had: kafka-tools-api, which it needs,
 * is not in Maven Central.
 * @type {Record<string, readonly string[]>}
 */
const RELEASES = {
  '4.3.1': ['org.apache.kafka:kafka-tools:4.3.1', 'org.slf4j:slf4j-simple:1.7.36'],
  '3.9.2': ['org.apache.kafka:kafka-tools:3.9.2', 'org.slf4j:slf4j-reload4j:1.7.36'],
}
const KAFKA_VERSIONS = Object.keys(RELEASES)
export const KAFKA_VERSION = KAFKA_VERSIONS[0]

/** The folder of the jars when they were fetched before, else null. */
export function fetchedKafka(version = KAFKA_VERSION) {
  return fetched(`kafka-${version}`)
}

/** Half a minute, the first time. */
async function fetchKafka(version = KAFKA_VERSION) {
  if (!RELEASES[version]) throw new Error(`no ${version} here, only ${KAFKA_VERSIONS.join(' and ')}`)
  return fetchJars(`kafka-${version}`, [`org.apache.kafka:kafka_2.13:${version}`, ...RELEASES[version]])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await tell('kafka', fetchKafka(process.argv[2]))
