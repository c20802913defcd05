// The bench in so far as it can be wrong: its traffic holds what it says, its opponent does redact, and `--json` gives
// figures. No figure is held against a limit here: a test that measures time fails on a busy machine.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { usualOtlp } from '../../src/cli/bench/usual_otlp.ts'
import { usualForward, usualJson, usualText } from '../../src/cli/bench/usual_way.ts'
import { forwardBatch, jsonBatch } from '../../src/cli/traffic/encode.ts'
import { otlpBatch } from '../../src/cli/traffic/otlp.ts'
import { recordAt, TRAFFIC_SERVICES } from '../../src/cli/traffic/records.ts'
import { TRAFFIC_RULES } from '../../src/cli/traffic/secrets.ts'
import { defaultPolicy } from '../../src/settings/index.ts'
import { Inspector } from '../../src/worker/inspector.ts'
import { type Plain, requestPlain } from '../wire/otlp_schema.ts'

const main = fileURLToPath(new URL('../../dist/bundle/logveil.js', import.meta.url))
const options = { seed: 11, share: 0.5 }

describe('made-up traffic', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(recordAt(17, options)).toEqual(recordAt(17, options))
    expect(recordAt(17, options)).not.toEqual(recordAt(17, { ...options, seed: 12 }))
  })

  it('has every service, and something for every rule that it knows', () => {
    const records = Array.from({ length: 20_000 }, (_, number) => recordAt(number, options))
    expect(new Set(records.map(({ service }) => service))).toEqual(new Set(TRAFFIC_SERVICES))
    const rules = records.flatMap(({ secrets }) => secrets.map(({ rule }) => rule))
    expect(new Set(rules)).toEqual(new Set(TRAFFIC_RULES))
  })

  it('hides as often as it is told', () => {
    const share = 0.05
    const records = Array.from({ length: 20_000 }, (_, number) => recordAt(number, { seed: 1, share }))
    expect(records.filter(({ secrets }) => secrets.length > 0).length / records.length).toBeCloseTo(share, 1.7)
  })

  it('becomes exactly what each record says it must become, in JSON', async () => {
    const batch = jsonBatch(0, 1_000_000, options)
    const { bytes } = new Inspector(await defaultPolicy()).inspect('json', batch.bytes, batch.ends, 'app')
    const lines = Buffer.from(bytes).toString().trimEnd().split('\n')
    const wanted = lines.map((_, number) => JSON.stringify(recordAt(number, options, 'redacted').body))
    expect(lines).toEqual(wanted)
  })
})

describe('made-up traffic in OTLP', () => {
  it('is what another implementation reads, with times, resource, body and attributes', () => {
    const { bytes, ends, records } = otlpBatch(0, 100_000, options)
    const logs = requestPlain(bytes.subarray(0, ends[0])).resourceLogs
    expect(records).toBe(ends.length * 200)
    expect(logs.flatMap(({ scopeLogs }: Plain) => scopeLogs[0].logRecords)).toHaveLength(200)
    expect(logs[0]).toMatchObject({
      resource: { attributes: expect.arrayContaining([{ key: 'service.name', value: expect.anything() }]) },
      scopeLogs: [{ logRecords: expect.arrayContaining([expect.objectContaining({ body: expect.anything() })]) }],
    })
  })

  it('becomes exactly what each record says it must become', async () => {
    const batch = otlpBatch(0, 1_000_000, options)
    const { bytes } = new Inspector(await defaultPolicy()).inspect('otlp', batch.bytes, batch.ends, 'app')
    const wanted = otlpBatch(0, 1_000_000, options, 'redacted').bytes
    expect(Buffer.compare(bytes, wanted.subarray(0, bytes.length))).toBe(0)
  })
})

describe('the usual way, which the core is compared with', () => {
  const secrets = (records: number) =>
    Array.from({ length: records }, (_, number) => recordAt(number, options))
      .flatMap((record) => record.secrets)
      .filter(({ rule }) => ['email', 'jwt', 'github_token', 'payment_card', 'us_ssn'].includes(rule))
      .filter(({ value, redacted }) => value !== redacted && Number.isNaN(Number(redacted)))

  it.each([
    ['JSON', () => jsonBatch(0, 200_000, options), usualJson],
    ['forward', () => forwardBatch(0, 200_000, options), usualForward],
    ['text', () => jsonBatch(0, 200_000, options), usualText],
    ['OTLP', () => otlpBatch(0, 200_000, options), usualOtlp],
  ])('does redact %s', (_name, make, usual) => {
    const batch = make()
    const output = Buffer.from(usual(batch.bytes, batch.ends)).toString('latin1')
    const values = secrets(batch.records)
    expect(values.length).toBeGreaterThan(20)
    expect(values.filter(({ value }) => output.includes(value))).toEqual([])
  })
})

it('bench --json writes every figure as name, value and unit', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'logveil-bench-test-')), 'figures.json')
  const text = execFileSync(process.execPath, [main, 'bench', '--quick', '--only', 'start', '--json', file])
  expect(text.toString()).toContain('Cold start')
  const figures: unknown[] = JSON.parse(readFileSync(file, 'utf8'))
  expect(figures).toContainEqual({ name: 'cold_start_ms', value: expect.any(Number), unit: 'ms' })
})
