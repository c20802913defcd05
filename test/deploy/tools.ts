// Tools that read what is under docker/ and deploy/. One that is missing skips its test and says so; in CI it fails.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { loadConfig } from '../../src/settings/index.ts'
import { builtCollector } from '../interop/collector/build.mjs'
import { fetchedHelm } from '../interop/helm/fetch.mjs'

type Skip = (reason: string) => void

/** How each is asked whether it is there, and how one gets it. */
const TOOLS = {
  promtool: { args: ['--version'], remedy: 'install the Debian package prometheus' },
  'systemd-analyze': { args: ['--version'], remedy: 'install the Debian package systemd' },
  otelcol: { args: ['--version'], remedy: 'run `node test/interop/collector/build.mjs`, which needs Go' },
} as const

/** Runs the tool and returns what it printed; throws an error with what it said when it fails. */
export function run(skip: Skip, name: keyof typeof TOOLS, ...args: string[]): string {
  const { args: asked, remedy } = TOOLS[name]
  const path = name === 'otelcol' ? (builtCollector()?.otelcol ?? name) : name
  try {
    execFileSync(path, asked, { stdio: 'ignore' })
  } catch {
    return missing(skip, name, remedy)
  }
  return execFileSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Helm, as `interop/helm/Chart.java` takes its arguments. */
export function helm(skip: Skip, ...args: string[]): string {
  const jars = fetchedHelm()
  if (jars === null) return missing(skip, 'helm', 'run `node test/interop/helm/fetch.mjs`, which needs Java and Maven')
  const java = ['-cp', `${jars}:${join(jars, '*')}`, 'Chart', ...args]
  return execFileSync('java', java, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function missing(skip: Skip, name: string, remedy: string): string {
  if (process.env.CI) throw new Error(`${name} is not there: ${remedy}`)
  skip(`${name} is not there: ${remedy}`)
  return ''
}

/** What the loader complains of. */
export async function complaintsAbout(text: string, file: string): Promise<readonly unknown[]> {
  const outcome = await loadConfig(text, file)
  return outcome.ok ? [] : outcome.complaints
}
