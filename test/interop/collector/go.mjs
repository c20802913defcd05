// Finds a Go that is new enough for the Collector, or gets one from the module proxy with the one that is there.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What the Collector's go.mod asks for. */
const NEEDED = [1, 26, 0]
const RELEASE = `go${NEEDED.join('.')}`
/** The first Go that gets another one by itself, by GOTOOLCHAIN. */
const SWITCHES = [1, 21, 0]

/** @typedef {{ file: string, env: Record<string, string> }} Go */

/** A command and what must stand in its environment. @param {string} cache @returns {Go} */
export function findGo(cache) {
  const has = versionOf('go')
  if (!has) throw new Error('Go is not installed (any release since 1.19; Debian: golang-go)')
  if (compare(has, NEEDED) >= 0) return { file: 'go', env: { GOTOOLCHAIN: 'local' } }
  if (compare(has, SWITCHES) >= 0) return { file: 'go', env: { GOTOOLCHAIN: RELEASE } }
  const bin = join(cache, RELEASE, 'bin')
  if (!existsSync(bin)) unpackToolchain(join(cache, RELEASE))
  // The Collector's builder looks for Go by itself.
  return { file: join(bin, 'go'), env: { GOTOOLCHAIN: 'local', PATH: `${bin}:${process.env.PATH}` } }
}

/**
 * Runs Go after everybody else, for tests may run beside it.
 * @param {Go} go @param {string[]} args @param {Record<string, string>} [env]
 */
export async function run(go, args, env = {}) {
  // A static binary needs no C compiler.
  const all = { ...process.env, CGO_ENABLED: '0', ...go.env, ...env }
  try {
    await execute('nice', [go.file, ...args], { env: all, maxBuffer: 1 << 28 })
  } catch (error) {
    const { stderr = '' } = /** @type {{ stderr?: string }} */ (error)
    throw new Error(`go ${args.slice(0, 2).join(' ')} failed:\n${stderr.slice(-2000)}`)
  }
}

/**
 * Releases are modules too, so even an old Go gets a newer one, checked by the checksum database. In the module the
 * `go.mod` files have another name, and no file is executable.
 * @param {string} folder
 */
function unpackToolchain(folder) {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const module = `golang.org/toolchain@v0.0.1-${RELEASE}.${process.platform}-${arch}`
  const json = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8', stdio: 'pipe' })
  const stage = `${folder}.${process.pid}`
  cpSync(JSON.parse(json).Dir, stage, { recursive: true })
  mend(stage)
  renameSync(stage, folder)
}

/** @param {string} folder */
function mend(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) mend(path)
    else {
      chmodSync(path, /[/](bin|tool)[/]/.test(path) ? 0o755 : 0o644)
      if (entry.name === '_go.mod') renameSync(path, join(folder, 'go.mod'))
    }
  }
}

/** @param {string} file @returns {number[] | null} */
function versionOf(file) {
  const { stdout } = spawnSync(file, ['version'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } })
  const match = /go(\d+)\.(\d+)(?:\.(\d+))?/.exec(stdout ?? '')
  return match ? match.slice(1).map((part) => Number(part ?? 0)) : null
}

/** @param {number[]} a @param {number[]} b */
function compare(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}
