// Fetches a real OpenSearch from Maven Central into a cache folder outside the checkout, and compiles the few lines
// that start it without its distribution. It starts nothing.
//
//   node test/interop/opensearch/fetch.mjs    fetches what is missing, prints the folder of its classes
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const FETCH_MS_MAX = 10 * 60_000
const POM = fileURLToPath(new URL('./pom.xml', import.meta.url))
const VERSION = /<version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1]
const SERVER = fileURLToPath(new URL('./Server.java', import.meta.url))

/** The folder of its jars and classes when they were fetched before, else null. */
export function fetchedOpensearch() {
  const folder = folderOfThisVersion()
  return existsSync(folder) ? folder : null
}

/** A quarter of a minute, the first time. */
async function fetchOpensearch() {
  const folder = folderOfThisVersion()
  if (existsSync(folder)) return folder
  const stage = `${folder}.${process.pid}`
  mkdirSync(stage, { recursive: true })
  try {
    copyFileSync(POM, join(stage, 'pom.xml'))
    const goals = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars']
    const run = promisify(execFile)
    await run('mvn', goals, { cwd: stage, timeout: FETCH_MS_MAX, maxBuffer: 1 << 26 })
    await run('javac', ['-cp', join(stage, 'jars', '*'), '-d', join(stage, 'jars'), SERVER], { timeout: FETCH_MS_MAX })
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(join(stage, 'jars'), folder)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
  return folder
}

function folderOfThisVersion() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'logveil', `opensearch-${VERSION}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await fetchOpensearch()}\n`)
  } catch (error) {
    process.stderr.write(`opensearch: NOT FETCHED: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
