// The places of the Kafka proof: a real broker, instances of logveil in one group, and what goes wrong with them on
// purpose. Each trouble leaves everything running again.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectKafka } from '../../dist/net/kafka/kafkajs.js'
import { startBroker } from '../interop/kafka/broker.mjs'
import { launchLogveil } from './process.mjs'

const GROUP = 'proof'
export const TOPICS = { input: 'proof.in', output: 'proof.in.redacted', census: 'proof.census' }
/** The least that a broker allows: whoever is killed is missed after it. */
const SESSION_MS = 6_000

/** @typedef {Awaited<ReturnType<typeof launchLogveil>>} Instance */

export class Site {
  /** Every line that an instance has logged. @type {string[]} */
  log = []
  kills = 0
  frozen = 0
  restarts = 0
  added = 0
  stopped = 0
  /** @type {Instance[]} */
  instances = []
  #folder
  #started = 0
  /** @type {import('../interop/kafka/broker.mjs').Broker | null} */
  broker = null

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder
  }

  get brokers() {
    return this.#broker.brokers
  }

  /** @param {string | undefined} version @param {number} partitions @param {number} instances */
  async start(version, partitions, instances) {
    this.broker = await startBroker({ version })
    const create = (/** @type {string} */ topic, /** @type {number} */ count) =>
      this.#broker.tool('org.apache.kafka.tools.TopicCommand', [
        ...['--bootstrap-server', this.brokers, '--create', '--topic', topic, '--partitions', String(count)],
      ])
    await Promise.all([create(TOPICS.input, partitions), create(TOPICS.output, partitions), create(TOPICS.census, 2)])
    this.client = connectKafka({
      brokers: [this.brokers],
      client_id: 'proof',
      tls: null,
      sasl: null,
      connect_timeout_ms: 5_000,
      request_timeout_ms: 30_000,
    })
    for (let n = 0; n < instances; n++) await this.addInstance()
  }

  async addInstance() {
    const folder = join(this.#folder, `instance-${this.#started++}`)
    mkdirSync(folder)
    this.instances.push(await launchLogveil(folder, this.#config(), this.log))
  }

  async killInstance() {
    const instance = this.#oldest()
    await instance.stop('SIGKILL')
    this.kills++
    await this.addInstance()
  }

  /** Others take its partitions meanwhile; then it goes on where it stood, and must not be believed. */
  async freezeInstance() {
    const instance = this.#oldest()
    instance.signal('SIGSTOP')
    await sleep(SESSION_MS + 1_500)
    instance.signal('SIGCONT')
    this.frozen++
    this.instances.push(instance)
  }

  /** One more shares the partitions, and one leaves as an operator has it leave. */
  async exchangeInstance() {
    await this.addInstance()
    const code = await this.#oldest().stop('SIGTERM')
    if (code !== 0) throw new Error(`an instance ended with ${code}`)
    this.added++
    this.stopped++
  }

  /** @param {boolean} isKilled */
  async restartBroker(isKilled) {
    await (isKilled ? this.#broker.kill() : this.#broker.stop())
    await this.#broker.start()
    this.restarts++
  }

  /** Offsets that the group has committed, all together. */
  async progress() {
    const admin = this.client?.admin()
    if (!admin) return 0
    try {
      await admin.connect()
      const offsets = await admin.committed(GROUP, TOPICS.input)
      return offsets.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
    } finally {
      await admin.close()
    }
  }

  async stop() {
    const codes = await Promise.all(this.instances.splice(0).map((instance) => instance.stop('SIGTERM')))
    return codes.every((code) => code === 0)
  }

  async remove() {
    for (const instance of this.instances) instance.signal('SIGKILL')
    await this.broker?.remove()
  }

  get #broker() {
    if (!this.broker) throw new Error('not started')
    return this.broker
  }

  #oldest() {
    const instance = this.instances.shift()
    if (!instance) throw new Error('there is no instance')
    return instance
  }

  #config() {
    return `sources:
  proof:
    type: kafka_transform
    brokers: ['${this.brokers}']
    group: ${GROUP}
    topics: [${TOPICS.input}]
    to: ${TOPICS.output}
    census_topic: ${TOPICS.census}
    session_timeout_ms: ${SESSION_MS}
    rebalance_timeout_ms: 10000
    partition_bytes_max: 32000
    request_timeout_ms: 5000
    transaction_timeout_ms: 10000
policy:
  packs: [default]
pipeline: { workers: 1 }
admin: false
`
  }
}
