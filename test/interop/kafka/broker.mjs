// Starts a real Apache Kafka of one node (KRaft) as a process of its own, with its data in a folder, so that it can be
// killed and come back. What it is told and what becomes of it is its caller's business.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../free_port.mjs'
import { fetchedKafka, KAFKA_VERSION } from './fetch.mjs'

/** It takes four seconds on an idle machine. */
const START_MS_MAX = 120_000
/** A broker that gets SIGTERM ends its segments first. */
const STOP_MS_MAX = 30_000
const STARTED = 'Kafka Server started'
const LOG_KEPT_CHARS = 20_000
/** Two cores are shared with what is tested: little memory, and one thread that collects it. */
const SMALL_JVM = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const TOOL_JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/**
 * @typedef {object} BrokerOptions
 * @property {string} [version]
 * @property {Record<string, string | number>} [properties] over those below; `{port}` stands for the broker's port
 * @property {string[]} [jvm] instead of a small heap
 * @property {Record<string, number>} [ports] more ports, which `properties` may use by their names: `{NAME}`
 */

/** @typedef {Awaited<ReturnType<typeof startBroker>>} Broker */

/** @param {BrokerOptions} [options] */
export async function startBroker({ version = KAFKA_VERSION, properties = {}, jvm = SMALL_JVM, ports = {} } = {}) {
  const jars = fetchedKafka(version)
  if (!jars) throw new Error(`Kafka ${version} is not there: node test/interop/kafka/fetch.mjs ${version}`)
  const folder = mkdtempSync(join(tmpdir(), 'logveil-kafka-'))
  const port = await freePort()
  const file = join(folder, 'server.properties')
  const named = { ...ports, port, controller: await freePort(), folder }
  writeFileSync(file, written({ ...PROPERTIES, ...properties }, named))
  writeFileSync(join(folder, 'log4j.properties'), LOG4J)
  const java = [...logging(folder), '-cp', join(jars, '*')]

  /** Runs one of Kafka's own tools to its end, such as `org.apache.kafka.tools.TopicCommand`. */
  const tool = async (/** @type {string} */ main, /** @type {string[]} */ args, input = '') => {
    const run = promisify(execFile)('java', [...TOOL_JVM, ...java, main, ...args], { maxBuffer: 1 << 28 })
    run.child.stdin?.end(input)
    return (await run).stdout
  }
  await tool('kafka.tools.StorageTool', ['format', '-t', 'bG9ndmVpbC10ZXN0cy0xMA', '-c', file])

  const launch = () => launched([...jvm, ...java, 'kafka.Kafka', file])
  let running = await launch()
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    const { child, ended } = running
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await ended
    clearTimeout(late)
  }
  return {
    /** As clients want it. */
    brokers: `127.0.0.1:${port}`,
    version,
    folder,
    tool,
    pid: () => running.child.pid ?? 0,
    /** Its own log, warnings and worse, since it was started last. */
    log: () => running.log(),
    /** As an operator ends it: it hands over and writes what it holds. */
    stop: () => end('SIGTERM'),
    /** `kill -9`. */
    kill: () => end('SIGKILL'),
    /** Comes back on the same port, with the same data. */
    start: async () => {
      running = await launch()
    },
    /** Ends it and leaves nothing behind. */
    remove: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @param {string[]} args */
async function launched(args) {
  const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  let isStarted = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      isStarted ||= text.includes(STARTED)
      log = (log + text).slice(-LOG_KEPT_CHARS)
    })
  }
  // Whoever starts it and goes does not leave it behind.
  const orphaned = () => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => process.off('exit', orphaned))
  const since = performance.now()
  while (!isStarted) {
    if (child.exitCode !== null || performance.now() - since > START_MS_MAX) {
      child.kill('SIGKILL')
      throw new Error(`the broker does not start:\n${log.slice(-3000)}`)
    }
    await sleep(50)
  }
  return { child, ended, log: () => log }
}

/** One node is broker and controller. Groups form at once, and what is written is not read from a cold cache. */
const PROPERTIES = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  listeners: 'PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}',
  'advertised.listeners': 'PLAINTEXT://127.0.0.1:{port}',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'controller.quorum.voters': '1@127.0.0.1:{controller}',
  'log.dirs': '{folder}/data',
  'num.network.threads': 2,
  'num.io.threads': 2,
  'offsets.topic.num.partitions': 4,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
  // After a kill it may come back as soon as these have passed.
  'broker.session.timeout.ms': 2000,
  'broker.heartbeat.interval.ms': 500,
  'auto.create.topics.enable': false,
  // Records of tests are as old as they say they are.
  'log.retention.ms': -1,
  'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
}

/** @param {Record<string, string | number | boolean>} properties @param {Record<string, string | number>} named */
function written(properties, named) {
  const text = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
  return text.join('').replaceAll(/\{(\w+)\}/g, (whole, name) => String(named[name] ?? whole))
}

/** Both kinds of logger: 3.x must have log4j, 4.x takes the simple one. @param {string} folder */
function logging(folder) {
  const simple = '-Dorg.slf4j.simpleLogger'
  return [
    `-Dlog4j.configuration=file:${join(folder, 'log4j.properties')}`,
    `${simple}.defaultLogLevel=warn`,
    `${simple}.log.kafka.server.KafkaRaftServer=info`,
  ]
}

const LOG4J = `log4j.rootLogger=WARN, err
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.appender.err=org.apache.log4j.ConsoleAppender
log4j.appender.err.target=System.err
log4j.appender.err.layout=org.apache.log4j.PatternLayout
log4j.appender.err.layout.ConversionPattern=%p %m (%c)%n
`
