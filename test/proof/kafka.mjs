// The proof for Kafka, for anybody to run:
//
//   node test/proof/kafka.mjs [--records 200000] [--partitions 6] [--rounds 10] [--troubles 3] [--instances 2]
//                             [--version 4.3.1] [--keep]
//
// Records are written to a topic of a real Kafka, and instances of a real `logveil run` redact them into another one,
// exactly once. Round for round one of them is killed with SIGKILL, one is frozen until others have its partitions,
// instances come and go, and the broker is killed or restarted. Then an independent client (kcat) reads what was
// committed: each record once, in order, redacted; and the counts in the census topic are the truth. Exit code 1 else.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Site, TOPICS } from './kafka_site.mjs'
import { compared, countedIn, countsOf, hasKcat, readPartition, recordOf } from './kafka_truth.mjs'

const POLL_MS = 250
/** No record for so long is not slowness. */
const STALL_MS = 120_000
const WRITTEN_AT_ONCE = 600

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    partitions: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '10' },
    instances: { type: 'string', default: '2' },
    troubles: { type: 'string', default: '3' },
    version: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
const [total, partitions, rounds, instances] = [values.records, values.partitions, values.rounds, values.instances].map(
  Number,
)
const folder = mkdtempSync(join(tmpdir(), 'logveil-proof-kafka-'))
const site = new Site(folder)

async function prove() {
  if (!hasKcat()) throw new Error('kcat is missing, which reads what came out')
  await site.start(values.version, partitions, instances)
  say(`${instances} instances, ${partitions} partitions, ${rounds} rounds; Kafka ${site.broker?.version}`)
  const began = performance.now()
  const troubles = [
    () => site.killInstance(),
    () => site.freezeInstance(),
    () => site.restartBroker(true),
    () => site.exchangeInstance(),
    () => site.restartBroker(false),
  ]
  for (let round = 0; round < rounds; round++) {
    const from = Math.floor((total * round) / rounds)
    const to = Math.floor((total * (round + 1)) / rounds)
    const writing = write(from, to)
    // So that whoever is hit has something in its hands.
    await reached(from + (to - from) * 0.2)
    // Another one first in each round, so that all of them have their turns.
    for (let n = 0; n < Number(values.troubles); n++) await troubles[(round + 2 * n) % troubles.length]()
    await writing
  }
  await reached(total)
  const seconds = (performance.now() - began) / 1000
  const isEndGood = await site.stop()
  say(`through in ${seconds.toFixed(1)} s, ${Math.round(total / seconds)} records a second`)
  return check(isEndGood)
}

/** Its records may be there twice when the broker was killed meanwhile: what is in the topic is the truth. */
async function write(/** @type {number} */ from, /** @type {number} */ to) {
  for (let at = from; at < to; at += WRITTEN_AT_ONCE) {
    const records = []
    for (let n = at; n < Math.min(to, at + WRITTEN_AT_ONCE); n++) records.push(recordOf(n, TOPICS.input, partitions))
    await written(records)
  }
}

/** @type {import('../../dist/net/kafka/client.js').Producer | null} */
let producer = null

/** @param {import('../../dist/net/kafka/client.js').OutRecord[]} records */
async function written(records) {
  for (;;) {
    try {
      if (!producer) {
        const made = site.client?.producer({ idempotent: true, compression: 'lz4', retries: 50 })
        await made?.connect()
        producer = made ?? null
      }
      await producer?.send(records)
      return
    } catch {
      await producer?.close()
      producer = null
      await sleep(POLL_MS)
    }
  }
}

/** @param {number} records */
async function reached(records) {
  let last = -1
  let moved_ms = performance.now()
  for (;;) {
    const now = await site.progress().catch(() => last)
    if (now >= records) return
    if (now !== last) moved_ms = performance.now()
    last = now
    if (performance.now() - moved_ms > STALL_MS) throw new Error(`nothing moves at ${last} of ${records}`)
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${count(now)} of ${count(total)} records`)
    await sleep(POLL_MS)
  }
}

/** @param {boolean} isEndGood */
async function check(isEndGood) {
  const sums = { missing: 0, again: 0, disordered: 0, changed: 0 }
  /** @type {string[]} */
  const before = []
  let raw = 0
  for (let partition = 0; partition < partitions; partition++) {
    const input = await readPartition(site.brokers, TOPICS.input, partition)
    const output = await readPartition(site.brokers, TOPICS.output, partition)
    before.push(...input)
    raw += output.filter((line) => /@example\.com|Tr0ub4dor/.test(line)).length
    const wrong = compared(input, output)
    for (const [name, value] of Object.entries(wrong)) sums[/** @type {keyof typeof sums} */ (name)] += value
  }
  const truth = countsOf(before)
  const census = await Promise.all([0, 1].map((partition) => readPartition(site.brokers, TOPICS.census, partition)))
  const { counts, ids } = countedIn(census.flat())
  const off = Object.keys(truth).filter((name) => counts[name] !== truth[/** @type {keyof typeof truth} */ (name)])
  const leaks = site.log.filter((line) => /@example\.com|Tr0ub4dor/.test(line)).length
  const rows = /** @type {[string, number, boolean][]} */ ([
    ['records in the input topic', truth.records, truth.records >= total],
    ['missing', sums.missing, sums.missing === 0],
    ['twice', sums.again, sums.again === 0],
    ['out of order', sums.disordered, sums.disordered === 0],
    ['not exactly as redacted', sums.changed, sums.changed === 0],
    ['raw values: output', raw, raw === 0],
    ['raw values: log', leaks, leaks === 0],
    ['counts in the census topic that are not the truth', off.length, off.length === 0],
    ['ids of counts that are there twice', census.flat().length - ids, census.flat().length === ids],
    ['instances that did not end well', isEndGood ? 0 : 1, isEndGood],
    ['instances added to the group, and stopped by SIGTERM', Math.min(site.added, site.stopped), true],
    ['instances frozen until others had their partitions', site.frozen, true],
    ['kills of an instance', site.kills, site.kills > 0],
    ['restarts of the broker', site.restarts, site.restarts > 0],
  ])
  for (const [name, value, good] of rows) say(`${good ? 'ok  ' : 'FAIL'}  ${name.padEnd(52)} ${count(value)}`)
  for (const name of off)
    say(`      ${name}: ${counts[name]}, and it is ${truth[/** @type {keyof typeof truth} */ (name)]}`)
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
process.exitCode = await prove().catch((error) => {
  say(`FAIL  ${error.message}`)
  for (const line of site.log.slice(-10)) say(`      ${line}`)
  return 1
})
await site.remove()
if (!values.keep && process.exitCode === 0) rmSync(folder, { recursive: true, force: true })
else say(folder)
process.exit()
