// `logveil list` and `logveil schema`: what there is to configure.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registries } from '../../src/settings/index.ts'
import { ROOT } from '../house/source.ts'
import { logveil } from './binary.ts'

describe('list', () => {
  it('names every component and detector', async () => {
    const { code, stdout } = await logveil(['list'])
    expect(code).toBe(0)
    const components = [...registries.sources, ...registries.sinks, ...registries.actions]
    for (const { type, summary } of components)
      expect(stdout).toMatch(new RegExp(`^  ${type} +${summary.slice(0, 9)}`, 'm'))
    for (const { id } of registries.detectors) expect(stdout).toMatch(new RegExp(`^  ${id} `, 'm'))
  })

  it('shows the settings of both the source and the sink of a name', async () => {
    const { stdout } = await logveil(['list', 'forward'])
    expect(stdout).toMatch(/^source forward: /m)
    expect(stdout).toMatch(/^sink forward: /m)
    expect(stdout).toMatch(/^ {2}listen +text +"127\.0\.0\.1:24224" +Where to listen/m)
    expect(stdout).toMatch(/^ {2}tls\.cert +text +required /m)
    expect(stdout).toContain('Example\n  sources:\n    app:\n      type: forward\n')
  })

  it('shows how a detector tells what it finds', async () => {
    const { stdout } = await logveil(['list', 'iban'])
    expect(stdout).toContain('defined by  ISO 13616-1')
  })

  it('prints objects with --json', async () => {
    const everything = JSON.parse((await logveil(['list', '--json'])).stdout)
    expect(everything.detectors).toHaveLength(registries.detectors.length)
    const files = JSON.parse((await logveil(['list', 'file', '--json'])).stdout)
    expect(files).toMatchObject([
      { kind: 'source', type: 'file' },
      { kind: 'sink', type: 'file' },
    ])
    expect(files[1].settings[0]).toMatchObject({ name: 'path', required: true })
  })

  it('refuses a name that nothing has', async () => {
    const { code, stderr } = await logveil(['list', 'forwrd'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no "forwrd"')
  })
})

describe('schema', () => {
  it('is the file that ships', async () => {
    const { stdout } = await logveil(['schema'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(ROOT, 'config/schema.json'), 'utf8')))
  })
})
