// `npm run bench`: the same as `logveil bench`, with what the interop tests have where it is there: the Collector to
// measure beside, and a Kafka. It measures nothing itself.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { builtCollector } from '../test/interop/collector/build.mjs'
import { startBroker } from '../test/interop/kafka/broker.mjs'
import { fetchedKafka } from '../test/interop/kafka/fetch.mjs'
import { hasJava } from '../test/interop/maven.mjs'

const main = fileURLToPath(new URL('../dist/bundle/logveil.js', import.meta.url))
const given = process.argv.slice(2)
const only = given.find((_, at) => given[at - 1] === '--only')
const otelcol = given.includes('--collector') ? undefined : builtCollector()?.otelcol
const wantsKafka = !given.includes('--kafka') && (only === undefined || only.split(',').includes('kafka'))
const broker = wantsKafka && fetchedKafka() && hasJava() ? await benchBroker() : null
const args = [main, 'bench', ...given, ...(otelcol === undefined ? [] : ['--collector', otelcol])]
const bench = spawn(process.execPath, [...args, ...(broker ? ['--kafka', broker.brokers] : [])], { stdio: 'inherit' })
process.exitCode = await new Promise((resolve) => bench.once('exit', (code) => resolve(code ?? 1)))
await broker?.remove()

/** A broker that is to be fast and not small, whose topics bear its own time. */
async function benchBroker() {
  const broker = await startBroker({ jvm: ['-Xms512m', '-Xmx512m', '-XX:+UseG1GC'] })
  const server = ['--bootstrap-server', broker.brokers]
  const partitions = { in: 6, wide: 12, out: 12, copy: 6, census: 1 }
  for (const [name, count] of Object.entries(partitions)) {
    const topic = ['--create', '--topic', `logveil.bench.${name}`, '--partitions', String(count)]
    const time = ['--config', 'message.timestamp.type=LogAppendTime']
    await broker.tool('org.apache.kafka.tools.TopicCommand', [...server, ...topic, ...time])
  }
  return broker
}
