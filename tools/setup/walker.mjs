// Owns dist/wire/walker.wasm: compiles assembly/ with AssemblyScript when it is stale. Takes a few seconds, so it asks
// first whether anything changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const source = join(root, 'assembly')
const output = join(root, 'dist/wire/walker.wasm')
const stamp = join(root, 'dist/.walker')

/** No garbage collector runs, and what cannot go on traps: memory is asked for and given back by hand. */
const FLAGS = ['-O3', '--converge', '--noAssert', '--runtime', 'minimal', '--enable', 'simd', '--use', 'abort=']

/** Throws when the compiler complains. */
export async function buildWalker() {
  const now = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && existsSync(output)) return
  console.error('set-up: asc, because assembly is newer than dist')
  mkdirSync(dirname(output), { recursive: true })
  // Imported here: on an empty node_modules it is not there yet.
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main([join(source, 'index.ts'), '--baseDir', root, '-o', output, ...FLAGS])
  if (error !== null) throw new Error(`the build of assembly failed: ${error.message}\n${stderr}`)
  writeFileSync(stamp, now)
}

/** Everything that the module depends on, by name, size and time. */
function fingerprint() {
  const sources = readdirSync(source).sort()
  return [...sources.map((name) => join(source, name)), join(root, 'node_modules/.package-lock.json')]
    .map((file) => {
      const { size, mtimeMs } = statSync(file)
      return `${file.slice(root.length + 1)} ${size} ${mtimeMs}\n`
    })
    .join('')
}
