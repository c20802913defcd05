// Reads JSON documents as records for writers that need a record with a time: an object is the record, any other value
// becomes `{"log": value}`. The time is the first of the members `timestamp`, `time` and `@timestamp` that is one
// (RFC 3339, or a number: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size),
// else the caller's clock; the member itself stays in the record. Integers of 64 bits stay exact; larger ones become
// a double when that is exact, else text.
import { Field, type RecordWriter } from '../record.ts'
import { hexValue, seen, skipJson, skipSpace, skipString } from './json_skip.ts'
import { type Instant, parseRfc3339 } from './rfc3339.ts'

const decoder = new TextDecoder()
const LOG = new TextEncoder().encode('log')
const TIMES = ['timestamp', 'time', '@timestamp']
/** Later ones would be a group marker's or overflow: EventTime has 32 bits of seconds. */
const LAST_EVENT_SECOND = 0xfffffffd
let scratch = new Uint8Array(1024)
/** Where `resolveEscapes` left its text. */
const text: { bytes: Uint8Array; start: number; end: number } = { bytes: scratch, start: 0, end: 0 }

/** False when the frame is no JSON document: then nothing was told. */
export function readJsonDocument(
  bytes: Uint8Array,
  start: number,
  end: number,
  now: Instant,
  to: RecordWriter,
): boolean {
  const at = skipSpace(bytes, start, end)
  const stop = skipJson(bytes, at, end)
  if (stop < 0 || skipSpace(bytes, stop, end) !== end) return false
  const time = bytes[at] === 0x7b ? findTime(bytes, at, stop) : null
  to.openRecord()
  to.field(Field.timestamp)
  if (time === null) to.time(now.seconds, now.nanos)
  else to.time(time.seconds, time.nanos)
  to.field(Field.body)
  if (bytes[at] === 0x7b) {
    tellValue(to, bytes, at)
  } else {
    to.openMap()
    to.key(LOG, 0, LOG.length)
    tellValue(to, bytes, at)
    to.closeMap()
  }
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
        resolveEscapes(bytes, at + 1, name - 1)
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
      resolveEscapes(bytes, at + 1, stop - 1)
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

/** Leaves the text of the string that was skipped last in `text`: in place when it has no escape. */
function resolveEscapes(bytes: Uint8Array, start: number, end: number): void {
  text.bytes = bytes
  text.start = start
  text.end = end
  if (!seen.escape) return
  const first = bytes.indexOf(0x5c, start) - start
  if (scratch.length < end - start) scratch = new Uint8Array((end - start) * 2)
  scratch.set(bytes.subarray(start, start + first))
  let used = first
  let at = start + first
  while (at < end) {
    if (bytes[at] !== 0x5c) {
      scratch[used++] = bytes[at++]
    } else if (bytes[at + 1] !== 0x75) {
      scratch[used++] = plain(bytes[at + 1])
      at += 2
    } else {
      let point = codeUnit(bytes, at + 2)
      at += 6
      if (point >= 0xd800 && point < 0xdc00 && at + 6 <= end && bytes[at] === 0x5c && bytes[at + 1] === 0x75) {
        const low = codeUnit(bytes, at + 2)
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
          at += 6
        }
      }
      used = putUtf8(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, used)
    }
  }
  text.bytes = scratch
  text.start = 0
  text.end = used
}

function plain(letter: number): number {
  switch (letter) {
    case 0x62:
      return 0x08
    case 0x66:
      return 0x0c
    case 0x6e:
      return 0x0a
    case 0x72:
      return 0x0d
    case 0x74:
      return 0x09
    default:
      return letter
  }
}

function codeUnit(bytes: Uint8Array, at: number): number {
  let unit = 0
  for (let digit = 0; digit < 4; digit++) unit = (unit << 4) | hexValue(bytes[at + digit])
  return unit
}

function putUtf8(point: number, used: number): number {
  if (point < 0x80) {
    scratch[used++] = point
    return used
  }
  if (point >= 0x10000) {
    scratch[used++] = 0xf0 | (point >> 18)
    scratch[used++] = 0x80 | ((point >> 12) & 63)
  } else if (point >= 0x800) scratch[used++] = 0xe0 | (point >> 12)
  else {
    scratch[used++] = 0xc0 | (point >> 6)
    scratch[used++] = 0x80 | (point & 63)
    return used
  }
  scratch[used++] = 0x80 | ((point >> 6) & 63)
  scratch[used++] = 0x80 | (point & 63)
  return used
}
