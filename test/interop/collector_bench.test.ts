// The Collectors that the bench measures beside logveil do the same job: what is let through unredacted is not work.
import { describe, expect, it, onTestFinished } from 'vitest'
import { CollectorProcess, collectorOverOtlp } from '../../src/cli/bench/collector_process.ts'
import { kafkaToKafka } from '../../src/cli/bench/kafka_collector.ts'
import { otlpBatch } from '../../src/cli/traffic/otlp.ts'
import { OtlpSender, otlpMessage } from '../../src/cli/traffic/otlp_sender.ts'
import { recordAt } from '../../src/cli/traffic/records.ts'
import { out, record } from '../kafka/records.ts'
import { clientOf, newTopic, readTopic } from '../kafka/topics.ts'
import { grpcReceiver } from '../sinks/otlp_receiver.ts'
import { requestPlain } from '../wire/otlp_schema.ts'
import { collector } from './collector/process.ts'
import { hasKafka, someKafka } from './kafka/process.ts'

const COUNT = 200
const TRAFFIC = { seed: 3, share: 1 }
const records = Array.from({ length: COUNT }, (_, number) => recordAt(number, TRAFFIC))

describe.skipIf(!collector())('the Collector of the bench', { timeout: 60_000 }, () => {
  it('redacts nearly all of what logveil redacts, in body and attributes', async () => {
    const receiver = await grpcReceiver()
    const rival = await collectorOverOtlp(collector()?.otelcol ?? '', receiver.port)
    onTestFinished(() => rival.collector.stop())
    const sender = new OtlpSender(rival.port)
    onTestFinished(() => sender.close())
    await sender.send(otlpMessage(otlpBatch(0, 1, TRAFFIC).bytes, COUNT))
    expectNearlyAllIsHidden(JSON.stringify(receiver.received.map(({ bytes }) => requestPlain(bytes))))
  })

  it.runIf(hasKafka())('does so from topic to topic, and writes every record as JSON again', async () => {
    const broker = await someKafka()
    onTestFinished(() => broker.remove())
    const client = clientOf(broker.brokers)
    const [from, to] = [await newTopic(broker.brokers), await newTopic(broker.brokers)]
    const producer = client.producer({ idempotent: false, compression: 'lz4', retries: 5 })
    await producer.connect()
    await producer.send(records.map(({ body }) => out(from, record(null, JSON.stringify(body)))))
    await producer.close()
    const config = kafkaToKafka(broker.brokers, `g-${from}`, to, from)
    const rival = await CollectorProcess.start(collector()?.otelcol ?? '', config)
    onTestFinished(() => rival.stop())
    const read = await readTopic(client, to, COUNT)
    expect(read).toHaveLength(COUNT)
    const written = read.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()))
    const names = (bodies: readonly object[]) => bodies.map((body) => Object.keys(body).sort().join()).sort()
    expect(names(written)).toEqual(names(records.map(({ body }) => body)))
    expectNearlyAllIsHidden(JSON.stringify(written))
  })
})

function expectNearlyAllIsHidden(text: string): void {
  const hidden = records.flatMap(({ secrets }) => secrets.filter(({ value, redacted }) => value !== redacted))
  expect(hidden.length).toBeGreaterThan(COUNT / 2)
  const left = hidden.filter(({ value }) => text.includes(JSON.stringify(value).slice(1, -1)))
  expect(left.length / hidden.length).toBeLessThan(0.1)
}
