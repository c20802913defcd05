// The built Collector, or telemetrygen, as a process of its own. Ports are chosen by the system; a process ends with
// its test.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { builtCollector } from './build.mjs'
import { startOtelcol } from './start.mjs'

/** Null, and said aloud, when they were not built; in CI, where tests must be complete, that fails if Go is there. */
export function collector(): { otelcol: string; telemetrygen: string } | null {
  const built = builtCollector()
  if (built) return built
  const remedy = 'run `node test/interop/collector/build.mjs`, which needs Go'
  const hasGo = spawnSync('go', ['version']).status === 0
  if (process.env.CI && hasGo) throw new Error(`the OpenTelemetry Collector is not built: ${remedy}`)
  process.stderr.write(`SKIPPED: the interop tests with the OpenTelemetry Collector, which is not built: ${remedy}\n`)
  return null
}

export interface RunningCollector {
  /** Its own log. */
  log(): string
  /** What it has written to a file of its folder, one JSON document a line; empty when there is no such file. */
  // biome-ignore lint/suspicious/noExplicitAny: what another program wrote
  lines(file: string): any[]
  /** Resolves when the process has ended. SIGTERM lets it drain, SIGKILL does not. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** `config` as the Collector reads it; `${env:FOLDER}` in it is a folder that goes with the test. */
export async function startCollector(config: unknown, folder = temporaryFolder()): Promise<RunningCollector> {
  const built = collector()
  if (!built) throw new Error('not built')
  const { log, stop } = await startOtelcol(built.otelcol, config, folder)
  onTestFinished(() => stop('SIGKILL'))
  const lines = (name: string) => {
    const path = join(folder, name)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    // The last line may be half written.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }
  return { log, lines, stop }
}

/** Runs telemetrygen to its end, such as `telemetrygen('logs', '--otlp-endpoint', …)`. */
export async function telemetrygen(...args: string[]): Promise<void> {
  const built = collector()
  if (!built) throw new Error('not built')
  await promisify(execFile)(built.telemetrygen, args, { timeout: 120_000, maxBuffer: 1 << 26 })
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-collector-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
