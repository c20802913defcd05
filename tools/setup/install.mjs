// Owns node_modules: is it what package-lock.json says, and does re2 load in this Node? If not, npm puts it right.
// It compares npm's own record of what it installed (node_modules/.package-lock.json), so it stays cheap.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Package */
/** @typedef {Record<string, Package>} Packages */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Installs what is missing or different. Throws with a remedy when that fails. */
export async function install() {
  const difference = whatDiffers(root)
  if (difference !== null) {
    say(`npm ci, because ${difference} (re2 may compile: about two minutes)`)
    await npm(['ci', '--include=dev'])
  }
  const problem = whyRe2DoesNotLoad(root)
  if (problem !== null) {
    say(`npm rebuild re2, because ${problem} (about two minutes)`)
    await npm(['rebuild', 're2'])
    const still = whyRe2DoesNotLoad(root)
    if (still !== null) throw new Error(`${still}\n${remedy()}`)
  }
}

/**
 * The first difference between what is installed and what the lock file wants, in words; null when there is none.
 * @param {string} folder
 * @returns {string | null}
 */
export function whatDiffers(folder) {
  const record = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return 'nothing is installed yet'
  const wanted = packagesIn(join(folder, 'package-lock.json'))
  const present = packagesIn(record)
  for (const [path, want] of Object.entries(wanted)) {
    if (path === '') continue
    const have = present[path]
    // Binaries for other platforms stay away by design.
    if (have === undefined && (want.optional || want.devOptional)) continue
    if (have === undefined) return `${path} is missing`
    if (have.version !== want.version || have.integrity !== want.integrity) return `${path} is another version`
    if (!existsSync(join(folder, path, 'package.json'))) return `${path} is missing`
  }
  for (const path in present) if (wanted[path] === undefined) return `${path} is not in the lock file`
  return null
}

/** @param {string} file @returns {Packages} */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
}

/**
 * Loading is the only sure test: the binary may be missing, half written, or made for another Node. A half written one
 * kills the process that loads it, so another process tries, once for each binary.
 * @param {string} folder
 * @returns {string | null}
 */
export function whyRe2DoesNotLoad(folder) {
  const binary = join(resolve(folder), 'node_modules/re2/build/Release/re2.node')
  if (!existsSync(binary)) return 're2 is not compiled'
  const { size, mtimeMs } = statSync(binary)
  const known = join(folder, 'node_modules/.re2-loads')
  const identity = `${size} ${mtimeMs} ${process.versions.modules} ${process.platform} ${process.arch}`
  if (existsSync(known) && readFileSync(known, 'utf8') === identity) return null
  const outcome = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', binary], { encoding: 'utf8' })
  if (outcome.status !== 0) return 're2 does not load in this Node'
  writeFileSync(known, identity)
  return null
}

/**
 * Runs npm in the project, without its advice on newer versions, funding and the like.
 * @param {string[]} args
 */
async function npm(args) {
  args = [...args, '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const env = { ...process.env, ...(await compileSettings()) }
  // Below `npm test`, npm names its own script; it is the npm the user chose.
  const script = process.env.npm_execpath
  const outcome = script?.endsWith('.js')
    ? spawnSync(process.execPath, [script, ...args], { cwd: root, env, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' })
  if (outcome.status !== 0) throw new Error(`npm ${args[0]} failed, see above.\n${remedy()}`)
}

/**
 * re2 first looks for a compiled binary on GitHub, then compiles, for which node-gyp fetches Node's headers from
 * nodejs.org. Where the headers lie beside the node binary neither host is needed.
 * @returns {Promise<Record<string, string>>}
 */
async function compileSettings() {
  const prefix = process.env.npm_config_nodedir ?? headersPrefix(process.execPath)
  if (prefix === null) return {}
  // The downloader has no timeout of its own: behind a firewall that drops packets it would wait for minutes.
  const reachable = await canConnect('github.com', 443, 3000)
  return { npm_config_nodedir: prefix, ...(reachable ? {} : { DOWNLOAD_FORCE_BUILD: '1' }) }
}

/**
 * The folder whose include/node belongs to this Node, or null. Headers of another major version would compile to
 * a binary that does not load.
 * @param {string} node path of the node binary
 * @returns {string | null}
 */
export function headersPrefix(node) {
  const major = process.versions.node.split('.')[0]
  for (const binary of [node, realpathSync(node)]) {
    const prefix = dirname(dirname(binary))
    const header = join(prefix, 'include/node/node_version.h')
    if (!existsSync(header) || !existsSync(join(prefix, 'include/node/node.h'))) continue
    if (new RegExp(`NODE_MAJOR_VERSION ${major}\\b`).test(readFileSync(header, 'utf8'))) return prefix
  }
  return null
}

/** @param {string} host @param {number} port @param {number} wait_ms @returns {Promise<boolean>} */
function canConnect(host, port, wait_ms) {
  return new Promise((answer) => {
    const socket = connect(port, host)
    const settle = (/** @type {boolean} */ outcome) => {
      clearTimeout(timer)
      socket.destroy()
      answer(outcome)
    }
    const timer = setTimeout(settle, wait_ms, false)
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}

function remedy() {
  const missing = [
    ['c++', 'g++', 'clang++'],
    ['make', 'gmake'],
    ['python3', 'python'],
  ]
    .filter((names) => process.platform !== 'win32' && !names.some(isOnPath))
    .map((names) => names[0])
  if (missing.length === 0) return 'Then run the same command again; `npm ci` alone shows the whole story.'
  return [
    `re2 is compiled from source and needs ${missing.join(', ')}, which is not on PATH. Install a C++ toolchain`,
    '(Debian: apt-get install g++ make python3; Fedora: dnf install gcc-c++ make python3; Alpine: apk add g++ make',
    'python3; macOS: xcode-select --install) and run the same command again.',
  ].join('\n')
}

/** @param {string} name @returns {boolean} */
function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

/** @param {string} text */
function say(text) {
  console.error(`set-up: ${text}`)
}
