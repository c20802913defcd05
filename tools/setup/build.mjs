// Owns the modules in dist, one for each of src, for tests and tools: builds them when they are stale, and removes what
// no longer has a source.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const src = join(root, 'src')
const dist = join(root, 'dist')
const stamp = join(dist, '.built')

/** Compiles src to dist if anything changed since the last good build. Throws when the compiler complains. */
export function build() {
  const now = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && isComplete()) return
  console.error('set-up: tsc, because src is newer than dist')
  prune()
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const outcome = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
  if (outcome.status !== 0) throw new Error('the build failed, see above.')
  writeFileSync(stamp, now)
}

/**
 * Everything the build depends on, by name, size and time: any change counts, also to an older file.
 * @param {readonly string[]} more
 */
export function fingerprint(more = []) {
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'node_modules/.package-lock.json']
  return [...settings.map((name) => join(root, name)), ...sources(), ...more]
    .map((file) => {
      const { size, mtimeMs } = statSync(file)
      return `${file.slice(root.length + 1)} ${size} ${mtimeMs}\n`
    })
    .join('')
}

function sources() {
  return filesIn(src).filter((file) => file.endsWith('.ts'))
}

/** @param {string} file a source @returns {string} its output */
function outputOf(file) {
  return join(dist, file.slice(src.length).replace(/\.ts$/, '.js'))
}

function isComplete() {
  return sources().every((file) => existsSync(outputOf(file)))
}

/** tsc never deletes. And its incremental record does not notice a deleted output, so then the record goes too. */
function prune() {
  if (!existsSync(dist)) return
  const wanted = new Set(sources().map((file) => outputOf(file).replace(/\.js$/, '')))
  for (const file of filesIn(dist)) {
    if (file.startsWith(join(dist, 'bundle'))) continue
    if (/\.(js|js\.map|d\.ts)$/.test(file) && !wanted.has(file.replace(/\.(js|js\.map|d\.ts)$/, ''))) rmSync(file)
  }
  if (!isComplete()) rmSync(join(dist, '.tsbuildinfo'), { force: true })
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
