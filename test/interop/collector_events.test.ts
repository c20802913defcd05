// The format `otlp` as a real Collector reads it: each document is a request that it takes, and says the same.
import { expect, it } from 'vitest'
import { rendered } from '../../src/sinks/formats/index.ts'
import { eventually } from '../pipeline/kit.ts'
import { example, KINDS } from '../sinks/formats/events.ts'
import { collector, startCollector } from './collector/process.ts'
import { freePort } from './free_port.mjs'

it.skipIf(!collector())('a Collector takes every kind of event, and keeps its numbers and names', async () => {
  const endpoint = `127.0.0.1:${await freePort()}`
  const peer = await startCollector({
    receivers: { otlp: { protocols: { http: { endpoint } } } },
    exporters: { file: { path: '${env:FOLDER}/out.json' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } },
    },
  })
  const service = 'pay "the"\nbill | a=b 😀'
  for (const kind of KINDS) {
    const body = JSON.stringify(rendered(example(kind, { service }), 'otlp'))
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`http://${endpoint}/v1/logs`, { method: 'POST', headers, body })
    expect([answer.status, await answer.json()]).toEqual([200, { partialSuccess: {} }])
  }
  await eventually(() => peer.lines('out.json').length === KINDS.length)
  const records = peer.lines('out.json').map(({ resourceLogs }) => resourceLogs[0].scopeLogs[0].logRecords[0])
  expect(records.map(({ eventName }) => eventName)).toEqual(KINDS.map((kind) => `logveil.${kind}`))
  for (const { attributes, severityNumber, timeUnixNano } of records) {
    const own = new Map(attributes.map(({ key, value }: { key: string; value: unknown }) => [key, value]))
    expect(own.get('logveil.service')).toEqual({ stringValue: service })
    expect(own.get('logveil.seq')).toEqual({ intValue: '4711' })
    expect(severityNumber).toBeGreaterThan(0)
    expect(timeUnixNano).toBe('1795262460000000000')
  }
})
