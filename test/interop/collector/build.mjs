// Builds a real OpenTelemetry Collector, and telemetrygen beside it, from the Go module proxy into a cache folder
// outside the checkout. It owns nothing but that folder, and it starts neither of the two.
//
//   node test/interop/collector/build.mjs        builds what is missing, prints both paths
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findGo, run } from './go.mjs'

const MANIFEST = readFileSync(new URL('./manifest.yaml', import.meta.url), 'utf8')
/** One release for all: the newest of which every module is to be had from the proxy. */
const VERSION = `v${/version: (\S+)/.exec(MANIFEST)?.[1]}`
const BUILDER = `go.opentelemetry.io/collector/cmd/builder@${VERSION}`
const TELEMETRYGEN = `github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@${VERSION}`
/** How long another process that builds the same is waited for. */
const OTHER_MS_MAX = 20 * 60_000

/** @typedef {{ otelcol: string, telemetrygen: string }} Binaries */

/** Their paths when they were built before, else null. @returns {Binaries | null} */
export function builtCollector() {
  const folder = homeOfThisBuild()
  const binaries = { otelcol: join(folder, 'otelcol'), telemetrygen: join(folder, 'telemetrygen') }
  return existsSync(folder) ? binaries : null
}

/**
 * Builds them when they are not there. Minutes, the first time. Rejects with a sentence that says what is missing.
 * @returns {Promise<Binaries>}
 */
async function buildCollector() {
  const folder = homeOfThisBuild()
  const cache = join(folder, '..')
  mkdirSync(cache, { recursive: true })
  await whileAlone(`${folder}.lock`, async () => {
    if (builtCollector()) return
    const go = findGo(cache)
    const stage = `${folder}.${process.pid}`
    mkdirSync(stage, { recursive: true })
    try {
      const sources = join(stage, 'sources')
      const manifest = join(stage, 'manifest.yaml')
      writeFileSync(manifest, MANIFEST.replace('output_path: .', `output_path: ${sources}`))
      await run(go, ['run', BUILDER, '--config', manifest])
      await run(go, ['install', '-ldflags=-s -w', TELEMETRYGEN], { GOBIN: stage })
      renameSync(join(sources, 'otelcol'), join(stage, 'otelcol'))
      rmSync(sources, { recursive: true })
      renameSync(stage, folder)
    } finally {
      rmSync(stage, { recursive: true, force: true })
    }
  })
  const built = builtCollector()
  if (!built) throw new Error(`${folder} is not there after the build`)
  return built
}

/** Another manifest or platform is another folder. */
function homeOfThisBuild() {
  const what = createHash('sha256').update(`${MANIFEST}${TELEMETRYGEN}`).digest('hex').slice(0, 12)
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'logveil', `collector-${VERSION}-${process.platform}-${process.arch}-${what}`)
}

/** Two test processes must not build at once. @param {string} lock @param {() => Promise<void>} build */
async function whileAlone(lock, build) {
  const since = Date.now()
  while (!taken(lock)) {
    if (Date.now() - since > OTHER_MS_MAX) throw new Error(`another process builds, as ${lock} says, for too long`)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  try {
    await build()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!ownerLives(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** @param {string} lock */
function ownerLives(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // Just created, and not written yet.
    if (pid === 0) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const since = Date.now()
  const before = builtCollector()
  try {
    const { otelcol, telemetrygen } = await buildCollector()
    const took = before ? 'built before' : `built in ${Math.round((Date.now() - since) / 1000)} s`
    process.stdout.write(`${otelcol}\n${telemetrygen}\n`)
    process.stderr.write(`collector: ${VERSION}, ${took}\n`)
  } catch (error) {
    process.stderr.write(`collector: NOT BUILT: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
