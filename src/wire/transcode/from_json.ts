// Reads JSON documents as records: the document is the body. The time is the first of the members `timestamp`, `time`
// and `@timestamp` that is one (RFC 3339, or a number: seconds, milliseconds, microseconds or nanoseconds since 1970,
// told apart by their size), if any is; the member itself stays in the body. Integers of 64 bits stay exact; larger
// ones become a double when that is exact, else text.
import { Field, type RecordWriter } from '../record.ts'
import { skipJson, skipSpace, skipString } from './json_skip.ts'
import { jsonText, text } from './json_text.ts'
import { type Instant, parseRfc3339 } from './rfc3339.ts'

const decoder = new TextDecoder()
const TIMES = ['timestamp', 'time', '@timestamp']
/** Later ones would be a group marker's or overflow: EventTime has 32 bits of seconds. */
const LAST_EVENT_SECOND = 0xfffffffd

/** False when the frame is no JSON document: then nothing was told. */
export function readJsonDocument(bytes: Uint8Array, start: number, end: number, to: RecordWriter): boolean {
  const at = skipSpace(bytes, start, end)
  const stop = skipJson(bytes, at, end)
  if (stop < 0 || skipSpace(bytes, stop, end) !== end) return false
  const time = bytes[at] === 0x7b ? findTime(bytes, at, stop) : null
  to.openRecord()
  if (time !== null) {
    to.field(Field.timestamp)
    to.time(time.seconds, time.nanos)
  }
  to.field(Field.body)
  tellValue(to, bytes, at)
  to.closeRecord()
  return true
}

function findTime(bytes: Uint8Array, at: number, end: number): Instant | null {
  let best: Instant | null = null
  let rank = TIMES.length
  at = skipSpace(bytes, at + 1, end)
  while (bytes[at] === 0x22) {
    const name = skipString(bytes, at, end)
    const value = skipSpace(bytes, skipSpace(bytes, name, end) + 1, end)
    const stop = skipJson(bytes, value, end)
    // No string is made of a name that is too short or too long to be one of them.
    const candidate = name - at >= 6 && name - at <= 12 ? TIMES.indexOf(ascii(bytes, at + 1, name - 1)) : -1
    if (candidate >= 0 && candidate < rank) {
      const time = parseTime(bytes, value, stop)
      if (time !== null) {
        best = time
        rank = candidate
      }
    }
    at = skipSpace(bytes, stop, end)
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1, end)
  }
  return best
}

function parseTime(bytes: Uint8Array, start: number, end: number): Instant | null {
  if (end - start > 40) return null
  if (bytes[start] === 0x22) return parseRfc3339(bytes, start + 1, end - 1)
  const value = Number(ascii(bytes, start, end))
  if (!(value > 0)) return null
  const unit = value < 1e11 ? 1 : value < 1e14 ? 1e3 : value < 1e17 ? 1e6 : 1e9
  const seconds = Math.floor(value / unit)
  if (seconds > LAST_EVENT_SECOND) return null
  if (unit === 1e9) return { seconds, nanos: Number(BigInt.asUintN(64, exactInt(bytes, start, end)) % 1_000_000_000n) }
  const micros = Math.min(999_999, Math.round((value / unit - seconds) * 1e6))
  return { seconds, nanos: micros * 1000 }
}

function exactInt(bytes: Uint8Array, start: number, end: number): bigint {
  const digits = ascii(bytes, start, end)
  return [...digits].every((digit) => digit >= '0' && digit <= '9')
    ? BigInt(digits)
    : BigInt(Math.floor(Number(digits)))
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** Tells the value at `at`, which is known to be whole; returns where it ends. */
function tellValue(to: RecordWriter, bytes: Uint8Array, at: number): number {
  const end = bytes.length
  switch (bytes[at]) {
    case 0x7b:
      to.openMap()
      at = skipSpace(bytes, at + 1, end)
      while (bytes[at] !== 0x7d) {
        const name = skipString(bytes, at, end)
        jsonText(bytes, at + 1, name - 1)
        to.key(text.bytes, text.start, text.end)
        at = nextItem(bytes, tellValue(to, bytes, skipSpace(bytes, skipSpace(bytes, name, end) + 1, end)), end)
      }
      to.closeMap()
      return at + 1
    case 0x5b:
      to.openArray()
      at = skipSpace(bytes, at + 1, end)
      while (bytes[at] !== 0x5d) at = nextItem(bytes, tellValue(to, bytes, at), end)
      to.closeArray()
      return at + 1
    case 0x22: {
      const stop = skipString(bytes, at, end)
      jsonText(bytes, at + 1, stop - 1)
      to.str(text.bytes, text.start, text.end)
      return stop
    }
    default:
      return tellScalar(to, bytes, at, end)
  }
}

function nextItem(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end)
  return bytes[at] === 0x2c ? skipSpace(bytes, at + 1, end) : at
}

function tellScalar(to: RecordWriter, bytes: Uint8Array, at: number, end: number): number {
  const stop = skipJson(bytes, at, end)
  const first = bytes[at]
  if (first === 0x6e) to.none()
  else if (first === 0x74 || first === 0x66) to.bool(first === 0x74)
  else tellNumber(to, bytes, at, stop)
  return stop
}

function tellNumber(to: RecordWriter, bytes: Uint8Array, start: number, end: number): void {
  let isInt = true
  let short = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] > 0x39 || bytes[at] === 0x2e) isInt = false
    short = short * 10 + bytes[at] - 0x30
  }
  // Up to 15 digits a double is exact on its way, and no string is needed.
  if (isInt && end - start <= 15 && bytes[start] !== 0x2d) {
    to.int(short)
    return
  }
  const value = Number(ascii(bytes, start, end))
  if (!Number.isFinite(value)) to.str(bytes, start, end)
  else if (!isInt || Object.is(value, -0)) to.double(value)
  else if (Number.isSafeInteger(value)) to.int(value)
  else tellBigInt(to, bytes, start, end, value)
}

function tellBigInt(to: RecordWriter, bytes: Uint8Array, start: number, end: number, value: number): void {
  const exact = BigInt(ascii(bytes, start, end))
  const negative = exact < 0n
  const magnitude = negative ? -exact : exact
  if (magnitude <= (negative ? 1n << 63n : (1n << 64n) - 1n)) {
    to.wide(Number(magnitude >> 32n), Number(magnitude & 0xffffffffn), negative)
  } else if (BigInt(value) === exact) {
    to.double(value)
  } else {
    to.str(bytes, start, end)
  }
}
