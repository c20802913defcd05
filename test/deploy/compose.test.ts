// The compose files: no engine runs them here, so each part is held to the tool that reads it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { filesIn, ROOT } from '../house/source.ts'
import { complaintsAbout, run } from './tools.ts'

interface Service {
  image?: string
  build?: { context: string; dockerfile: string }
  volumes?: string[]
  configs?: { source: string }[]
  depends_on?: string[] | Record<string, unknown>
  read_only?: boolean
}

interface Compose {
  services: Record<string, Service>
  volumes?: Record<string, unknown>
  configs?: Record<string, unknown>
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const files = filesIn('docker').filter((path) => /compose[^/]*\.yaml$/.test(path))

describe.each(files)('%s', (path) => {
  const compose = parse(read(path)) as Compose
  const base = path.includes('monitoring') ? (parse(read('docker/compose.yaml')) as Compose) : compose
  const services = { ...base.services, ...compose.services }
  if (base !== compose) services.logveil = { ...base.services.logveil, ...compose.services.logveil }

  it('mounts only what is there', () => {
    for (const { volumes = [] } of Object.values(compose.services)) {
      for (const [from] of volumes.map((volume) => volume.split(':'))) {
        if (from.startsWith('.')) expect(existsSync(join(ROOT, dirname(path), from)), from).toBe(true)
        else expect(Object.keys({ ...base.volumes, ...compose.volumes })).toContain(from)
      }
    }
  })

  it('names only services and configs that there are', () => {
    for (const { depends_on = {}, configs = [] } of Object.values(compose.services)) {
      for (const name of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on))
        expect(Object.keys(services)).toContain(name)
      for (const { source } of configs) expect(Object.keys(compose.configs ?? {})).toContain(source)
    }
  })

  it('pins every image that it does not build', () => {
    for (const [name, { image, build }] of Object.entries(services)) {
      if (build) expect(existsSync(join(ROOT, 'docker', build.context, build.dockerfile))).toBe(true)
      else expect(image, name).toMatch(/:v?\d+\.\d+/)
    }
  })

  it('has a logveil that can not write but where it must', () => {
    expect(services.logveil).toMatchObject({ read_only: true, tmpfs: ['/tmp'] })
  })
})

describe('settings of logveil in docker/', () => {
  const settings = filesIn('docker').filter((path) => path.endsWith('logveil.yaml'))

  it('are those of the image and of each compose file', () =>
    expect(settings.length).toBeGreaterThanOrEqual(files.length))

  it.each(settings)('%s loads', async (path) => {
    const written = read(path).replace(/\$\{file:[^}]*\}/g, 'a-token-of-twenty-letters')
    expect(await complaintsAbout(written, path)).toEqual([])
  })
})

describe('what runs beside it', () => {
  it.for(filesIn('docker/collector').filter((path) => path.endsWith('collector.yaml')))(
    'the Collector takes %s',
    (path, { skip }) => {
      expect(run(skip, 'otelcol', 'validate', '--config', join(ROOT, path))).toBe('')
    },
  )

  it('Prometheus takes its configuration', ({ skip }) => {
    const path = join(ROOT, 'docker/monitoring/prometheus.yaml')
    expect(run(skip, 'promtool', 'check', 'config', '--syntax-only', path)).toContain('SUCCESS')
  })
})
