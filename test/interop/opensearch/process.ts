// A real OpenSearch of one node that was fetched before, with its data in a folder that goes with the test.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free_port.mjs'
import { fetchedOpensearch } from './fetch.mjs'

const REMEDY = 'run `node test/interop/opensearch/fetch.mjs`, which needs Maven and a JDK of Java 17'
const SMALL_JVM = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
/** It takes six seconds on an idle machine. */
const START_MS_MAX = 120_000

/** False, and said aloud, when there is none; in CI, where tests must be complete, that fails. */
export function hasOpensearch(): boolean {
  const hasJava = spawnSync('java', ['-version']).status === 0
  if (hasJava && fetchedOpensearch()) return true
  if (process.env.CI) throw new Error(`the tests with OpenSearch need it: ${REMEDY}`)
  process.stderr.write(`SKIPPED: the tests with OpenSearch, which is missing: ${REMEDY}\n`)
  return false
}

export interface Opensearch {
  readonly endpoint: string
  /** The body of the answer, whatever its status. */
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  remove(): Promise<void>
}

export async function startOpensearch(): Promise<Opensearch> {
  const jars = fetchedOpensearch() as string
  const home = mkdtempSync(join(tmpdir(), 'logveil-opensearch-'))
  for (const folder of ['config', 'modules', 'plugins']) mkdirSync(join(home, folder))
  const [http, transport] = [await freePort(), await freePort()]
  const path = [join(jars, '*'), jars].join(delimiter)
  const child = spawn('java', [...SMALL_JVM, '-cp', path, 'Server', home, String(http), String(transport)])
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-5000)
    })
  }
  const orphaned = () => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const endpoint = `http://127.0.0.1:${http}`
  const ask: Opensearch['ask'] = async (method, where, body) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${endpoint}${where}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const since = performance.now()
  while (!(await fetch(endpoint).catch(() => null))?.ok) {
    if (child.exitCode !== null || performance.now() - since > START_MS_MAX) {
      child.kill('SIGKILL')
      throw new Error(`OpenSearch does not start:\n${log}`)
    }
    await sleep(100)
  }
  const remove = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    process.off('exit', orphaned)
    rmSync(home, { recursive: true, force: true })
  }
  return { endpoint, ask, remove }
}
