// `logveil init`: what it writes is a config that loads, for every way in and every way out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, registries } from '../../src/settings/index.ts'
import { folderWith, logveil } from './binary.ts'

describe('init', () => {
  it.each(registries.sources.map(({ type }) => type))('writes a config for the source %s that loads', async (type) => {
    const { code, stdout } = await logveil(['init', '--source', type, '-o', '-'])
    expect(code).toBe(0)
    expect(await loadConfig(stdout, 'logveil.yaml')).toMatchObject({ ok: true, warnings: [] })
    expect(stdout).toContain(`    type: ${type}\n`)
  })

  it.each(registries.sinks.map(({ type }) => type))('writes a config for the sink %s that loads', async (type) => {
    const { stdout } = await logveil(['init', '--sink', type, '-o', '-'])
    const loaded = await loadConfig(stdout, 'logveil.yaml')
    if (!loaded.ok) expect(loaded.complaints).toEqual([])
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  it('writes the file, says what comes next, and does not overwrite', async () => {
    const folder = folderWith({})
    const first = await logveil(['init'], { cwd: folder })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain('next: logveil check logveil.yaml')
    expect((await logveil(['check', 'logveil.yaml'], { cwd: folder })).code).toBe(0)
    const written = readFileSync(join(folder, 'logveil.yaml'), 'utf8')
    const again = await logveil(['init', '--source', 'forward'], { cwd: folder })
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('logveil.yaml exists already')
    expect(readFileSync(join(folder, 'logveil.yaml'), 'utf8')).toBe(written)
    expect((await logveil(['init', '--force'], { cwd: folder })).code).toBe(0)
  })

  it('refuses a type that there is not', async () => {
    const { code, stderr } = await logveil(['init', '--source', 'forwrd'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no source type "forwrd" (did you mean "forward"?')
  })
})
