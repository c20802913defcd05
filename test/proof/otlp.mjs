// The proof for OTLP, for anybody to run:
//
//   node test/proof/otlp.mjs [--records 100000] [--seed 2026] [--keep]
//
// Made-up records and telemetrygen's go through a real Collector, which sends them on by every protocol and
// compression that its exporters know, through a real `logveil run`, to a real Collector, which writes files. Meanwhile
// logveil is killed with SIGKILL and started again, and the Collector behind it is restarted. Then every record must be
// in the files, exactly as redacted. Twice is allowed, for delivery is at least once. Exit code 1 on any difference.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { otlpBatch } from '../../dist/cli/traffic/otlp.js'
import { builtCollector } from '../interop/collector/build.mjs'
import { expectations, rawIn } from './check.mjs'
import { Arrivals, GENERATED } from './otlp_arrivals.mjs'
import { OUTPUTS, Site } from './otlp_site.mjs'
import { Plan } from './plan.mjs'

/** How much of all may be under way: so that whatever is killed has something in its hands. */
const AHEAD_SHARE = 0.15
const POLL_MS = 100
/** No record for so long is not slowness. */
const STALL_MS = 120_000

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '2026' },
    keep: { type: 'boolean', default: false },
  },
})
const total = Number(values.records)
const folder = mkdtempSync(join(tmpdir(), 'logveil-proof-otlp-'))
const built = builtCollector()
if (!built) {
  say('FAIL  the OpenTelemetry Collector is not built: run `node test/interop/collector/build.mjs`, which needs Go')
  process.exit(1)
}
const { otelcol, telemetrygen } = built
const site = new Site(folder, otelcol)

async function prove() {
  await site.start()
  const generated = Math.max(10, Math.floor((total * 0.15) / site.lanes.length))
  const records = total - generated * site.lanes.length
  const options = { seed: Number(values.seed), share: 0.05 }
  const { needles } = expectations(new Plan(records, options, []))
  const paths = OUTPUTS.map((name) => join(folder, name))
  const names = site.lanes.map(({ name }) => name)
  const arrivals = new Arrivals(paths, { records, ...options }, names, needles)
  say(`${site.lanes.length} lanes: ${names.join(', ')}; files in ${folder}`)
  const began = performance.now()
  const sending = send(arrivals, records, options, generated)
  await watch(arrivals, sending)
  const seconds = (performance.now() - began) / 1000
  const exitCode = await site.stop()
  arrivals.read()
  say(`${count(arrivals.count)} of ${count(total)} records arrived in ${seconds.toFixed(1)} s; ${site.kills} kills`)
  return check(arrivals, needles, exitCode, generated)
}

/**
 * Each lane has its share of both kinds; resolves when the Collector in front has taken everything.
 * @param {Arrivals} arrivals @param {number} records @param {{ seed: number, share: number }} options
 * @param {number} generated
 */
async function send(arrivals, records, options, generated) {
  const { lanes } = site
  let sent = 0
  const generating = (async () => {
    for (const lane of lanes) await generate(lane, generated)
  })()
  let next = 0
  const lane = async (/** @type {import('./otlp_site.mjs').Lane} */ { port }) => {
    while (next < records) {
      const first = next
      const batch = requestAt(first, records, options)
      next += batch.records
      while (sent - arrivals.count > total * AHEAD_SHARE) await sleep(5)
      sent += batch.records
      await post(port, batch.bytes)
    }
  }
  await Promise.all([generating, ...lanes.map(lane)])
}

/** @param {number} first @param {number} records @param {{ seed: number, share: number }} options */
function requestAt(first, records, options) {
  return otlpBatch(first, 1, options, 'raw', Math.min(100, records - first))
}

/** @param {number} port @param {Uint8Array} bytes */
async function post(port, bytes) {
  const headers = { 'content-type': 'application/x-protobuf' }
  const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, { method: 'POST', headers, body: Buffer.from(bytes) })
  if (!answer.ok) throw new Error(`the Collector in front refuses a request: ${answer.status}`)
}

/** @param {import('./otlp_site.mjs').Lane} lane @param {number} logs */
async function generate({ name, port }, logs) {
  const { body, customer, owner } = GENERATED.raw
  const where = ['--otlp-http', '--otlp-insecure', '--otlp-endpoint', `127.0.0.1:${port}`, '--service', name]
  const what = [
    '--body',
    body,
    '--telemetry-attributes',
    `customer="${customer}"`,
    '--telemetry-attributes',
    'number=7',
  ]
  const args = ['logs', ...where, ...what, '--otlp-attributes', `owner="${owner}"`, '--rate', '0', '--logs', `${logs}`]
  await promisify(execFile)(telemetrygen, [...args, '--timeout', '60s'], { maxBuffer: 1 << 26 })
}

/**
 * What goes wrong on purpose, each at its part of the way.
 * @param {Arrivals} arrivals @param {Promise<void>} sending
 */
async function watch(arrivals, sending) {
  /** @type {[number, () => Promise<void>][]} */
  const troubles = [
    [0.15, () => site.killLogveil()],
    [0.35, () => site.restartBehind()],
    [0.5, () => site.killLogveil()],
    [0.8, () => site.killLogveil()],
  ]
  let failed = /** @type {unknown} */ (undefined)
  sending.catch((error) => {
    failed = error
  })
  let last = -1
  let moved_ms = performance.now()
  while (arrivals.count < total || troubles.length > 0) {
    arrivals.read()
    if (failed) throw failed
    if (troubles.length > 0 && arrivals.count >= total * troubles[0][0]) await troubles.shift()?.[1]()
    if (arrivals.count !== last) moved_ms = performance.now()
    // What is wrong never becomes right, and what is missing is found missing later.
    if (arrivals.wrong > 0) return
    if (performance.now() - moved_ms > STALL_MS) return
    last = arrivals.count
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${count(last)} of ${count(total)} records`)
    await sleep(POLL_MS)
  }
  await sending
}

/**
 * @param {Arrivals} arrivals @param {import('./needles.mjs').Needles} needles
 * @param {number | null} exitCode @param {number} generated records of telemetrygen on each lane
 */
function check(arrivals, needles, exitCode, generated) {
  const missing = total - arrivals.count
  const short = site.lanes.filter(({ name }) => arrivals.generated(name) !== generated).length
  const logRaw = needles.countIn(Buffer.from(site.log.join('\n')))
  const censusRaw = rawIn(join(folder, 'census.ndjson'), needles)
  const dropped = site.dropped().length
  const rows = /** @type {[string, number, boolean][]} */ ([
    ['missing', missing, missing === 0],
    ['not exactly as redacted', arrivals.wrong, arrivals.wrong === 0],
    ['lanes whose telemetrygen is not complete', short, short === 0],
    ['raw values: files', arrivals.raw, arrivals.raw === 0],
    ['raw values: census', censusRaw, censusRaw === 0],
    ['raw values: log', logRaw, logRaw === 0],
    ['half lines', arrivals.torn, arrivals.torn === 0],
    ['requests that the Collector in front dropped', dropped, dropped === 0],
    ['times that it sent a request again', site.retried(), site.retried() > 0],
    ['exit code of logveil', exitCode ?? -1, exitCode === 0],
    ['kills of logveil with records in its hands', site.kills, site.kills === 3],
    ['restarts of the Collector behind', site.restarts, site.restarts === 1],
  ])
  say(`looked for ${count(needles.size)} raw values; ${count(arrivals.again)} records arrived more than once`)
  for (const [name, value, good] of rows) say(`${good ? 'ok  ' : 'FAIL'}  ${name.padEnd(52)} ${count(value)}`)
  for (const line of [...arrivals.examples, ...site.dropped().slice(0, 3)]) say(`      ${line}`)
  return rows.every(([, , good]) => good) ? 0 : 1
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString('en')
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
process.exitCode = await prove().catch(async (error) => {
  say(`FAIL  ${error.message}`)
  for (const line of site.log.slice(-10)) say(`      ${line}`)
  await site.stop()
  return 1
})
if (!values.keep && process.exitCode === 0) rmSync(folder, { recursive: true, force: true })
