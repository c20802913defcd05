// The Collector that the bench measures beside logveil does the same job: what is let through unredacted is not work.
import { describe, expect, it, onTestFinished } from 'vitest'
import { CollectorProcess } from '../../src/cli/bench/collector_process.ts'
import { otlpBatch } from '../../src/cli/traffic/otlp.ts'
import { OtlpSender, otlpMessage } from '../../src/cli/traffic/otlp_sender.ts'
import { recordAt } from '../../src/cli/traffic/records.ts'
import { grpcReceiver } from '../sinks/otlp_receiver.ts'
import { requestPlain } from '../wire/otlp_schema.ts'
import { collector } from './collector/process.ts'

const COUNT = 200

describe.skipIf(!collector())('the Collector of the bench', () => {
  it('redacts nearly all of what logveil redacts, in body and attributes', async () => {
    const options = { seed: 3, share: 1 }
    const receiver = await grpcReceiver()
    const rival = await CollectorProcess.start(collector()?.otelcol ?? '', receiver.port)
    onTestFinished(() => rival.stop())
    const sender = new OtlpSender(rival.port)
    onTestFinished(() => sender.close())
    await sender.send(otlpMessage(otlpBatch(0, 1, options).bytes, COUNT))
    const out = JSON.stringify(receiver.received.map(({ bytes }) => requestPlain(bytes)))
    const records = Array.from({ length: COUNT }, (_, number) => recordAt(number, options))
    const hidden = records.flatMap(({ secrets }) => secrets.filter(({ value, redacted }) => value !== redacted))
    expect(hidden.length).toBeGreaterThan(COUNT / 2)
    const left = hidden.filter(({ value }) => out.includes(JSON.stringify(value).slice(1, -1)))
    expect(left.length / hidden.length).toBeLessThan(0.1)
  }, 60_000)
})
