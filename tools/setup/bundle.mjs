// Owns dist/bundle, which is what runs and ships: src in a few files, since six hundred take half a second to load. The
// packages that it needs stay outside. Its doors are what package.json lists under `imports`; it has a list of its own,
// so that code in it finds what lies beside it.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fingerprint } from './build.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const output = join(root, 'dist/bundle')
const stamp = join(root, 'dist/.bundle')

/** Bundles src and what was built of assembly, if anything changed. Throws when src does not compile. */
export async function buildBundle() {
  const now = fingerprint([join(root, 'dist/wire/walker.wasm')])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && existsSync(output)) return
  console.error('set-up: rolldown, because src is newer than dist/bundle')
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // Made aside and exchanged: a process may be running what is there.
  const fresh = `${output}.${process.pid}`
  try {
    await bundle(imports, fresh)
    if (existsSync(output)) renameSync(output, `${fresh}.old`)
    renameSync(fresh, output)
  } finally {
    for (const folder of [fresh, `${fresh}.old`]) rmSync(folder, { recursive: true, force: true })
  }
  writeFileSync(stamp, now)
}

/** @param {Record<string, string>} imports @param {string} folder */
async function bundle(imports, folder) {
  mkdirSync(folder, { recursive: true })
  /** @type {Record<string, string>} */
  const input = {}
  /** @type {Record<string, string>} */
  const doors = {}
  for (const [door, file] of Object.entries(imports)) {
    const isModule = file.endsWith('.js')
    const name = isModule ? door.slice(1) : basename(file)
    if (isModule) input[name] = join(root, file.replace('./dist/', 'src/').replace(/js$/, 'ts'))
    else cpSync(join(root, file), join(folder, name))
    doors[door] = isModule ? `./${name}.js` : `./${name}`
  }
  // Imported here: on an empty node_modules it is not there yet.
  const { rolldown } = await import('rolldown')
  const made = await rolldown({ input, cwd: root, platform: 'node', external: /^[^./]/ })
  await made.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await made.close()
  // npx and npm link run this one.
  chmodSync(join(folder, 'logveil.js'), 0o755)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type: 'module', imports: doors }, null, 2)}\n`)
}
