// The Collector that the bench measures beside logveil does the same job: what is let through unredacted is not work.
// From topic to topic that is in kafka_clients.test.ts, where there is a broker.
import { describe, it, onTestFinished } from 'vitest'
import { collectorOverOtlp } from '../../src/cli/bench/collector_process.ts'
import { otlpBatch } from '../../src/cli/traffic/otlp.ts'
import { OtlpSender, otlpMessage } from '../../src/cli/traffic/otlp_sender.ts'
import { grpcReceiver } from '../sinks/otlp_receiver.ts'
import { requestPlain } from '../wire/otlp_schema.ts'
import { collector } from './collector/process.ts'
import { COUNT, expectNearlyAllIsHidden, TRAFFIC } from './collector/same_job.ts'

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
})
