// Fetches a real Helm, which Maven Central has as a library, and compiles the few lines that make a command of it.
//
//   node test/interop/helm/fetch.mjs    fetches what is missing, prints the folder of its jars
import { fileURLToPath } from 'node:url'
import { fetched, fetchJars, tell } from '../maven.mjs'

const VERSION = '0.0.17'
const NAME = `helm-java-${VERSION}`
const CHART = fileURLToPath(new URL('./Chart.java', import.meta.url))

/** The folder of its jars and classes when they were fetched before, else null. */
export function fetchedHelm() {
  return fetched(NAME)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await tell('helm', fetchJars(NAME, [`com.marcnuri.helm-java:helm-java:${VERSION}`], CHART))
}
