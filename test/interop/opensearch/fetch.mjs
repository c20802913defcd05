// Fetches a real OpenSearch from Maven Central, and compiles the few lines that start it without its distribution.
//
//   node test/interop/opensearch/fetch.mjs    fetches what is missing, prints the folder of its classes
import { fileURLToPath } from 'node:url'
import { fetched, fetchJars, tell } from '../maven.mjs'

const VERSION = '2.19.1'
const NAME = `opensearch-${VERSION}`
const ARTIFACTS = [
  `org.opensearch:opensearch:${VERSION}`,
  `org.opensearch.plugin:transport-netty4-client:${VERSION}`,
  'org.apache.logging.log4j:log4j-core:2.21.0',
]
const SERVER = fileURLToPath(new URL('./Server.java', import.meta.url))

/** The folder of its jars and classes when they were fetched before, else null. */
export function fetchedOpensearch() {
  return fetched(NAME)
}

/** A quarter of a minute, the first time. */
if (process.argv[1] === fileURLToPath(import.meta.url)) await tell('opensearch', fetchJars(NAME, ARTIFACTS, SERVER))
