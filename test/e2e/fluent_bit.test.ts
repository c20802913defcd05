// What a real Fluent Bit 5.1.1 sent (test/fixtures/fluent-bit), through the settings of the README, to the files.
import { mkdtempSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeMulti } from '@msgpack/msgpack'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { loadConfig } from '../../src/settings/index.ts'

const CAPTURES = new URL('../fixtures/fluent-bit/', import.meta.url)
const SECRETS =
  /jane\.doe|4111 ?1111|4111111111111111|hunter2|bob\d+@|S3cr3t|5555555555554444|123-45-6789|@example\.com/

interface Outcome {
  stored: string
  census: Record<string, unknown>[]
  acks: number
}

/** Sends the bytes of one connection, waits for its acks and then for `lines` lines, and stops the pipeline. */
async function replay(capture: string, acks: number, lines: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-e2e-'))
  const [stored, census] = [join(folder, 'logs.ndjson'), join(folder, 'census.ndjson')]
  const loaded = await loadConfig(
    `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ${stored} }
  counts: { type: file, inputs: [census], path: ${census} }
policy:
  packs: [default]
admin: false
`,
    'test.yaml',
  )
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
  const running = await startPipeline(loaded.plan, { logger: pino({ level: 'silent' }) })
  const [host, port] = (running.addresses.get('app')?.[0] ?? '').split(':')
  const socket = connect(Number(port), host)
  const answers: Buffer[] = []
  socket.on('data', (data) => answers.push(data))
  socket.write(readFileSync(new URL(capture, CAPTURES)))
  const until = Date.now() + 20_000
  const counted = () => ({
    acks: [...decodeMulti(Buffer.concat(answers))].length,
    lines: readFileSync(stored, 'utf8').split('\n').length - 1,
  })
  while ((counted().acks < acks || counted().lines < lines) && Date.now() < until) await sleep(20)
  socket.destroy()
  expect(await running.stop()).toMatchObject({ undelivered_bytes: 0 })
  const events = readFileSync(census, 'utf8').trim().split('\n')
  return { stored: readFileSync(stored, 'utf8'), census: events.map((line) => JSON.parse(line)), acks: counted().acks }
}

/** The input, redacted by hand: what the values are is known. */
function expectedBodies(): { body: Record<string, unknown>; big: string }[] {
  const input = readFileSync(new URL('input.jsonl', CAPTURES), 'utf8').trim().split('\n')
  return input.map((line) => {
    const body = JSON.parse(line)
    body.msg = body.msg
      .replace(/user=\S+@example\.com/, 'user=[REDACTED:email]')
      .replace('4111 1111 1111 1111', '***************1111')
    if (body.log) {
      body.log = body.log
        .replace(/hunter2-\d+/, '[REDACTED:password_field]')
        .replace(/bob\d+@example\.org/, '[REDACTED:email]')
    }
    const big = /"big": (\d+)/.exec(line)?.[1] ?? ''
    return { body, big }
  })
}

describe('a real Fluent Bit', () => {
  it.each([
    ['default.bin', 0],
    ['ack.bin', 1],
    ['gzip.bin', 1],
    ['time-as-integer.bin', 0],
    ['no-metadata.bin', 0],
    ['message.bin', 0],
  ])('%s: every record is stored once, redacted, and counted', async (capture, acks) => {
    const outcome = await replay(capture, acks, 400)
    expect(outcome.stored).not.toMatch(SECRETS)
    expect(JSON.stringify(outcome.census)).not.toMatch(SECRETS)
    expect(outcome.acks).toBeGreaterThanOrEqual(acks)
    const stored = outcome.stored.trim().split('\n')
    const expected = expectedBodies()
    expect(stored).toHaveLength(expected.length)
    stored.forEach((line, i) => {
      expect(JSON.parse(line).body).toEqual(expected[i].body)
      // JSON.parse rounds 64-bit integers; the bytes do not.
      expect(line).toContain(`"big":${expected[i].big}`)
    })
    const findings = outcome.census.filter(({ event }) => event === 'finding')
    const total = (rule: string) =>
      findings.filter((row) => row.rule === rule).reduce((sum, row) => sum + Number(row.matches), 0)
    const withCard = expected.filter(({ body }) => String(body.msg).includes('****')).length
    const withLog = expected.filter(({ body }) => body.log).length
    expect(total('payment_card')).toBe(withCard)
    expect(total('password_field')).toBe(withLog)
    expect(total('email')).toBe(withCard + withLog)
    const seen = outcome.census.filter(({ event }) => event === 'coverage')
    expect(seen.reduce((sum, row) => sum + Number(row.records_seen), 0)).toBe(400)
    expect(new Set(seen.map((row) => row.service))).toEqual(
      new Set(expected.map(({ body }) => (body.service === 'payments' ? 'checkout' : body.service))),
    )
  })

  it('otlp-group-markers.bin: resource, scope and attributes are redacted, and belong to their records', async () => {
    const outcome = await replay('otlp-group-markers.bin', 1, 1)
    expect(outcome.stored).not.toMatch(SECRETS)
    const records = outcome.stored
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records[0].resource.attributes['service.name']).toBe('checkout')
    expect(records[0].scope.attributes.owner).toBe('[REDACTED:email]')
    expect(records[0].severity_text).toBe('INFO')
    const input = JSON.parse(readFileSync(new URL('otlp-input.json', CAPTURES), 'utf8'))
    const services = input.resourceLogs.map(
      (one: { resource: { attributes: { value: { stringValue: string } }[] } }) =>
        one.resource.attributes[0].value.stringValue,
    )
    const seen = outcome.census.filter(({ event }) => event === 'coverage').map((row) => row.service)
    expect(new Set(seen)).toEqual(new Set(services))
  })
})
