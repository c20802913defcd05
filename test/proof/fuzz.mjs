// Changes well-formed OTLP requests at random and looks at what the worker makes of them, for anybody to run:
//
//   node test/proof/fuzz.mjs [--cases 1000000] [--seed 2026]
//
// Requests in protobuf and in JSON hold a made-up secret in every place that can hold text. However they are cut, torn
// and turned, nothing may be thrown, the secret may not come out, what comes out must be readable, and no case may take
// long. Exit code 1 otherwise, with what is needed to see the case again.
import { parseArgs } from 'node:util'
import { BATCH_PAD_BYTES, FORMATS } from '../../dist/core/batch.js'
import { transcode } from '../../dist/wire/transcode.js'
import { Inspector } from '../../dist/worker/inspector.js'

/** Each letter would be a protobuf tag of a type that does not exist, so no part of it can pass as fields. */
const SECRET = 'KNFWGLTSVCODKLNFTGWSOVCD'
const CASE_MS_MAX = 2000
/** Every so many cases the result is transcoded too. */
const TRANSCODED = 16

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '2026' } },
})

/** @typedef {'otlp' | 'otlp_json'} Format */

/** @type {import('../../src/core/policy.ts').Policy} */
const policy = {
  version: 'fuzz',
  mode: 'enforce',
  rules: [
    {
      id: 'secret',
      find: { pattern: SECRET },
      action: { type: 'mask', keep_first: 0, keep_last: 0, char: '*' },
      category: 'secret',
      severity: 'high',
      confidence: 'high',
    },
  ],
  allow: {},
  exclude_fields: [],
  on_error: 'mask_all',
  service_from: ['@group.resource.attributes.service.name'],
}

/** mulberry32: the same numbers for the same seed, everywhere. @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Requests in JSON that hold the secret in every place. */
function requests() {
  const text = { stringValue: `a ${SECRET} b` }
  const bytes = { bytesValue: Buffer.from(`x ${SECRET}`).toString('base64') }
  const nested = { stringValue: JSON.stringify({ a: [SECRET, { [SECRET]: 1 }] }) }
  const list = { arrayValue: { values: [text, bytes, { intValue: '42' }, { doubleValue: 1.5 }, {}] } }
  const map = { kvlistValue: { values: [{ key: SECRET, value: list }, { key: 'b', value: nested }, { key: 'c' }] } }
  const attributes = [
    { key: 'service.name', value: { stringValue: 'shop' } },
    { key: 'k', value: text },
    { key: SECRET, value: map },
    { key: 'bytes', value: bytes },
  ]
  const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef', flags: 1 }
  const times = { timeUnixNano: '1795273200123456789', observedTimeUnixNano: '1795273200123456790' }
  const record = { ...times, severityNumber: 9, severityText: SECRET, body: map, attributes, ...ids, eventName: SECRET }
  const resource = {
    attributes,
    droppedAttributesCount: 3,
    entityRefs: [{ schemaUrl: SECRET, type: SECRET, idKeys: [SECRET] }],
  }
  const scope = { name: SECRET, version: SECRET, attributes }
  const whole = {
    resourceLogs: [
      { resource, scopeLogs: [{ scope, logRecords: [record, { body: text }], schemaUrl: SECRET }], schemaUrl: SECRET },
      { scopeLogs: [{ logRecords: [{ body: nested }] }] },
    ],
  }
  const small = {
    resourceLogs: [{ resource: { attributes: [attributes[1]] }, scopeLogs: [{ logRecords: [{ body: text }] }] }],
  }
  const unknown = { ...small, extra: { deep: [SECRET, { [SECRET]: SECRET }] } }
  return [whole, small, unknown].map((plain) => Buffer.from(JSON.stringify(plain)))
}

/** The frames that are changed, by format. @returns {(readonly [Format, Buffer])[]} */
function corpus() {
  const json = requests()
  const otlp = json.map((text) =>
    Buffer.from(transcode('otlp_json', text, Uint32Array.of(text.length), 'otlp', 'fuzz', 0n).bytes),
  )
  // A field of a later version: text, and a message with text.
  const text = Buffer.concat([Buffer.of(0x7a, SECRET.length), Buffer.from(SECRET)])
  const message = Buffer.concat([Buffer.of(0x7a, text.length + 2), text, Buffer.of(0x70, 0x05)])
  otlp.push(Buffer.concat([otlp[1], text, message]))
  return [...otlp.map((bytes) => asFrame('otlp', bytes)), ...json.map((bytes) => asFrame('otlp_json', bytes))]
}

/** @param {Format} format @param {Buffer} bytes @returns {readonly [Format, Buffer]} */
function asFrame(format, bytes) {
  return [format, bytes]
}

const TELLING = [
  0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x1a, 0x2a, 0x32, 0x3a, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c,
]

/** @param {Buffer} from @param {readonly Buffer[]} others @param {(below: number) => number} random */
function changed(from, others, random) {
  let bytes = Buffer.from(from)
  // Half of the cases have one change: with more, most are unreadable from the start.
  for (let times = 1 + random(2) * random(4); times > 0 && bytes.length > 0; times--) {
    const at = random(bytes.length)
    const size = 1 + random(random(8) === 0 ? 400 : 8)
    const other = others[random(others.length)]
    const start = random(other.length)
    switch (random(8)) {
      case 0:
        bytes[at] = random(256)
        break
      case 1:
        bytes[at] ^= 1 << random(8)
        break
      case 2:
        bytes[at] = TELLING[random(TELLING.length)]
        break
      case 3:
        bytes = bytes.subarray(0, at)
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)])
        break
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(start, start + size), bytes.subarray(at)])
        break
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + size), bytes.subarray(at)])
        break
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(start)])
    }
  }
  return bytes
}

/** @param {Buffer} bytes */
function batchOf(bytes) {
  const padded = new Uint8Array(new ArrayBuffer(bytes.length + BATCH_PAD_BYTES), 0, bytes.length)
  padded.set(bytes)
  return { bytes: padded, ends: bytes.length > 0 ? Uint32Array.of(bytes.length) : new Uint32Array() }
}

/**
 * What is wrong in what came out, or undefined.
 * @param {Inspector} inspector @param {Format} format @param {Buffer} input @param {boolean} transcodes
 */
function fault(inspector, format, input, transcodes) {
  const { bytes, ends } = batchOf(input)
  const out = inspector.inspect(format, bytes, ends, 'fuzz')
  if (out.bytes.length !== (out.ends.at(-1) ?? 0)) return 'the last frame does not end with the bytes'
  if (Buffer.from(out.bytes).includes(SECRET)) return 'the secret came out'
  const again = batchOf(Buffer.from(out.bytes))
  const second = inspector.inspect(format, again.bytes, again.ends, 'fuzz')
  if (second.counts.services.some(({ failures }) => Object.keys(failures).length > 0))
    return 'what came out is unreadable'
  if (second.counts.findings.length > 0) return 'what came out holds the secret in other letters'
  if (!transcodes) return undefined
  for (const to of FORMATS) {
    const made = transcode(format, out.bytes, out.ends, to, 'fuzz', 0n)
    if (made.unreadable > 0) return `what came out cannot be made ${to}`
    if (Buffer.from(made.bytes).includes(SECRET)) return `the secret came out as ${to}`
  }
  return undefined
}

/** One that keeps what it can, and one that drops what it may. */
const inspectors = [new Inspector(policy), new Inspector({ ...policy, on_error: 'drop', unknown_fields: 'drop' })]
const frames = corpus()
const cases = Number(values.cases)
const random = randomOf(Number(values.seed))
const began = performance.now()
let slowest_ms = 0
let faults = 0
for (let i = 0; i < cases && faults < 5; i++) {
  const [format, from] = frames[random(frames.length)]
  const others = frames.filter(([other]) => other === format).map(([, bytes]) => bytes)
  const input = changed(from, others, random)
  const start = process.cpuUsage()
  let found
  try {
    found = fault(inspectors[i & 1], format, input, i % TRANSCODED < 2)
  } catch (error) {
    found = `it threw ${error instanceof Error ? error.stack : error}`
  }
  // Of the processor: others may be at work beside it.
  const { user, system } = process.cpuUsage(start)
  const took_ms = (user + system) / 1000
  slowest_ms = Math.max(slowest_ms, took_ms)
  if (took_ms > CASE_MS_MAX) found ??= `it took ${Math.round(took_ms)} ms`
  if (found === undefined) continue
  faults++
  process.stdout.write(`FAIL  case ${i}, ${format}: ${found}\n      ${input.toString('base64')}\n`)
}
const seconds = (performance.now() - began) / 1000
process.stdout.write(
  `${faults === 0 ? 'ok   ' : 'FAIL '} ${cases} cases with seed ${values.seed} in ${seconds.toFixed(1)} s, ` +
    `${faults} wrong, the slowest took ${slowest_ms.toFixed(1)} ms\n`,
)
process.exitCode = faults === 0 ? 0 : 1
