// Events for the tests of formats: the documented examples, and arbitrary ones with the nastiest names there are.
import fc from 'fast-check'
import type { SiemEvent } from '../../../src/core/siem_event.ts'
import { exampleEvent } from '../../../tools/docs/event_fields.mjs'

export const KINDS = ['finding', 'coverage', 'alert'] as const

export function example(kind: (typeof KINDS)[number], changes: object = {}): SiemEvent {
  return { ...exampleEvent(kind), ...changes } as unknown as SiemEvent
}

/** Quotes, pipes, equals signs, tabs, line ends of every kind, controls, lone surrogates, what turns text around. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', "'", '\\', '|', '=', ' ', '\t', '\n', '\r', '\0', '\u001b', '\u2028', '\u202e', '\ud800'),
    fc.constantFrom('\udc00', '\ufeff', '%', '{', '}', '[', ']', '^', 'a=b', 'CEF:0|', 'cs1=x', '\\n', '…', '😀', 'é'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
  maxLength: 40,
})
const long = fc.tuple(nasty, fc.integer({ min: 1, max: 70_000 })).map(([text, length]) => {
  return (text || 'x').repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length)
})
const names = fc.oneof({ weight: 6, arbitrary: nasty }, { weight: 1, arbitrary: long })

const count = fc.nat()

export const events: fc.Arbitrary<SiemEvent> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    service: names,
    namespace: fc.option(names, { nil: undefined }),
    environment: fc.option(names, { nil: undefined }),
    source: names,
    instance: names,
    rule: names,
    title: names,
    alert: names,
    action: fc.constantFrom('mask', 'keep', 'drop_record', 'hash'),
    category: fc.constantFrom('financial', 'secret', 'personal', 'health', 'network', 'attack', 'other'),
    severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
    paths: fc.array(names, { maxLength: 5 }),
    matches: count,
    records_seen: count,
    not_inspected: count,
    observed: count,
  })
  .map(({ kind, ...changes }) => {
    const known = exampleEvent(kind)
    const own = Object.entries(changes).filter(([name, value]) => name in known && value !== undefined)
    return { ...known, ...Object.fromEntries(own) } as unknown as SiemEvent
  })
