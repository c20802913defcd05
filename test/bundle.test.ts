// What ships is a bundle: what is in it, and that it finds what lies beside it. The tests of the command line run it.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const ROOT = dirname(import.meta.dirname)

const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' })
/** Paths that `npm publish` would take. */
const files = (JSON.parse(told) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path)

it('the package holds what runs, and neither sources nor tests', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(files).toEqual(expect.arrayContaining([bin.logveil, 'dist/packs/default.json', 'config/packs/default.yaml']))
  expect(files.filter((file) => /^(src|test|tools|assembly)\//.test(file) || /\/\.[^/]*$/.test(file))).toEqual([])
})

it('what is packed runs alone: a config is checked, text is redacted in threads of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-package-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const file of files) cpSync(join(ROOT, file), join(folder, file))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const main = join(folder, 'dist/bundle/logveil.js')
  const config = `sources: { in: { type: stdin } }
sinks: { out: { type: file, path: out.ndjson } }
policy: { packs: [default, pci] }
admin: false
`
  writeFileSync(join(folder, 'logveil.yaml'), config)
  const options = { cwd: folder, input: 'paid with 4111 1111 1111 1111 by jane@example.com\n' }
  execFileSync(process.execPath, [main, 'run', '-c', 'logveil.yaml'], { ...options, stdio: ['pipe', 'pipe', 'ignore'] })
  expect(readFileSync(join(folder, 'out.ndjson'), 'utf8')).toContain('***************1111 by [REDACTED:email]')
})

it('its doors lead to files', () => {
  const { imports } = JSON.parse(readFileSync(join(ROOT, 'dist/bundle/package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const { imports: wanted } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(Object.keys(imports)).toEqual(Object.keys(wanted))
  for (const file of Object.values(imports)) expect(existsSync(join(ROOT, 'dist/bundle', file)), file).toBe(true)
})

/** Modules of src that `chunk` loads before it does anything. */
function loadedBy(chunk: string, seen = new Set<string>()): string[] {
  if (seen.has(chunk)) return []
  seen.add(chunk)
  const text = readFileSync(join(ROOT, 'dist/bundle', chunk), 'utf8')
  const map = join(ROOT, 'dist/bundle', `${chunk}.map`)
  // A chunk that only passes on what another one has is made of no module.
  const { sources } = existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')) : { sources: [] }
  const imports = [...text.matchAll(/^import (?:.* from )?"\.\/([^"]+)";$/gm)].map(([, name]) => name)
  return [...sources, ...imports.flatMap((name) => loadedBy(name, seen))]
}

it.each(['redact.js', 'scan.js', 'worker.js'])('%s loads no source and no sink', (chunk) => {
  const modules = loadedBy(chunk)
  expect(modules.filter((module) => module.includes('/detectors/')).length).toBeGreaterThan(50)
  expect(modules.filter((module) => /\/(sources|sinks)\//.test(module))).toEqual([])
})
