// The proof of the main job, for anybody to run:
//
//   node test/proof/million.mjs [--records 1000000] [--seed 2026] [--keep]
//
// Real clients and a bulk sender deliver made-up records through a real `logveil run`, with acknowledgements where the
// client knows them, while the server behind it is restarted and worker threads are killed. Then every byte that came
// out is held against what went in. Exit code 1 when anything is missing, raw, wrong or miscounted. A client that is
// not installed is said aloud; with CI=true it is a failure.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chunksOf } from '../../dist/cli/traffic/encode.js'
import { Receiver } from '../../dist/cli/traffic/receiver.js'
import { Sender } from '../../dist/cli/traffic/sender.js'
import { checkCensus, checkForwarded, checkStored, expectations, Ledger, rawIn } from './check.mjs'
import { installedClients, runClient } from './clients.mjs'
import { Plan } from './plan.mjs'
import { startLogveil } from './process.mjs'
import { Progress } from './progress.mjs'
import { Troubles } from './troubles.mjs'

const CHUNK_BYTES = 128 * 1024
const WINDOW = 32

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '2026' },
    keep: { type: 'boolean', default: false },
  },
})
const records = Number(values.records)
const options = { seed: Number(values.seed), share: 0.05 }
const folder = mkdtempSync(join(tmpdir(), 'logveil-proof-'))

async function prove() {
  const clients = installedClients(folder, say)
  const plan = new Plan(records, options, clients)
  const forwarded = join(folder, 'forwarded.bin')
  const file = openSync(forwarded, 'w')
  const receiver = new Receiver({ onMessage: (message) => void writeSync(file, message) })
  await receiver.open()
  const logveil = await startLogveil(folder, receiver.port)
  say(`logveil takes data on port ${logveil.port}; files in ${folder}`)
  for (const { name } of clients.filter(({ acknowledged }) => !acknowledged)) {
    say(`${name} knows no acknowledgements; as logveil is not restarted, it may lose nothing either`)
  }
  const began = performance.now()
  const troubles = new Troubles(records, receiver, logveil)
  const progress = new Progress(records, () => stalled(progress, logveil.log))
  const resent = await deliver(plan, logveil.port, progress, troubles)
  await logveil.settled(records)
  const seconds = (performance.now() - began) / 1000
  progress.end()
  await troubles.over()
  const exitCode = await logveil.stop()
  await receiver.close()
  closeSync(file)
  for (const line of progress.lines()) say(line)
  const rate = count(Math.round(records / seconds))
  say(`${count(records)} records delivered in ${seconds.toFixed(1)} s, ${rate}/s; checking`)
  return check(plan, forwarded, logveil.log, resent, exitCode, troubles)
}

/**
 * Resolves with the number of chunks that the bulk sender had to send again.
 * @param {Plan<import('./clients.mjs').Client>} plan
 * @param {number} port
 * @param {Progress} progress
 * @param {Troubles} troubles
 */
async function deliver(plan, port, progress, troubles) {
  const begin = (/** @type {string} */ name, /** @type {number} */ share) => {
    const note = progress.begin(name, share)
    return (/** @type {number} */ delivered) => {
      note(delivered)
      troubles.progress(delivered)
    }
  }
  const [resent] = await Promise.all([
    bulk(port, plan.bulkFrom, begin('bulk sender (gzip, packed, forward)', records - plan.bulkFrom)),
    ...plan.parts.map(({ client, from, to }) => {
      const name = client.acknowledged ? client.name : `${client.name} (no acks)`
      return runClient(client, port, range(plan, from, to), begin(name, to - from))
    }),
  ])
  return resent
}

/** @param {Plan<import('./clients.mjs').Client>} plan @param {number} from @param {number} to */
function* range(plan, from, to) {
  for (let number = from; number < to; number++) yield plan.recordAt(number)
}

/** @param {Progress} progress @param {readonly string[]} log */
function stalled(progress, log) {
  say('FAIL  nothing has been delivered for two minutes')
  for (const line of [...progress.lines(), ...log.slice(-10)]) say(`      ${line}`)
  process.exit(1)
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
    while (sender.unacknowledged >= WINDOW)
  }
  while (sender.unacknowledged > 0) await sleep(5)
  sender.close()
  return sender.resent.size
}

/**
 * @param {Plan<import('./clients.mjs').Client>} plan
 * @param {string} forwarded
 * @param {readonly string[]} log
 * @param {number} resentByClient
 * @param {number | null} exitCode
 * @param {Troubles} troubles
 */
function check(plan, forwarded, log, resentByClient, exitCode, troubles) {
  const { needles, counts } = expectations(plan)
  const stored = new Ledger(plan)
  const storedRaw = checkStored(folder, stored, needles)
  const sent = new Ledger(plan)
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

process.exitCode = await prove().catch((error) => {
  say(`FAIL  ${error.message}`)
  // Ends logveil and the clients too.
  process.exit(1)
})
if (!values.keep && process.exitCode === 0) rmSync(folder, { recursive: true, force: true })
