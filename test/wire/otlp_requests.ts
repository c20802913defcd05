// Random OTLP requests, in the library's own JSON.
import fc from 'fast-check'
import type { Plain } from './otlp_schema.ts'

/** Made of `words`, so that secrets can stand anywhere in it. `isSparse`: attributes may be empty, without a value. */
export function requestsOf(words: readonly string[], isSparse = false): fc.Arbitrary<Plain> {
  const text = fc.array(fc.constantFrom('a', ' ', '"', '\\', '\n', '\u0001', 'é', '漢', '🙂', ...words), {
    maxLength: 6,
  })
  const string = text.map((parts) => parts.join('|'))
  const bytes = fc.oneof(
    string.map((one) => Buffer.from(one)),
    fc.uint8Array({ maxLength: 20 }),
  )
  const base64 = bytes.map((one) => Buffer.from(one).toString('base64'))
  const pair = (value: fc.Arbitrary<Plain>) => fc.record({ key: string.map((one) => `k${one}`), value })
  const { value, list } = fc.letrec<{ value: Plain; list: Plain[] }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      string.map((stringValue) => ({ stringValue })),
      fc.boolean().map((boolValue) => ({ boolValue })),
      fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map((one) => ({ intValue: String(one) })),
      fc.integer().map((one) => ({ intValue: String(one) })),
      fc
        .double({ noNaN: true })
        .map((one) => ({ doubleValue: Number.isFinite(one) ? one : one > 0 ? 'Infinity' : '-Infinity' })),
      base64.map((bytesValue) => ({ bytesValue })),
      fc.constant({}),
      fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: values.length > 0 ? { values } : {} })),
      tie('list').map((values) => ({ kvlistValue: values.length > 0 ? { values } : {} })),
    ),
    list: fc.array(isSparse ? fc.oneof(pair(tie('value')), fc.constant({})) : pair(tie('value')), { maxLength: 4 }),
  }))
  const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
  const nanos = fc.bigInt({ min: 1n, max: 4_000_000_000_000_000_000n }).map(String)
  const id = (size: number) =>
    fc.uint8Array({ minLength: size, maxLength: size }).map((one) => Buffer.from(one).toString('base64'))
  const count = fc.integer({ min: 1, max: 0xffffffff })
  const filled = <T>(one: fc.Arbitrary<T[]>) => one.map((items) => (items.length > 0 ? items : undefined))
  const name = string.map((one) => `n${one}`)
  const record = fc.record({
    timeUnixNano: nanos,
    observedTimeUnixNano: optional(nanos),
    severityNumber: optional(fc.integer({ min: 1, max: 24 })),
    severityText: optional(name),
    body: value,
    attributes: filled(list),
    droppedAttributesCount: optional(count),
    flags: optional(count),
    traceId: optional(id(16)),
    spanId: optional(id(8)),
    eventName: optional(name),
  })
  const entity = fc.record({
    schemaUrl: optional(name),
    type: optional(name),
    idKeys: filled(fc.array(name, { maxLength: 2 })),
    descriptionKeys: filled(fc.array(name, { maxLength: 2 })),
  })
  const resource = fc.record({
    attributes: filled(list),
    droppedAttributesCount: optional(count),
    entityRefs: filled(fc.array(entity, { maxLength: 2 })),
  })
  const scope = fc.record({
    name: optional(name),
    version: optional(name),
    attributes: filled(list),
    droppedAttributesCount: optional(count),
  })
  const scopeLogs = fc.record({
    scope,
    logRecords: fc.array(record, { minLength: 1, maxLength: 3 }),
    schemaUrl: optional(name),
  })
  const resourceLogs = fc.record({
    resource,
    scopeLogs: fc.array(scopeLogs, { minLength: 1, maxLength: 2 }),
    schemaUrl: optional(name),
  })
  return fc.record({ resourceLogs: fc.array(resourceLogs, { minLength: 1, maxLength: 3 }) }).map(withoutHoles)
}

/** Without members that are undefined, as the library wants it. */
function withoutHoles(value: Plain): Plain {
  return JSON.parse(JSON.stringify(value, (_, one) => (Object.is(one, -0) ? 0 : one)))
}
