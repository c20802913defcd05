// The proof that counts are exact, for anybody to run:
//
//   node test/proof/census.mjs [--seeds 20] [--first 1] [--records 4000] [--keep]
//
// Made-up records come over the forward protocol while worker threads are killed, the sink behind logveil is restarted,
// two SIEMs refuse, cut connections after they took what they were sent, and are restarted, and logveil itself is ended
// by SIGKILL and started again. Then the sums over distinct event ids are held against what was hidden, for every
// service × rule × action, and every raw value is looked for in every byte that came out.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chunksOf } from '../../dist/cli/traffic/encode.js'
import { Random } from '../../dist/cli/traffic/random.js'
import { Receiver } from '../../dist/cli/traffic/receiver.js'
import { Sender } from '../../dist/cli/traffic/sender.js'
import { defaultPolicy } from '../../dist/settings/index.js'
import { freePort } from '../interop/free_port.mjs'
import { Siem, settings } from './census_site.mjs'
import { expectations, rawIn } from './check.mjs'
import { Plan } from './plan.mjs'
import { launchLogveil } from './process.mjs'

const CHUNK_BYTES = 8 * 1024
const WINDOW = 12
const DOWN_MS = 400
const AT_ONCE = 2

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    records: { type: 'string', default: '4000' },
    keep: { type: 'boolean', default: false },
  },
})
const records = Number(values.records)
const policy = await defaultPolicy()
const actions = new Map(policy.rules.map((/** @type {any} */ rule) => [rule.id, rule.action.type]))

/** A logveil that is killed and comes back under the same settings. */
class Life {
  /** @type {string[]} */
  log = []
  kills = 0
  /** @type {Awaited<ReturnType<typeof launchLogveil>> | null} */
  #logveil = null
  #folder
  #config

  /** @param {string} folder @param {string} config */
  constructor(folder, config) {
    this.#folder = folder
    this.#config = config
  }

  async start() {
    this.#logveil = await launchLogveil(this.#folder, this.#config, this.log)
  }

  killWorker() {
    this.#logveil?.killWorker()
  }

  async kill() {
    const logveil = this.#logveil
    this.#logveil = null
    this.kills++
    await logveil?.stop('SIGKILL')
    await this.start()
  }

  async metrics() {
    return (await fetch(`http://${this.#logveil?.ready.admin}/metrics`)).text()
  }

  async stop() {
    const logveil = this.#logveil
    this.#logveil = null
    return logveil?.stop('SIGTERM')
  }
}

/** @param {number} seed */
async function prove(seed) {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-census-'))
  const random = new Random(seed, 0)
  const dice = () => random.int(0, 999_999) / 1_000_000
  const siem = new Siem(dice, (event) => event.id)
  const lake = new Siem(dice, (event) => event.metadata.uid)
  /** @type {Buffer[]} */
  const forwarded = []
  const receiver = new Receiver({ onMessage: (message) => void forwarded.push(Buffer.from(message)) })
  await Promise.all([siem.open(), lake.open(), receiver.open()])
  const source = await freePort()
  const ports = { source, receiver: receiver.port, json: siem.port, ocsf: lake.port }
  const life = new Life(folder, settings(folder, ports))
  const options = { seed, share: 0.3 }
  try {
    await life.start()
    const sender = new Sender({ host: '127.0.0.1', port: source }, `seed-${seed}`)
    sender.start()
    const restart = async (/** @type {Siem | Receiver} */ one) => {
      await one.close()
      await sleep(DOWN_MS)
      await one.open()
    }
    /** Each at its part of the way, in an order of the seed's. @type {(() => Promise<void> | void)[]} */
    const troubles = [
      () => life.kill(),
      () => life.kill(),
      () => life.killWorker(),
      () => restart(receiver),
      () => restart(siem),
      () => restart(lake),
    ]
    const order = troubles.map((trouble) => ({ trouble, at: dice() })).sort((a, b) => a.at - b.at)
    await deliver(sender, options, order)
    sender.close()
    siem.isWell = true
    lake.isWell = true
    const metrics = await life.metrics()
    const exitCode = await life.stop()
    await Promise.all([siem.close(), lake.close(), receiver.close()])
    const bytes = [...siem.bodies, ...lake.bodies, ...forwarded, Buffer.from(life.log.join('\n')), Buffer.from(metrics)]
    const { complaints, raw } = check(options, siem, lake, bytes, folder)
    if (exitCode !== 0) complaints.push(`exit code ${exitCode}`)
    const resent = sender.resent.size
    const again = siem.repeats + lake.repeats
    const facts = `${life.kills} kills, ${resent} chunks sent again, ${siem.events.size} events, ${again} sent again`
    say(`${complaints.length === 0 ? 'ok   ' : 'FAIL '} seed ${seed}: ${facts}, ${raw} raw values`)
    for (const complaint of complaints.slice(0, 10)) say(`      ${complaint}`)
    return complaints.length === 0
  } finally {
    await life.stop()
    if (values.keep) say(`      files in ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {Sender} sender @param {{ seed: number, share: number }} options
 * @param {{ at: number, trouble: () => Promise<void> | void }[]} troubles
 */
async function deliver(sender, options, troubles) {
  const plan = [...troubles]
  /** @type {(Promise<void> | void)[]} */
  const begun = []
  let sent = 0
  /** @type {Set<Promise<unknown>>} */
  const waiting = new Set()
  for (const chunk of chunksOf(
    0,
    records,
    options,
    (at) => /** @type {const} */ (['packed', 'forward', 'gzip'])[at % 3],
    CHUNK_BYTES,
  )) {
    const one = sender.send(chunk).finally(() => waiting.delete(one))
    waiting.add(one)
    sent += chunk.records
    // One after the other: a process that starts must not be killed before it takes data.
    while (plan.length > 0 && sent / records >= plan[0].at) {
      const { trouble } = /** @type {typeof troubles[0]} */ (plan.shift())
      await begun.at(-1)
      begun.push(trouble())
    }
    if (waiting.size >= WINDOW) await Promise.race(waiting)
  }
  await Promise.all(begun)
  await Promise.all(waiting)
}

/**
 * @param {{ seed: number, share: number }} options @param {Siem} siem @param {Siem} lake
 * @param {readonly Buffer[]} bytes @param {string} folder
 */
function check(options, siem, lake, bytes, folder) {
  const { needles, counts: hidden } = expectations(new Plan(records, options, []))
  /** @type {Map<string, number>} */
  const truth = new Map()
  for (const [key, count] of hidden) {
    const [service, rule] = key.split(' ')
    truth.set(rule === 'records' ? key : `${service} ${rule} ${actions.get(rule)}`, count)
  }
  const complaints = [
    ...differences('siem', truth, countsOf(siem)),
    ...differences('lake', truth, countsOfOcsf(lake)),
    ...gaps(
      'siem',
      [...siem.events.values()].map(({ run, seq }) => ({ run, seq })),
    ),
    ...gaps(
      'lake',
      [...lake.events.values()].map(({ metadata }) => ({ run: metadata.reporter.uid, seq: metadata.sequence })),
    ),
  ]
  const differing = siem.differing + lake.differing
  if (differing > 0) complaints.push(`${differing} events came again as something else`)
  let raw = 0
  for (const piece of bytes) raw += needles.countIn(piece)
  for (const name of readdirSync(join(folder, 'census'))) raw += rawIn(join(folder, 'census', name), needles)
  if (raw > 0) complaints.push(`${raw} raw values came out`)
  if (needles.size === 0) complaints.push('nothing was hidden')
  return { complaints, raw }
}

/** @param {Siem} siem */
function countsOf({ events }) {
  return summed([...events.values()], (event) =>
    event.event === 'finding'
      ? [`${event.service} ${event.rule} ${event.action}`, event.matches]
      : [`${event.service} records`, event.records_seen],
  )
}

/** @param {Siem} lake */
function countsOfOcsf({ events }) {
  return summed([...events.values()], (event) => {
    const service = event.resources[0].name
    return event.metadata.event_code === 'finding'
      ? [`${service} ${event.finding_info.analytic.uid} ${event.unmapped.action}`, event.count]
      : [`${service} records`, event.count]
  })
}

/** @param {any[]} events @param {(event: any) => [string, number]} countOf */
function summed(events, countOf) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const event of events) {
    const [key, count] = countOf(event)
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return counts
}

/** @param {string} where @param {Map<string, number>} truth @param {Map<string, number>} counted */
function differences(where, truth, counted) {
  const keys = [...new Set([...truth.keys(), ...counted.keys()])].sort()
  return keys
    .filter((key) => truth.get(key) !== counted.get(key))
    .map((key) => `${where}: ${key}: ${truth.get(key) ?? 0} hidden, ${counted.get(key) ?? 0} counted`)
}

/** @param {string} where @param {{ run: string, seq: number }[]} numbers */
function gaps(where, numbers) {
  const runs = new Set(numbers.map(({ run }) => run))
  const seqs = numbers.map(({ seq }) => seq).sort((a, b) => a - b)
  const at = seqs.findIndex((seq, index) => seq !== index + 1)
  return [
    ...(runs.size === 1 ? [] : [`${where}: ${runs.size} runs`]),
    ...(at < 0 ? [] : [`${where}: ${seqs[at]} stands where ${at + 1} should`]),
  ]
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}

const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => Number(values.first) + at)
let failed = 0
/** Most of the time of a seed is waiting. */
const proving = Array.from({ length: AT_ONCE }, async () => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) if (!(await prove(seed))) failed++
})
await Promise.all(proving)
say(failed === 0 ? 'ok    every sum is the truth' : `FAIL  ${failed} of ${values.seeds} seeds`)
process.exitCode = failed === 0 ? 0 : 1
