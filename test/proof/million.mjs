// The proof of the main job, for anybody to run:
//
//   node test/proof/million.mjs [--records 1000000] [--seed 2026] [--keep]
//
// Real clients and a bulk sender deliver made-up records with acknowledgements through a real `logveil run`, while the
// server behind it is restarted and worker threads are killed. Then every byte that came out is held against what went
// in. Exit code 1 when anything is missing, raw, wrong or miscounted.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chunksOf } from '../../dist/cli/traffic/encode.js'
import { Receiver } from '../../dist/cli/traffic/receiver.js'
import { Sender } from '../../dist/cli/traffic/sender.js'
import { checkCensus, checkForwarded, checkStored, expectations, Ledger, rawIn } from './check.mjs'
import { fluentLogger, fluentOrgLogger } from './clients.mjs'
import { startLogveil } from './process.mjs'
import { Troubles } from './troubles.mjs'

/** Of all records, what each of the slower real clients sends. */
const CLIENT_SHARE = 0.05
const CHUNK_BYTES = 128 * 1024
const WINDOW_MAX = 32

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '2026' },
    keep: { type: 'boolean', default: false },
  },
})
const records = Number(values.records)
/** Chunks under way: so few that a batch that lost its worker is through before the next kill, else it fails closed. */
const window = Math.min(WINDOW_MAX, Math.ceil(records / 2500))
const options = { seed: Number(values.seed), share: 0.05 }
const folder = mkdtempSync(join(tmpdir(), 'logveil-proof-'))

async function prove() {
  const forwarded = join(folder, 'forwarded.bin')
  const file = openSync(forwarded, 'w')
  const receiver = new Receiver({ onMessage: (message) => void writeSync(file, message) })
  await receiver.open()
  const logveil = await startLogveil(folder, receiver.port)
  say(`logveil takes data on port ${logveil.port}; files in ${folder}`)
  const began = performance.now()
  const troubles = new Troubles(records, receiver, logveil)
  const resent = await deliver(logveil.port, troubles)
  const seconds = (performance.now() - began) / 1000
  await troubles.over()
  const exitCode = await logveil.stop()
  await receiver.close()
  closeSync(file)
  say(`${count(records)} records acknowledged in ${seconds.toFixed(1)} s; checking`)
  return check(forwarded, logveil.log, resent, exitCode, troubles)
}

/**
 * Resolves with the number of chunks that the bulk sender had to send again.
 * @param {number} port @param {Troubles} troubles
 */
async function deliver(port, troubles) {
  const each = Math.floor(records * CLIENT_SHARE)
  const done = (/** @type {number} */ delivered) => troubles.progress(delivered)
  const [, , resent] = await Promise.all([
    fluentLogger({ port, from: 0, to: each, options, done }),
    fluentOrgLogger({ port, from: each, to: 2 * each, options, done }),
    bulk(port, 2 * each, done),
  ])
  return resent
}

/** @param {number} port @param {number} from @param {(records: number) => void} done */
async function bulk(port, from, done) {
  const sender = new Sender({ host: '127.0.0.1', port }, 'proof')
  sender.start()
  const carriers = /** @type {const} */ (['packed', 'gzip', 'forward'])
  const carrier = (/** @type {number} */ chunk) => carriers[chunk % carriers.length]
  for (const chunk of chunksOf(from, records, options, carrier, CHUNK_BYTES)) {
    sender.send(chunk).then(() => done(chunk.records))
    do await sleep(0)
    while (sender.unacknowledged >= window)
  }
  while (sender.unacknowledged > 0) await sleep(5)
  sender.close()
  return sender.resent.size
}

/**
 * @param {string} forwarded
 * @param {readonly string[]} log
 * @param {number} resentByClient
 * @param {number | null} exitCode
 * @param {Troubles} troubles
 */
function check(forwarded, log, resentByClient, exitCode, troubles) {
  const { needles, counts } = expectations(records, options)
  const stored = new Ledger(records, options)
  const storedRaw = checkStored(folder, stored, needles)
  const sent = new Ledger(records, options)
  const forward = checkForwarded(forwarded, sent, needles)
  const census = checkCensus(join(folder, 'census.ndjson'), counts)
  const censusRaw = rawIn(join(folder, 'census.ndjson'), needles)
  const logRaw = needles.countIn(Buffer.from(log.join('\n')))
  const killed = log.filter((line) => /"event":"worker_(lost|died)"/.test(line)).length
  const rows = /** @type {[string, number, boolean][]} */ ([
    ['stored: missing', stored.missing, stored.missing === 0],
    ['stored: not exactly as redacted', stored.wrong, stored.wrong === 0],
    ['stored: twice', stored.again, stored.again === 0 || resentByClient > 0],
    ['forwarded: missing', sent.missing, sent.missing === 0],
    ['forwarded: not exactly as redacted', sent.wrong, sent.wrong === 0],
    ['forwarded: twice, in chunks that were not repeated', sent.again, sent.again === 0 || resentByClient > 0],
    ['raw values: stored', storedRaw, storedRaw === 0],
    ['raw values: forwarded', forward.raw, forward.raw === 0],
    ['raw values: census', censusRaw, censusRaw === 0],
    ['raw values: log', logRaw, logRaw === 0],
    ['census: service × rule that differ', census.length, census.length === 0 || resentByClient > 0],
    ['exit code of logveil', exitCode ?? -1, exitCode === 0],
    ['workers that were killed, and noticed', killed, killed > 0],
  ])
  say(`looked for ${count(needles.size)} raw values; ${count(forward.chunks)} chunks forwarded`)
  say(`troubles: receiver restarted ${troubles.restarts} times, ${troubles.kills} workers killed`)
  say(`chunks sent again: by the client ${resentByClient}, by logveil after a restart ${forward.resent}`)
  for (const [name, value, good] of rows) say(`${good ? 'ok  ' : 'FAIL'}  ${name.padEnd(52)} ${count(value)}`)
  for (const line of [...stored.examples, ...sent.examples, ...census.slice(0, 20)]) say(`      ${line}`)
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

process.exitCode = await prove()
if (!values.keep && process.exitCode === 0) rmSync(folder, { recursive: true, force: true })
