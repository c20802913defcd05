import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf, isoTime, timeOf_ms } from '../../src/net/document_facts.ts'

const of = (document: unknown) => factsOf(Buffer.from(JSON.stringify(document)))
const NOON = { seconds: 1_795_262_400, nanos: 0 }

describe('what is known of a document', () => {
  it.each([
    [{ timestamp: '2026-11-21T12:00:00.123456789Z' }, { seconds: NOON.seconds, nanos: 123_456_789 }],
    [{ '@timestamp': '2026-11-21 13:30:00+01:30' }, NOON],
    [{ time: 1_795_262_400 }, NOON],
    [{ time: 1_795_262_400_250 }, { seconds: NOON.seconds, nanos: 250_000_000 }],
    [{ time: 1_795_262_400_000_000_000 }, NOON],
    [{ body: { time: 1_795_262_400 } }, NOON],
    [{ timestamp: 'yesterday', time: 1_795_262_400 }, NOON],
    [{ time: 1e300 }, null],
    [{ time: -1 }, null],
    [{ timestamp: '1969-01-01T00:00:00Z' }, null],
    [{ timestamp: '2026-13-41T99:00:00Z' }, null],
    ['2026-11-21T12:00:00Z', null],
  ])('time of %j', (document, time) => expect(of(document).time).toEqual(time))

  it.each([
    [{ body: { kubernetes: { labels: { app: 'a', 'app.kubernetes.io/name': 'b' } } }, tag: 't' }, 'b'],
    [{ body: { kubernetes: { container_name: 'c' } }, resource: { attributes: { 'service.name': 'd' } } }, 'c'],
    [{ body: { service: 'e' }, resource: { attributes: { 'service.name': 'd' } } }, 'd'],
    [{ service: { name: 'f' } }, 'f'],
    [{ 'service.name': 'g', service: 'h' }, 'g'],
    [{ body: 'text', tag: 't' }, 't'],
    [{ service: 7 }, ''],
    [{ service: 'x'.repeat(5000) }, ''],
    [[1], ''],
  ])('service of %j', (document, service) => expect(of(document).service).toBe(service))

  it('throws at nothing, and says times that can be written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.double().map((time) => JSON.stringify({ time })),
        ),
        (text) => {
          const facts = factsOf(Buffer.from(text))
          expect(isoTime(timeOf_ms(facts, 0))).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        },
      ),
    )
  })

  it('isoTime is what Date says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (time_ms) => {
        expect(isoTime(time_ms)).toBe(new Date(time_ms).toISOString())
      }),
    )
  })
})
