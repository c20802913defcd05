// The README's way to point a Collector at logveil, tried as it is written there but for the ports.
import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'
import { heapLogger } from '../pipeline/kit.ts'
import { collector, startCollector, telemetrygen } from './collector/process.ts'
import { freePort } from './free_port.mjs'

const GUIDE = readFileSync(new URL('../../docs/guides/collector.md', import.meta.url), 'utf8')
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const SECTION = README.slice(README.indexOf('## Point your Collector at it'))
const QUIET = { metrics: { level: 'none' } }

/** The first block of the section with this mark. */
function block(mark: string): string {
  const [, text] = new RegExp(`\`\`\`${mark}\\n([^]*?)\`\`\``).exec(SECTION) ?? []
  return text ?? ''
}

it('the guide says the same as the README', () => {
  expect(GUIDE).toContain(`\`\`\`yaml collector\n${block('yaml collector')}\`\`\``)
})

it.skipIf(!collector())(
  'the README points a Collector at logveil',
  async () => {
    const ports: Record<string, number> = { 4317: await freePort(), 4318: await freePort(), 14317: await freePort() }
    const placed = (text: string) => text.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${ports[port]}`)
    const backend = await startCollector({
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${ports[14317]}` } } } },
      exporters: { file: { path: '${env:FOLDER}/out.json' } },
      service: { telemetry: QUIET, pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } } },
    })
    const loaded = await loadConfig(placed(block('yaml')), 'logveil.yaml')
    if (!loaded.ok) throw new Error(loaded.complaints[0].message)
    const pipeline = await startPipeline({ ...loaded.plan, admin: null }, { logger: heapLogger().logger })
    onTestFinished(() => pipeline.stop(true).then(() => {}))
    const entrance = await freePort()
    const front = await startCollector({
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${entrance}` } } } },
      ...parse(placed(block('yaml collector'))),
      service: { telemetry: QUIET, pipelines: { logs: { receivers: ['otlp'], exporters: ['otlp'] } } },
    })
    const endpoint = ['--otlp-insecure', '--otlp-endpoint', `127.0.0.1:${entrance}`]
    await telemetrygen('logs', ...endpoint, '--logs', '5', '--rate', '0', '--body', 'paid with 4111 1111 1111 1111')
    await front.stop()
    expect(await pipeline.stop()).toMatchObject({ delivered: true })
    await backend.stop()
    const text = JSON.stringify(backend.lines('out.json'))
    expect(text.split('paid with ***************1111')).toHaveLength(6)
    expect(text).not.toContain('4111 1111')
  },
  60_000,
)
