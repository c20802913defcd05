// What has arrived in the files of the Collector behind logveil, read as they grow and held against what was sent:
// every record at least once and exactly as it must be redacted, and no raw value in any byte.
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { recordAt } from '../../dist/cli/traffic/records.js'

const READ_BYTES = 4 * 1024 * 1024
/** As src/cli/traffic/otlp.ts chooses the body. */
const TEXTS = ['log', 'message', 'text', 'note', 'request']

/** @typedef {{ stringValue?: string, boolValue?: boolean, intValue?: string, doubleValue?: number,
 *   arrayValue?: { values?: AnyValue[] }, kvlistValue?: { values?: Pair[] } }} AnyValue
 * @typedef {{ key: string, value: AnyValue }} Pair
 * @typedef {{ timeUnixNano: string, observedTimeUnixNano: string, severityNumber: number, severityText: string,
 *   body?: AnyValue, attributes?: Pair[], traceId?: string, spanId?: string }} LogRecord
 * @typedef {{ resource: { attributes: Pair[] }, scopeLogs: { logRecords: LogRecord[] }[] }} ResourceLogs
 */

/** What every record of telemetrygen holds, and what must stand there. */
export const GENERATED = {
  raw: { body: 'order of jane.doe@example.com paid', customer: 'john.doe@example.com', owner: 'ops@example.com' },
  redacted: { body: 'order of [REDACTED:email] paid', customer: '[REDACTED:email]', owner: '[REDACTED:email]' },
}

export class Arrivals {
  /** Records that have arrived, each counted once. */
  count = 0
  wrong = 0
  again = 0
  raw = 0
  /** @type {string[]} where something is wrong; never the record itself, which may be raw */
  examples = []
  #options
  #needles
  #seen
  /** Times of telemetrygen's records, by its lane: they have no number. @type {Map<string, Set<string>>} */
  #generated
  /** @type {{ path: string, at: number, rest: Buffer }[]} */
  #files

  /**
   * @param {readonly string[]} paths
   * @param {{ records: number, seed: number, share: number }} options of the records that have numbers
   * @param {readonly string[]} lanes names of telemetrygen's services
   * @param {import('./needles.mjs').Needles} needles
   */
  constructor(paths, options, lanes, needles) {
    this.#files = paths.map((path) => ({ path, at: 0, rest: Buffer.alloc(0) }))
    this.#options = options
    this.#needles = needles
    this.#seen = new Uint8Array(options.records)
    this.#generated = new Map(lanes.map((lane) => [lane, new Set()]))
    for (const value of Object.values(GENERATED.raw)) needles.add(value)
  }

  /** Reads what is new. */
  read() {
    for (const file of this.#files) {
      while (this.#readPiece(file)) {}
    }
  }

  /** Half a line that nothing more will follow. */
  get torn() {
    return this.#files.filter(({ rest }) => rest.length > 0).length
  }

  /** Records of telemetrygen that have arrived from a lane. @param {string} lane */
  generated(lane) {
    return this.#generated.get(lane)?.size ?? 0
  }

  /** @param {{ path: string, at: number, rest: Buffer }} file */
  #readPiece(file) {
    if (!existsSync(file.path)) return false
    const piece = Buffer.allocUnsafe(READ_BYTES)
    const descriptor = openSync(file.path, 'r')
    const length = readSync(descriptor, piece, 0, READ_BYTES, file.at)
    closeSync(descriptor)
    file.at += length
    const bytes = Buffer.concat([file.rest, piece.subarray(0, length)])
    const end = bytes.lastIndexOf(0x0a) + 1
    // Whole lines only, and each once: a value never spans two of them.
    this.raw += this.#needles.countIn(bytes.subarray(0, end))
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      if (line !== '') for (const logs of JSON.parse(line).resourceLogs) this.#takeLogs(logs)
    }
    file.rest = bytes.subarray(end)
    return length > 0
  }

  /** @param {ResourceLogs} logs */
  #takeLogs({ resource, scopeLogs }) {
    const pairs = pairsOf(resource.attributes)
    const lane = pairs.find(([key]) => key === 'service.name')?.[1]
    for (const { logRecords } of scopeLogs) {
      if (this.#generated.has(lane)) for (const record of logRecords) this.#takeGenerated(lane, pairs, record)
      else this.#takeOwn(pairs, logRecords)
    }
  }

  /** @param {string} lane @param {[string, any][]} resource @param {LogRecord} record */
  #takeGenerated(lane, resource, record) {
    const { body, customer, owner } = GENERATED.redacted
    const attributes = Object.fromEntries(pairsOf(record.attributes))
    const isRight =
      plain(record.body) === body &&
      attributes.customer === customer &&
      attributes.number === '7' &&
      record.severityText === 'Info' &&
      resource.some(([key, value]) => key === 'owner' && value === owner)
    const times = this.#generated.get(lane) ?? new Set()
    if (!isRight) this.#complain(`a record of ${lane}`)
    else if (times.has(record.timeUnixNano)) this.again++
    else {
      times.add(record.timeUnixNano)
      this.count++
    }
  }

  /** @param {[string, any][]} resource @param {readonly LogRecord[]} records */
  #takeOwn(resource, records) {
    for (const [n, record] of records.entries()) {
      const number = Number(pairsOf(record.attributes).find(([key]) => key === 'seq')?.[1])
      const isKnown = number >= 0 && number < this.#seen.length
      const wanted = isKnown ? recordAt(number, this.#options, 'redacted') : undefined
      // The sender takes the pod from the first record.
      const resourceIsRight = n > 0 || (wanted && JSON.stringify(resource) === JSON.stringify(resourceOf(wanted)))
      const isRight = wanted && JSON.stringify(shownOf(record)) === JSON.stringify(expectedOf(wanted))
      if (!isRight || !resourceIsRight) this.#complain(`record ${number}`)
      else if (this.#seen[number] > 0) this.again++
      else {
        this.#seen[number] = 1
        this.count++
      }
    }
  }

  /** @param {string} what */
  #complain(what) {
    this.wrong++
    if (this.examples.length < 5) this.examples.push(what)
  }
}

/** @param {import('../../dist/cli/traffic/records.js').TrafficRecord} record */
function resourceOf({ service, body }) {
  const pod = Object.entries(body.kubernetes ?? {}).filter(([, value]) => typeof value === 'string')
  return [['service.name', service], ...pod.map(([key, value]) => [`k8s.${key}`, value])]
}

/** What a Collector must say of a record. @param {import('../../dist/cli/traffic/records.js').TrafficRecord} record */
function expectedOf({ time_ms, body }) {
  const { kubernetes, trace_id = '', span_id = '', ...members } = body
  const text = TEXTS.find((key) => typeof members[key] === 'string')
  const time = `${time_ms}000000`
  return {
    time: [time, time],
    severity: [9, 'INFO'],
    body: text === undefined ? null : members[text],
    attributes: Object.entries(members)
      .filter(([key]) => key !== text)
      .map(([key, value]) => [key, numbersAsText(value)]),
    ids: [trace_id, span_id],
  }
}

/** @param {LogRecord} record */
function shownOf(record) {
  return {
    time: [record.timeUnixNano, record.observedTimeUnixNano],
    severity: [record.severityNumber, record.severityText],
    body: plain(record.body ?? {}),
    attributes: pairsOf(record.attributes),
    ids: [record.traceId ?? '', record.spanId ?? ''],
  }
}

/** @param {readonly Pair[]} [pairs] @returns {[string, any][]} */
function pairsOf(pairs = []) {
  return pairs.map(({ key, value }) => [key, plain(value)])
}

/** Integers as text, as OTLP JSON has them. @param {AnyValue} [value] @returns {any} */
function plain(value = {}) {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain)
  if (value.kvlistValue) return Object.fromEntries(pairsOf(value.kvlistValue.values))
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? null
}

/** @param {any} value @returns {any} */
function numbersAsText(value) {
  if (Number.isSafeInteger(value) && value >= 0) return String(value)
  if (Array.isArray(value)) return value.map(numbersAsText)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbersAsText(inner)]))
}
