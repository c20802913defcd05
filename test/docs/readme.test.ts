// What the pages say is so: what they show at a terminal, what they link to, and what they take from the program.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodesHelp } from '../../src/cli/exits.ts'
import { allCommands } from '../../src/cli/program.ts'
import { ERRORS } from '../../src/core/errors.ts'
import { METRICS } from '../../src/pipeline/metric_table.ts'
import { defaultPolicy, jsonSchema, registries } from '../../src/settings/index.ts'
import * as rows from '../../src/settings/rows.ts'
import * as formats from '../../src/sinks/formats/index.ts'
import { pages } from '../../tools/docs/pages.mjs'
import { logveil } from '../cli/binary.ts'
import { fencedBlocks, shownPages } from '../house/configs.ts'
import { filesIn, ROOT } from '../house/source.ts'
import { fits, played, stepsOf } from './console.ts'

describe('what is shown at a terminal', () => {
  const shown = shownPages().flatMap(({ path, text }) => fencedBlocks(path, text, 'console'))

  it('is there', () => expect(shown).not.toEqual([]))

  it.each(shown)(
    '$name goes like that',
    async ({ text }) => {
      const steps = stepsOf(text)
      const results = await played(steps)
      results.forEach(({ command, printed }, at) => {
        // The whole block, so that a difference reads like the page.
        if (!fits(printed, steps[at].shown))
          expect([`$ ${command}`, ...printed]).toEqual([`$ ${command}`, ...steps[at].shown])
      })
    },
    180_000,
  )

  it('runs the built command, in a folder of its own', async () => {
    const [version, files] = await played(stepsOf('$ npx logveil --version\n$ ls'))
    expect(version.printed).toEqual([expect.stringMatching(/^logveil \d+\.\d+\.\d+/)])
    expect(files.printed).toEqual([])
  })

  it.each([
    ['the same', ['a', 'b'], ['a', 'b'], true],
    ['another line', ['a', 'b'], ['a', 'c'], false],
    ['a line more', ['a', 'b'], ['a'], false],
    ['a line less', ['a'], ['a', 'b'], false],
    ['an open end', ['a 12', 'b'], ['a …', 'b'], true],
    ['another beginning', ['b 12'], ['a …'], false],
    ['lines left out', ['a', 'x', 'y', 'b'], ['a', '…', 'b'], true],
    ['no line left out', ['a', 'b'], ['a', '…', 'b'], true],
    ['lines left out at the end', ['a', 'x'], ['a', '…'], true],
    ['what comes after those left out', ['a', 'x'], ['a', '…', 'b'], false],
  ])('%s is compared rightly', (_name, printed, block, same) => expect(fits(printed, block)).toBe(same))
})

describe('pages made from the program', async () => {
  const schema = JSON.parse(JSON.stringify(jsonSchema()))
  const policy = await defaultPolicy()
  const made = pages({
    schema,
    errors: ERRORS,
    metrics: METRICS,
    detectors: registries.detectors,
    policy,
    rows,
    formats,
    commands: await allCommands(),
    exitCodes: exitCodesHelp(),
  })

  it.each(Object.entries(made))('%s is up to date (else: npm run docs)', (path, text) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text)
  })

  it('name every detector, error and kind of component', () => {
    for (const { id } of registries.detectors) expect(made['docs/detectors.md']).toContain(`| \`${id}\` |`)
    for (const code of Object.keys(ERRORS)) expect(made['docs/errors.md']).toContain(`| \`${code}\` |`)
    const { sources, sinks, actions } = registries
    for (const { type } of [...sources, ...sinks, ...actions])
      expect(made['docs/settings.md']).toContain(`### \`${type}\``)
  })

  it('list no error that nothing raises', () => {
    const texts = filesIn('src')
      .filter((path) => path !== 'src/core/errors.ts')
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    const unused = Object.keys(ERRORS).filter((code) => !texts.some((text) => text.includes(`'${code}'`)))
    expect(unused).toEqual([])
  })
})

describe('links', () => {
  const linked = [...shownPages(), ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].map(read)]

  it.each(linked)('of $path lead somewhere', ({ path, text }) => {
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target)
    const local = targets.filter((target) => !/^[a-z]+:/.test(target))
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([])
  })

  it('to each page in docs are in the README', () => {
    const readme = read('README.md').text
    expect(filesIn('docs').filter((path) => path.endsWith('.md') && !readme.includes(`](${path})`))).toEqual([])
  })
})

function read(path: string): { path: string; text: string } {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

describe('the cookbook', () => {
  const recipes = filesIn('docs/cookbook')

  it('has at least twenty recipes', () => expect(recipes.length).toBeGreaterThanOrEqual(20))

  it('does what its cases say', async () => {
    const { code, stdout, stderr } = await logveil(['policy', 'test', ...recipes], { cwd: ROOT })
    expect(stdout).not.toContain('FAIL')
    expect([code, stderr]).toEqual([0, ''])
  }, 120_000)

  it.each(recipes)('%s says first what it is for', (path) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toMatch(/^# [A-Z].*\./)
  })
})
