// What every format keeps, whatever a sender calls its service: one line, bounded, and read back it is what was
// written.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tamed } from '../../../src/core/event_text.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import type { SiemEvent } from '../../../src/core/siem_event.ts'
import { eventFormats, eventLines, type FormatName, rendered } from '../../../src/sinks/formats/index.ts'
import { EVENT_FIELDS } from '../../../tools/docs/event_fields.mjs'
import { batchOf } from '../site.ts'
import { parseCef, parseLeef } from './back.ts'
import { events, example, KINDS } from './events.ts'
import { ocsfComplaints } from './ocsf_schema.ts'

const NAMES = Object.keys(eventFormats) as FormatName[]
const LINE_BYTES_MAX = 64 * 1024
const RUNS = { numRuns: 100 }

function lineOf(event: SiemEvent, name: FormatName): string {
  const one = rendered(event, name)
  return typeof one === 'string' ? one : JSON.stringify(one)
}

// biome-ignore lint/suspicious/noExplicitAny: documents of six formats
function documentOf(event: SiemEvent, name: FormatName): any {
  return JSON.parse(lineOf(event, name))
}

/** What a format of lines makes of a text: the same, but for what can not be there. */
function flat(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

describe('every format', () => {
  test.each(NAMES)('%s: any event is one bounded line of well-formed text', (name) => {
    fc.assert(
      fc.property(events, (event) => {
        const line = lineOf(event, name)
        expect(line).not.toMatch(/[\n\r]/)
        expect(Buffer.from(line).toString()).toBe(line)
        expect(Buffer.byteLength(line)).toBeLessThan(LINE_BYTES_MAX)
      }),
      RUNS,
    )
  })

  test.each(NAMES)('%s: a service name of 64 KiB is cut, and shows it', (name) => {
    const line = lineOf(example('finding', { service: 'é'.repeat(32 * 1024) }), name)
    expect(line).toContain('é…')
    expect(Buffer.byteLength(line)).toBeLessThan(8 * LIMITS.event_text_bytes_max)
  })

  test.each(NAMES)('%s: every kind of event has its id, its service and its numbers', (name) => {
    for (const kind of KINDS) {
      const event = example(kind)
      const line = lineOf(event, name)
      expect(line).toContain(event.id)
      expect(line).toContain('checkout')
      expect(line).toContain('4711')
      expect(line).toContain(kind === 'finding' ? '17' : kind === 'coverage' ? '5200' : '17')
    }
  })

  test('a batch of events is a line each', () => {
    const batch = batchOf('json', ...KINDS.map((kind) => `${JSON.stringify(example(kind))}\n`))
    for (const name of NAMES) {
      const text = Buffer.concat(eventLines(batch, name)).toString()
      expect(text.endsWith('\n')).toBe(true)
      expect(text.trimEnd().split('\n')).toEqual(KINDS.map((kind) => lineOf(example(kind), name)))
    }
  })
})

describe('json', () => {
  test('is the event, and every field of it is documented', () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(documentOf(event, 'json')).toEqual(tamed(event))
        const documented = EVENT_FIELDS.map(([name]) => name)
        for (const field of Object.keys(event)) expect(documented).toContain(field)
      }),
      RUNS,
    )
  })
})

describe('ocsf', () => {
  test.each(KINDS)('%s: the example is what the schema describes', (kind) => {
    expect(ocsfComplaints(documentOf(example(kind), 'ocsf'))).toEqual([])
  })

  test('whatever is in an event, the schema describes it, and the service is what it was', () => {
    fc.assert(
      fc.property(events, (event) => {
        const document = documentOf(event, 'ocsf')
        expect(ocsfComplaints(document)).toEqual([])
        expect(document.resources[0].name).toBe(tamed(event).service)
        expect(document.metadata.uid).toBe(event.id)
        expect(document.type_uid).toBe(document.class_uid * 100 + document.activity_id)
      }),
      RUNS,
    )
  })

  test('the checker of the schema can fail', () => {
    const good = documentOf(example('finding'), 'ocsf')
    expect(ocsfComplaints({ ...good, time: undefined })).toEqual(['time is missing'])
    expect(ocsfComplaints({ ...good, severity_id: 7 })).toEqual(['severity_id is 7, which is not listed'])
    expect(ocsfComplaints({ ...good, colour: 1 })).toEqual(['colour is unknown'])
    expect(ocsfComplaints({ ...good, finding_info: { title: 'x' } })).toEqual(['finding_info.uid is missing'])
    expect(ocsfComplaints({ ...good, metadata: { ...good.metadata, profiles: [] } })).toContain(
      'action_id needs the profile security_control',
    )
  })

  test('what was masked was modified and corrected, what was dropped denied, what was kept observed', () => {
    const ids = ['mask', 'drop_record', 'keep'].map((action) => {
      const { action_id, disposition_id } = documentOf(example('finding', { action }), 'ocsf')
      return [action_id, disposition_id]
    })
    expect(ids).toEqual([
      [4, 11],
      [2, 6],
      [3, 15],
    ])
  })
})

describe('ecs', () => {
  test('the service, the rule and the numbers stand where Elastic looks for them', () => {
    fc.assert(
      fc.property(events, (event) => {
        const document = documentOf(event, 'ecs')
        const { service } = tamed(event)
        expect(document['@timestamp']).toBe(event.window_end)
        expect(document.service.name).toBe(service)
        expect(document.event.id).toBe(event.id)
        expect(document.ecs.version).toMatch(/^\d+\.\d+\.\d+$/)
      }),
      RUNS,
    )
    expect(documentOf(example('finding'), 'ecs')).toMatchObject({
      event: { kind: 'alert', action: 'mask', dataset: 'logveil.finding', sequence: 4711, risk_score: 73 },
      rule: { id: 'payment_card', category: 'financial' },
      logveil: { matches: 17, records: 9 },
    })
    expect(documentOf(example('coverage'), 'ecs')).toMatchObject({ event: { kind: 'metric', outcome: 'failure' } })
  })
})

describe('cef', () => {
  test('read back as ArcSight reads it, header and values are what was written', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { header, extension } = parseCef(lineOf(event, 'cef'))
        const { service, source, instance, ...rest } = tamed(event)
        expect(header.slice(0, 3)).toEqual(['CEF:0', 'logveil', 'logveil'])
        expect(header).toHaveLength(7)
        expect(Number(header[6])).toBeGreaterThanOrEqual(0)
        expect(Number(header[6])).toBeLessThanOrEqual(10)
        expect(extension.get('externalId')).toBe(event.id)
        expect(extension.get('cn1')).toBe(String(event.seq))
        for (const [key, text] of [
          ['sourceServiceName', service],
          ['cs2', source],
          ['dvchost', instance],
        ]) {
          // Line ends are escaped and come back; other controls become spaces.
          const kept = text.replace(/[^\n\r]/gu, flat)
          expect(extension.get(key) ?? '').toBe(kept)
        }
        if (rest.event === 'finding') expect(extension.get('cnt')).toBe(String(rest.matches))
      }),
      RUNS,
    )
  })

  test('a service that would like to be another field does not become one', () => {
    const service = 'pay cs1=forged|x\ncnt=0 \\'
    const { header, extension } = parseCef(lineOf(example('finding', { service, rule: 'a|b\\c\n' }), 'cef'))
    expect(extension.get('sourceServiceName')).toBe(service)
    expect(extension.get('cnt')).toBe('17')
    expect(header[4]).toBe('a|b\\c ')
  })
})

describe('leef', () => {
  test('read back as QRadar reads it, values are what was written', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { header, attributes } = parseLeef(lineOf(event, 'leef'))
        const { service, source } = tamed(event)
        expect(header.slice(0, 3)).toEqual(['LEEF:2.0', 'logveil', 'logveil'])
        expect(header[5]).toBe('x09')
        expect(attributes.get('id')).toBe(event.id)
        expect(attributes.get('resource')).toBe(flat(service))
        expect(attributes.get('source')).toBe(flat(source))
        expect(attributes.get('devTime')).toBe(String(Date.parse(event.window_end)))
      }),
      RUNS,
    )
  })
})

describe('otlp', () => {
  test('is one log record with a name, and the service is an attribute, not the resource', () => {
    fc.assert(
      fc.property(events, (event) => {
        const [{ resource, scopeLogs }] = documentOf(event, 'otlp').resourceLogs
        const [{ eventName, timeUnixNano, attributes }] = scopeLogs[0].logRecords
        expect(eventName).toBe(`logveil.${event.event}`)
        expect(timeUnixNano).toBe(`${BigInt(Date.parse(event.window_end)) * 1_000_000n}`)
        const own = new Map(attributes.map(({ key, value }: { key: string; value: unknown }) => [key, value]))
        expect(own.get('logveil.service')).toEqual({ stringValue: tamed(event).service })
        expect(own.get('logveil.seq')).toEqual({ intValue: String(event.seq) })
        expect(resource.attributes[0]).toEqual({ key: 'service.name', value: { stringValue: 'logveil' } })
      }),
      RUNS,
    )
  })
})
