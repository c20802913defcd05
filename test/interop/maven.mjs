// Fetches jars from Maven Central into a cache folder outside the checkout, and compiles a few lines of Java beside
// them. It owns nothing but that folder, and it runs none of them.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const FETCH_MS_MAX = 10 * 60_000

/** The folder of that name, whether or not it was fetched. @param {string} name */
function folderOf(name) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'logveil', name)
}

/** The folder when it was fetched before, else null. @param {string} name */
export function fetched(name) {
  const folder = folderOf(name)
  return existsSync(folder) ? folder : null
}

/** False: nothing here can run it. */
export function hasJava() {
  return spawnSync('java', ['-version']).status === 0
}

/**
 * Fetches `artifacts` (`group:artifact:version`), and all that they need, unless they are there. `source` is compiled
 * against them. Rejects with what Maven said. Returns the folder of jars and classes.
 * @param {string} name @param {readonly string[]} artifacts @param {string} [source]
 */
export async function fetchJars(name, artifacts, source) {
  const folder = folderOf(name)
  if (existsSync(folder)) return folder
  if (spawnSync('mvn', ['--version']).status !== 0) throw new Error('Maven is missing')
  const stage = `${folder}.${process.pid}`
  const jars = join(stage, 'jars')
  mkdirSync(stage, { recursive: true })
  try {
    writeFileSync(join(stage, 'pom.xml'), pom(artifacts))
    const goals = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars']
    const run = promisify(execFile)
    await run('mvn', goals, { cwd: stage, timeout: FETCH_MS_MAX, maxBuffer: 1 << 26 })
    if (source) await run('javac', ['-cp', join(jars, '*'), '-d', jars, source], { timeout: FETCH_MS_MAX })
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(jars, folder)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
  return folder
}

/** @param {readonly string[]} artifacts */
function pom(artifacts) {
  const each = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':')
    const named = `<groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version>`
    return `<dependency>${named}</dependency>`
  })
  const self = '<groupId>logveil.test</groupId><artifactId>peer</artifactId><version>1</version>'
  const body = `<modelVersion>4.0.0</modelVersion>${self}<packaging>pom</packaging>`
  return `<project>${body}<dependencies>${each.join('')}</dependencies></project>\n`
}

/** For the command line: prints the folder, or why there is none.
 * @param {string} what @param {Promise<string>} folder */
export async function tell(what, folder) {
  try {
    process.stdout.write(`${await folder}\n`)
  } catch (error) {
    process.stderr.write(`${what}: NOT FETCHED: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
