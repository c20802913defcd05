// The rules of the house, held on every file; and for each rule an example that breaks it, so that it can not rot.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenFloors, importCycles, importsBetweenComponents, importsWithoutFile, orphans } from './floors.ts'
import {
  clockReads,
  consoleCalls,
  FILE_LINES_MAX,
  jsonParses,
  LINE_COLUMNS_MAX,
  longFiles,
  longLines,
  nativeRegExps,
  undeclaredComponents,
  unlistedComponents,
} from './habits.ts'
import { ROOT, type SourceFile, sourceFile, sourcesIn } from './source.ts'

type Check = (files: readonly SourceFile[]) => string[]
/** Path and text of files that go together. */
type Example = Record<string, string>

const src = sourcesIn('src')
const everything = [...src, ...sourcesIn('assembly'), ...sourcesIn('test'), ...sourcesIn('tools')]
const declared = `export const s = { type: 's', summary: 'S.', settings, example: {}, create }`

const rules: { rule: string; check: Check; files: SourceFile[]; bad: Example[]; good: Example[] }[] = [
  {
    rule: 'a floor imports only the floors below it',
    check: brokenFloors,
    files: src,
    bad: [
      { 'src/core/a.ts': `import { b } from '../wire/b.ts'` },
      { 'src/core/a.ts': `import type { B } from '../wire/b.ts'` },
      { 'src/sinks/a.ts': `export * from '../sources/b.ts'` },
      { 'src/pipeline/a.ts': `import { run } from '../worker/run.ts'` },
      { 'src/pipeline/a.ts': `import { run, type Task } from '../worker/run.ts'` },
      { 'src/worker/a.ts': `const b = await import('../pipeline/b.ts')` },
      { 'src/net/a.ts': `type B = import('../wire/b.ts').B` },
      { 'src/attic/a.ts': `import { b } from '../core/b.ts'` },
    ],
    good: [
      { 'src/wire/a.ts': `import { b } from '../core/b.ts'\nimport fs from 'node:fs'\nimport { z } from 'zod'` },
      { 'src/pipeline/a.ts': `import type { Task } from '../worker/task.ts'` },
      { 'src/pipeline/a.ts': `import { type Task } from '../worker/task.ts'` },
    ],
  },
  {
    rule: 'a component does not import another component',
    check: importsBetweenComponents,
    files: src,
    bad: [
      { 'src/sources/a.ts': `import { b } from './b.ts'` },
      { 'src/sources/a.ts': `import { b } from './forward/b.ts'` },
      { 'src/sinks/forward/a.ts': `import { b } from '../file.ts'` },
      { 'src/redactor/actions/a.ts': `import { all } from './index.ts'` },
      { 'src/sinks/formats/a.ts': `import { b } from './b.ts'` },
    ],
    good: [
      { 'src/sources/index.ts': `import { b } from './b.ts'` },
      { 'src/sources/forward.ts': `import { b } from './forward/b.ts'` },
      { 'src/sources/forward/a.ts': `import { b } from './b.ts'` },
      { 'src/sinks/file.ts': `import { json } from './formats/json.ts'` },
    ],
  },
  {
    rule: 'an import names a file that is there',
    check: importsWithoutFile,
    files: src,
    bad: [{ 'src/core/a.ts': `import { b } from './b.js'`, 'src/core/b.ts': '' }],
    good: [{ 'src/core/a.ts': `import { b } from './b.ts'`, 'src/core/b.ts': '' }],
  },
  {
    rule: 'imports form no cycle',
    check: importCycles,
    files: src,
    bad: [
      { 'src/core/a.ts': `import './b.ts'`, 'src/core/b.ts': `import './c.ts'`, 'src/core/c.ts': `import './a.ts'` },
      { 'src/core/a.ts': `import type { B } from './b.ts'`, 'src/core/b.ts': `export * from './a.ts'` },
    ],
    good: [{ 'src/core/a.ts': `import './b.ts'; import './c.ts'`, 'src/core/b.ts': `import './c.ts'` }],
  },
  {
    rule: 'every file is imported, from the entries on',
    check: orphans,
    files: src,
    bad: [
      { 'src/cli/main.ts': '', 'src/core/a.ts': '' },
      { 'src/core/a.ts': `import './b.ts'`, 'src/core/b.ts': `import './a.ts'` },
    ],
    good: [{ 'src/cli/main.ts': `import '../core/a.ts'`, 'src/worker/entry.ts': '', 'src/core/a.ts': '' }],
  },
  {
    rule: `a file has at most ${FILE_LINES_MAX} lines`,
    check: longFiles,
    files: src,
    bad: [{ 'src/core/a.ts': '// line\n'.repeat(FILE_LINES_MAX + 1) }],
    good: [{ 'src/core/a.ts': '// line\n'.repeat(FILE_LINES_MAX) }],
  },
  {
    rule: `a line has at most ${LINE_COLUMNS_MAX} columns`,
    check: longLines,
    files: everything,
    bad: [{ 'src/core/a.ts': `// ${'x'.repeat(LINE_COLUMNS_MAX)}` }],
    good: [{ 'src/core/a.ts': 'x'.repeat(LINE_COLUMNS_MAX) }],
  },
  {
    rule: 'only cli writes to the console',
    check: consoleCalls,
    files: src,
    bad: [{ 'src/core/a.ts': `console.log('x')` }, { 'src/core/a.ts': `const { log } = console; console?.warn(1)` }],
    good: [{ 'src/cli/a.ts': `console.log('x')`, 'src/core/a.ts': `// console.log('x')\nconst a = 'console.log'` }],
  },
  {
    rule: 'no native RegExp runs on record bytes',
    check: nativeRegExps,
    files: src,
    bad: [
      { 'src/wire/a.ts': `const digits = /\\d+/` },
      { 'src/worker/a.ts': `const digits = new RegExp('[0-9]')` },
      { 'src/redactor/actions/a.ts': `'x'.replace(/x/g, '')` },
      { 'src/classifier/compile.ts': `export const isWord = (text: string) => /^\\w$/.test(text)` },
    ],
    good: [
      { 'src/wire/a.ts': `import RE2 from 're2'\nconst half = 4 / 2 / 1 // /no/` },
      { 'src/classifier/anchors.ts': `const braces = /{(\\d+)}/` },
      { 'src/cli/a.ts': `const digits = /\\d+/` },
    ],
  },
  {
    rule: 'wire and worker never decode JSON',
    check: jsonParses,
    files: src,
    bad: [{ 'src/worker/a.ts': `JSON.parse('1')` }, { 'src/wire/a.ts': `const parse = JSON.parse` }],
    good: [{ 'src/sinks/a.ts': `JSON.parse('1')`, 'src/wire/a.ts': `JSON.stringify(1)` }],
  },
  {
    rule: 'only core/clock.ts reads the time',
    check: clockReads,
    files: src,
    bad: [
      { 'src/sinks/a.ts': `Date.now()` },
      { 'src/pipeline/a.ts': `performance.now()` },
      { 'src/wire/a.ts': `new Date()` },
      { 'src/worker/a.ts': `process.hrtime.bigint()` },
    ],
    good: [{ 'src/core/clock.ts': `Date.now()`, 'src/cli/a.ts': `new Date()`, 'src/sinks/a.ts': `new Date(5)` }],
  },
  {
    rule: 'a component declares type, summary, settings and example',
    check: undeclaredComponents,
    files: src,
    bad: [
      { 'src/sources/a.ts': `export const a = { type: 'a', summary: 'A.', settings, create }` },
      { 'src/redactor/actions/a.ts': `export const a = { type: 'a', settings, example: {} }` },
    ],
    good: [{ 'src/sinks/s.ts': declared, 'src/sinks/s/socket.ts': '', 'src/sinks/index.ts': '' }],
  },
  {
    rule: `a component is listed in its folder's index`,
    check: unlistedComponents,
    files: src,
    bad: [
      { 'src/sinks/s.ts': declared, 'src/sinks/index.ts': `import { t } from './t.ts'` },
      { 'src/sinks/s.ts': declared, 'src/sinks/index.ts': `import type { s } from './s.ts'` },
      { 'src/classifier/detectors/cards.ts': '' },
    ],
    good: [{ 'src/sinks/s.ts': declared, 'src/sinks/index.ts': `import { s } from './s.ts'` }],
  },
]

describe.each(rules)('$rule', ({ check, files, bad, good }) => {
  it('holds', () => expect(check(files)).toEqual([]))
  it.each(bad)('would be noticed: %j', (example) => expect(check(filesOf(example))).not.toEqual([]))
  it.each(good)('leaves in peace: %j', (example) => expect(check(filesOf(example))).toEqual([]))
})

it('a file that does not parse is an error, not a pass', () => {
  expect(() => sourceFile('src/core/a.ts', 'const = 1')).toThrow('src/core/a.ts')
})

describe('the linter is trusted with the rest', () => {
  const long = `export function f(): void {\n${'  g()\n'.repeat(71)}}\n`

  it.each([
    ['noExcessiveLinesPerFunction', { 'src/core/a.ts': long }],
    ['noExplicitAny', { 'src/core/a.ts': 'export let a: any\n' }],
    ['noExplicitAny', { 'test/a.ts': 'export let a: any\n' }],
    ['noImportCycles', { 'src/a.ts': `import './b.ts'\n`, 'src/b.ts': `import './a.ts'\n` }],
  ])('%s is an error', (rule, example) => expect(complaintsOfLinter(example)).toContain(rule))

  it('a suite may be long', () => expect(complaintsOfLinter({ 'test/a.ts': long })).not.toContain('noExcessiveLines'))
})

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))

  it('names no registry', () => {
    const resolved = Object.entries<{ resolved?: string }>(lock.packages).filter(
      ([, one]) => one.resolved !== undefined,
    )
    expect(resolved).toEqual([])
  })
})

function filesOf(example: Example): SourceFile[] {
  return Object.entries(example).map(([path, text]) => sourceFile(path, text))
}

/** Errors only, from the project's own settings over a folder with nothing but the example. */
function complaintsOfLinter(example: Example): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-house-'))
  try {
    for (const [path, text] of Object.entries({ ...example, 'biome.json': readFileSync(join(ROOT, 'biome.json')) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const biome = join(ROOT, 'node_modules/.bin/biome')
    const { stdout, stderr } = spawnSync(biome, ['lint', '--diagnostic-level=error'], { cwd: folder })
    return `${stdout}${stderr}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
