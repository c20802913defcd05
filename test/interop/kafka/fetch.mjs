// Fetches a real Apache Kafka from Maven Central into a cache folder outside the checkout. It owns nothing but that
// folder, and it starts no broker.
//
//   node test/interop/kafka/fetch.mjs [version]    fetches what is missing, prints the folder of its jars
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Releases that were run, and what must lie beside the broker. 4.4.0 is not to be had: kafka-tools-api, which it needs,
 * is not in Maven Central.
 * @type {Record<string, readonly string[]>}
 */
const RELEASES = {
  '4.3.1': ['org.apache.kafka:kafka-tools:4.3.1', 'org.slf4j:slf4j-simple:1.7.36'],
  '3.9.2': ['org.apache.kafka:kafka-tools:3.9.2', 'org.slf4j:slf4j-reload4j:1.7.36'],
}
export const KAFKA_VERSIONS = Object.keys(RELEASES)
export const KAFKA_VERSION = KAFKA_VERSIONS[0]
const FETCH_MS_MAX = 10 * 60_000

/** The folder of the jars when they were fetched before, else null. */
export function fetchedKafka(version = KAFKA_VERSION) {
  const folder = folderOf(version)
  return existsSync(folder) ? folder : null
}

/** False: nothing here can run it. */
export function hasJava() {
  return spawnSync('java', ['-version']).status === 0
}

/** Half a minute, the first time. */
async function fetchKafka(version = KAFKA_VERSION) {
  const folder = folderOf(version)
  if (existsSync(folder)) return folder
  if (!RELEASES[version]) throw new Error(`no ${version} here, only ${KAFKA_VERSIONS.join(' and ')}`)
  if (spawnSync('mvn', ['--version']).status !== 0) throw new Error('Maven is missing')
  const stage = `${folder}.${process.pid}`
  mkdirSync(stage, { recursive: true })
  try {
    writeFileSync(join(stage, 'pom.xml'), pom([`org.apache.kafka:kafka_2.13:${version}`, ...RELEASES[version]]))
    const goals = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars']
    await promisify(execFile)('mvn', goals, { cwd: stage, timeout: FETCH_MS_MAX, maxBuffer: 1 << 26 })
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(join(stage, 'jars'), folder)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
  return folder
}

/** @param {string} version */
function folderOf(version) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'logveil', `kafka-${version}`)
}

/** @param {readonly string[]} dependencies */
function pom(dependencies) {
  const each = dependencies.map((dependency) => {
    const [group, artifact, version] = dependency.split(':')
    const named = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`
    return `<dependency>${named}</dependency>`
  })
  const self = '<groupId>logveil.test</groupId><artifactId>broker</artifactId><version>1</version>'
  const body = `<modelVersion>4.0.0</modelVersion>${self}<packaging>pom</packaging>`
  return `<project>${body}<dependencies>${each.join('')}</dependencies></project>\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await fetchKafka(process.argv[2])}\n`)
  } catch (error) {
    process.stderr.write(`kafka: NOT FETCHED: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
