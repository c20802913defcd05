// A sink that takes records and events: its format is of the events, and records stay what they are.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ALERTS, CENSUS } from '../../../src/core/plan.ts'
import { eventFormats, type FormatName } from '../../../src/sinks/formats/index.ts'
import { StreamSink } from '../../../src/sinks/stdout.ts'
import { batchOf, never, startSink, temporaryFolder } from '../site.ts'
import { example, KINDS } from './events.ts'

const record = '{"msg":"CEF:0|a=b","id":1}\n'
const frames = KINDS.map((kind) => `${JSON.stringify(example(kind))}\n`)

/** How a line of each format begins. */
const BEGINNINGS: Record<FormatName, string> = {
  json: '{"event":"finding","schema":1,',
  ocsf: '{"class_uid":2006,',
  ecs: '{"@timestamp":"2026-11-21T12:01:00.000Z",',
  cef: 'CEF:0|logveil|logveil|0.1.0|payment_card|',
  leef: 'LEEF:2.0|logveil|logveil|0.1.0|payment_card|x09|',
  otlp: '{"resourceLogs":[{"resource":',
}

test.each(Object.keys(eventFormats) as FormatName[])('file: %s', async (format) => {
  const path = join(temporaryFolder(), 'out.log')
  const { sink } = await startSink('file', { path, format })
  await sink.send({ ...batchOf('json', ...frames), origin: CENSUS }, 'a', never)
  await sink.send(batchOf('json', record), 'b', never)
  await sink.send({ ...batchOf('json', frames[2]), origin: ALERTS }, 'c', never)
  const lines = readFileSync(path, 'utf8').split('\n')
  expect(lines).toHaveLength(6)
  expect(lines[0].slice(0, BEGINNINGS[format].length)).toBe(BEGINNINGS[format])
  expect(`${lines[3]}\n`).toBe(record)
  expect(lines[4]).toBe(lines[2])
})

test('stdout: the same', async () => {
  const stream = new PassThrough()
  const sink = new StreamSink(stream, 'cef')
  await sink.start()
  await sink.send({ ...batchOf('json', ...frames), origin: CENSUS }, 'a', never)
  await sink.send(batchOf('json', record), 'b', never)
  const lines = String(stream.read()).split('\n')
  expect(lines[0]).toMatch(/^CEF:0\|/)
  expect(lines.slice(3)).toEqual([record.trimEnd(), ''])
})

test('a format that is none is a fault of the settings', async () => {
  const path = join(temporaryFolder(), 'out.log')
  await expect(startSink('file', { path, format: 'xml' })).rejects.toThrow(/json.*ocsf/s)
})
