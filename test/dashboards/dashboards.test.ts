// Dashboards and alerting rules as data: they name metrics and fields that there are, and a real Prometheus that
// scrapes a real pipeline answers every question that they ask.
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startAdmin } from '../../src/cli/admin.ts'
import { ALERTS } from '../../src/core/plan.ts'
import type { AlertEvent, CoverageEvent, FindingEvent, SiemEvent } from '../../src/core/siem_event.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { METRICS } from '../../src/pipeline/metric_table.ts'
import { rendered } from '../../src/sinks/formats/index.ts'
import { available } from '../interop/forward/run.ts'
import { freePort } from '../interop/free_port.mjs'
import {
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
} from '../pipeline/kit.ts'

const ROOT = new URL('../../config/dashboards/', import.meta.url).pathname
const RULES = ['recording.yaml', 'alerts.yaml'].map((file) => join(ROOT, 'prometheus', file))
const BOARDS = readdirSync(join(ROOT, 'grafana')).map((file) => join(ROOT, 'grafana', file))
const hasPrometheus = available('promtool', ['--version'], 'prometheus')
const textOf = (file: string) => readFileSync(file, 'utf8')

/** Everything that the dashboards ask Prometheus, as Grafana would ask it. */
function questions(): string[] {
  const boards = BOARDS.map((file) => JSON.parse(textOf(file)))
  const asked = boards.flatMap(({ panels, annotations }) => [
    ...panels.flatMap(({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr)),
    ...annotations.list.map(({ expr }: { expr: string }) => expr),
  ])
  const filled = { $__rate_interval: '10s', $__range: '1h', $job: '.*', $service: '.*', $instance: '.*' }
  return asked.map((expr: string) =>
    Object.entries(filled).reduce((text, [name, value]) => text.replaceAll(name, value), expr),
  )
}

describe('what they name', () => {
  it('is a metric that there is', () => {
    const known = new Set(Object.keys(METRICS))
    for (const file of [...RULES, ...BOARDS]) {
      for (const [name] of textOf(file).matchAll(/(?<![:\w])(?:logveil|process)_[a-z_]+(?=[{[ )"])/g)) {
        if (/^logveil_(recording|process|data)$/.test(name)) continue
        expect(known, `${name} in ${file}`).toContain(name.replace(/_bucket$/, ''))
      }
    }
  })

  const head = {
    schema: 1,
    id: 'c0ffee',
    instance: 'a',
    run: 'r',
    seq: 1,
    version: '0',
    policy_version: 'v',
    service: 's',
    source: 'app',
  }
  const times = { window_start: '', window_end: '', first_seen: '', last_seen: '' }
  const finding: FindingEvent = {
    ...{ event: 'finding', ...head, ...times, rule: 'r', rule_version: '1', category: 'c', severity: 'high' },
    ...{ confidence: {}, action: 'mask', matches: 1, records: 1, paths: ['p'] },
  }
  const coverage: CoverageEvent = {
    ...{ event: 'coverage', ...head, ...times, records_seen: 1, records_affected: 1, records_dropped: 0, clean: 0 },
    ...{ failures: {}, not_inspected: 0, over_budget: 0, undecodable: 0 },
  }
  const alert: AlertEvent = {
    ...{ event: 'alert', ...head, ...times, alert: 'a', title: 't', severity: 'high', category: 'c', kind: 'count' },
    ...{ observed: 1, threshold: 1, response: 'drop', until: '' },
  }
  const events: SiemEvent[] = [finding, coverage, alert]

  it('is a field of events in ECS', () => {
    const fields = new Set(events.flatMap((event) => paths(rendered(event, 'ecs') as object)))
    const objects = textOf(join(ROOT, 'elastic', 'saved_objects.ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const searches = objects.filter(({ type }) => type === 'search')
    expect(searches.length).toBeGreaterThan(2)
    for (const { attributes } of searches) {
      const { query } = JSON.parse(attributes.kibanaSavedObjectMeta.searchSourceJSON)
      const asked = [...query.query.matchAll(/([\w.]+) ?(?::|>=)/g)].map(([, field]) => field)
      expect(asked.length).toBeGreaterThan(0)
      for (const field of [...asked, ...attributes.columns]) expect(fields).toContain(field)
    }
  })

  it('is a field of events as they are', () => {
    const searches = [...textOf(join(ROOT, 'splunk', 'savedsearches.conf')).matchAll(/^search = (.*)$/gm)].map(
      ([, text]) => text,
    )
    expect(searches.length).toBeGreaterThan(4)
    const fields = new Set(events.flatMap((event) => Object.keys(event)))
    for (const search of searches) {
      const made = [...search.matchAll(/(?: as |eval )(\w+)/g)].map(([, name]) => name)
      const asked = [
        ...[...search.matchAll(/(?:sum|min|max|dc|values)\((\w+)/g)].map(([, name]) => name),
        ...[...search.matchAll(/ (?:by|table) ([\w, ]+?)(?= \||$| limit)/g)].flatMap(([, names]) =>
          names.split(/,? +/),
        ),
        ...[...search.matchAll(/(\w+)(?:!=|=|>)[\w*]/g)].map(([, name]) => name),
      ]
      const others = new Set([...made, '_time', 'index', 'sourcetype', 'span', 'limit'])
      for (const name of asked) if (!others.has(name)) expect(fields, `${name} in ${search}`).toContain(name)
    }
  })
})

function paths(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? paths(inner, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  )
}

describe.skipIf(!hasPrometheus)('Prometheus', () => {
  it('finds the rules well formed, and they fire when they should', () => {
    const folder = temporaryFolder()
    for (const file of RULES) copyFileSync(file, join(folder, file.split('/').at(-1) ?? ''))
    copyFileSync(new URL('./rules.test.yaml', import.meta.url), join(folder, 'rules.test.yaml'))
    const promtool = (...args: string[]) => execFileSync('promtool', args, { cwd: folder, stdio: 'pipe' }).toString()
    expect(promtool('check', 'rules', 'recording.yaml', 'alerts.yaml')).not.toContain('FAILED')
    expect(promtool('test', 'rules', 'rules.test.yaml')).toContain('SUCCESS')
  }, 120_000)

  it('scrapes a pipeline and answers all that the dashboards ask', async () => {
    const { address, log } = await pipeline()
    const port = await prometheus(address)
    const ask = async (query: string) => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
      return (await (await fetch(url)).json()) as {
        status: string
        error?: string
        data: { result: { metric: object }[] }
      }
    }
    // Rates need two scrapes with something between them.
    await log()
    const seen = 'sum(rate(logveil_findings_by_category_total[10s])) > 0'
    await eventually(async () => {
      await log()
      return (await ask(seen)).data?.result?.length === 1
    })
    const empty: string[] = []
    for (const query of questions()) {
      const answer = await ask(query)
      expect(answer.status, `${query}: ${answer.error}`).toBe('success')
      if (answer.data.result.length === 0) empty.push(query)
    }
    // Nothing failed, nobody reads Kafka and no rule has fired for longer than the first scrape.
    for (const query of empty) expect(query).toMatch(/records_failed|kafka|alerts_total|tightenings/)
    const heat = await ask('sum by (service, category) (logveil_findings_by_category_total)')
    expect(heat.data.result.map(({ metric }) => metric)).toEqual([
      { service: 'pay', category: 'secret' },
      { service: 'web', category: 'secret' },
    ])
  }, 120_000)
})

async function pipeline(): Promise<{ address: string; log(): Promise<void> }> {
  const source = new HandSource()
  const sinks = [plannedSink('store', new HeapSink(), ['app']), plannedSink('siem', new HeapSink(), [ALERTS], false)]
  const running = await startPipeline(makePlan([plannedSource('app', source)], sinks), {
    workerUrl: OBEDIENT,
    logger: heapLogger().logger,
  })
  onTestFinished(() => void running.stop(true))
  const admin = await startAdmin({ listen: '127.0.0.1:0' }, { running })
  onTestFinished(() => admin.close())
  const log = () => source.deliver(lines('app', 'svc=pay SECRET SECRET', 'svc=web SECRET', 'svc=web fine'))
  return { address: admin.address, log }
}

async function prometheus(target: string): Promise<number> {
  const folder = temporaryFolder()
  const port = await freePort()
  mkdirSync(join(folder, 'rules'))
  for (const file of RULES) copyFileSync(file, join(folder, 'rules', file.split('/').at(-1) ?? ''))
  const config = `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${folder}/rules/*.yaml]
scrape_configs: [{ job_name: logveil, static_configs: [{ targets: ['${target}'] }] }]
`
  writeFileSync(join(folder, 'prometheus.yaml'), config)
  const flags = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`]
  const child = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  await eventually(isReady)
  return port
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 200))
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-dashboards-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
