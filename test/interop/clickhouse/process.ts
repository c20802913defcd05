// A real ClickHouse server of the system (Debian: clickhouse-server, which is 18.16), with its data in a folder that
// goes with the test.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free_port.mjs'

const SERVER = '/usr/sbin/clickhouse-server'
const START_MS_MAX = 60_000
export const PASSWORD = 'made-up'

/** False, and said aloud, when there is none; in CI, where tests must be complete, that fails. */
export function hasClickhouse(): boolean {
  if (existsSync(SERVER)) return true
  if (process.env.CI) throw new Error('the tests with ClickHouse need it: apt-get install clickhouse-server')
  process.stderr.write('SKIPPED: the tests with ClickHouse, which is missing: apt-get install clickhouse-server\n')
  return false
}

export interface Clickhouse {
  readonly endpoint: string
  /** The answer's text; throws when the query fails. */
  ask(query: string): Promise<string>
  remove(): Promise<void>
}

export async function startClickhouse(): Promise<Clickhouse> {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-clickhouse-'))
  const port = await freePort()
  writeFileSync(join(folder, 'config.xml'), config(port, folder))
  writeFileSync(join(folder, 'users.xml'), USERS)
  const child = spawn(SERVER, [`--config-file=${join(folder, 'config.xml')}`], { cwd: folder, stdio: 'ignore' })
  const orphaned = () => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const endpoint = `http://127.0.0.1:${port}`
  const since = performance.now()
  while (!(await fetch(`${endpoint}/ping`).catch(() => null))?.ok) {
    if (child.exitCode !== null || performance.now() - since > START_MS_MAX) throw new Error('it does not start')
    await sleep(50)
  }
  const headers = { 'x-clickhouse-user': 'writer', 'x-clickhouse-key': PASSWORD }
  return {
    endpoint,
    ask: async (query) => {
      const answer = await fetch(endpoint, { method: 'POST', headers, body: query })
      const text = await answer.text()
      if (!answer.ok) throw new Error(text)
      return text
    },
    remove: async () => {
      child.kill('SIGKILL')
      await ended
      process.off('exit', orphaned)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function config(port: number, folder: string): string {
  return `<yandex>
  <logger><level>none</level></logger>
  <http_port>${port}</http_port><listen_host>127.0.0.1</listen_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <mark_cache_size>5368709</mark_cache_size>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
</yandex>
`
}

const USERS = `<yandex>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><writer>
    <password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </writer></users>
</yandex>
`
