// The rival of the transform: a real Collector, kafkareceiver → redaction → kafkaexporter, with the rules that it has
// in the bench of OTLP. It is given what makes it fast, a queue with batches: so it commits what it has only queued.
import type { KafkaClient } from '../../net/kafka/client.ts'
import { CollectorProcess, redactionRules } from './collector_process.ts'
import { newGroup, POLL_MS, progressOf, TOPICS } from './kafka_site.ts'

/** Until it has joined its group and committed something. */
const FIRST_MS_MAX = 60_000

interface Stretch {
  readonly records: number
  readonly seconds: number
  readonly cpu_s: number
}

/** From its first commit until it has read all the records, or for so long. */
export async function collected(
  otelcol: string,
  client: KafkaClient,
  brokers: string,
  records: number,
  seconds_max: number,
): Promise<Stretch> {
  const group = newGroup()
  const collector = await CollectorProcess.start(otelcol, kafkaToKafka(brokers, group))
  const progress = await progressOf(client, group, TOPICS.input)
  try {
    const first = await reached(progress.committed, 1, FIRST_MS_MAX)
    if (first === 0) throw new Error('the Collector has committed nothing')
    const [began_ms, before] = [performance.now(), collector.usage().cpu_s]
    const last = await reached(progress.committed, records, seconds_max * 1000)
    const seconds = (performance.now() - began_ms) / 1000
    return { records: last - first, seconds, cpu_s: collector.usage().cpu_s - before }
  } finally {
    await progress.close()
    await collector.stop()
  }
}

async function reached(committed: () => Promise<number>, wanted: number, ms_max: number): Promise<number> {
  const began_ms = performance.now()
  for (;;) {
    const now = await committed()
    if (now >= wanted || performance.now() - began_ms > ms_max) return now
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/**
 * `json` is the one encoding that it can redact and write again as it was: of `text` the exporter makes a string in
 * JSON, and bytes of `raw` are not looked at. Without a queue each record would be a request of its own.
 */
export function kafkaToKafka(brokers: string, group: string, to: string = TOPICS.copy, from: string = TOPICS.input) {
  const receiver = {
    brokers: brokers.split(','),
    group_id: group,
    initial_offset: 'earliest',
    max_fetch_size: 10 * 1024 * 1024,
    autocommit: { enable: true, interval: '100ms' },
    message_marking: { after: true },
    logs: { topics: [from], encoding: 'json' },
  }
  const exporter = {
    brokers: brokers.split(','),
    logs: { topic: to, encoding: 'raw' },
    producer: { compression: 'lz4', required_acks: -1 },
    sending_queue: { enabled: true, block_on_overflow: true, batch: {} },
  }
  return {
    receivers: { kafka: receiver },
    processors: { redaction: redactionRules() },
    exporters: { kafka: exporter },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: { receivers: ['kafka'], processors: ['redaction'], exporters: ['kafka'] } },
    },
  }
}
