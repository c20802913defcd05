// One syslog message as a JSON record. What can be read of its header becomes members; what can not be read stays in
// `message`, all of it. Nothing is guessed but the year of an old time.
//
//   Message  ::= "<" priority ">" ( Rfc5424 | Rfc3164 )        priority: facility * 8 + severity, 0 to 191
//   Rfc5424  ::= "1" SP time SP host SP app SP procid SP msgid SP structured_data ( SP BOM? text )?      "-": none
//   Rfc3164  ::= time SP ( host SP )? ( app ( "[" procid "]" )? ":" )? text        its time may be that of RFC 3339 too
import { utf8OfLatin1 } from '../../wire/foreign_text.ts'
import { writeString } from '../../wire/transcode/escape.ts'
import type { Output } from '../../wire/transcode/output.ts'
import { parseRfc3339 } from '../../wire/transcode/rfc3339.ts'
import { isUtf8 } from '../../wire/transcode/utf8.ts'
import { LEGACY_TIME_BYTES, type LegacyTime } from './legacy_time.ts'
import { writeStructuredData } from './structured_data.ts'

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ')
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
/** By priority: the beginning of its record. */
const HEADS = Array.from({ length: 192 }, (_, priority) =>
  Buffer.from(`{"facility":"${FACILITIES[priority >> 3]}","severity":"${SEVERITIES[priority & 7]}"`),
)
const TIMESTAMP = Buffer.from(',"timestamp":')
const HOST = Buffer.from(',"host":')
const APP = Buffer.from(',"app":')
const PROCID = Buffer.from(',"procid":')
const MSGID = Buffer.from(',"msgid":')
const STRUCTURED_DATA = Buffer.from(',"structured_data":')
const MESSAGE = Buffer.from(',"message":')
const LATIN1 = Buffer.from(',"encoding":"latin1"')
const CLOSE = Buffer.from('}\n')
const OPEN_BRACE = Buffer.from('{')

const SP = 0x20
const COLON = 0x3a
const DASH = 0x2d
/** RFC 3164 says 32; longer runs are no names of programs, but text. */
const APP_BYTES_MAX = 64

export class Messages {
  /** Messages without a header that could be read. */
  malformed = 0
  private readonly out: Output
  private readonly times: LegacyTime
  // The message that is being read.
  private bytes: Uint8Array = new Uint8Array(0)
  private end = 0
  private host: string | null = null

  constructor(out: Output, times: LegacyTime) {
    this.out = out
    this.times = times
  }

  /** `peer`: the address that it came from, for `host` when the message does not say it. Appends a frame. */
  add(bytes: Uint8Array, start: number, end: number, peer: string | null): void {
    end = trimmedEnd(bytes, start, end)
    if (start === end) return
    const isText = isUtf8(bytes, start, end)
    if (isText) this.read(bytes, start, end, peer)
    else {
      // As Latin-1 each byte is the character of its number, and nothing of it is lost.
      const text = utf8OfLatin1(bytes, start, end)
      this.read(text, 0, text.length, peer)
    }
    if (!isText) this.put(LATIN1)
    this.put(CLOSE)
    this.out.endFrame()
  }

  /** Stands for a message that was not kept. */
  addTooLong(size: number, peer: string | null): void {
    const host = peer === null ? '' : `"host":${JSON.stringify(peer)},`
    this.out.append(Buffer.from(`{${host}"logveil_unreadable":"too_long","bytes":${size}}\n`))
    this.out.endFrame()
  }

  private read(bytes: Uint8Array, start: number, end: number, peer: string | null): void {
    this.bytes = bytes
    this.end = end
    this.host = peer
    const at = priorityEnd(bytes, start, end)
    const head = at < 0 ? OPEN_BRACE : HEADS[priorityOf(bytes, start, at)]
    const from = this.out.used
    this.put(head)
    if (at >= 0 && (bytes[at] === 0x31 && bytes[at + 1] === SP ? this.read5424(at + 2) : this.read3164(at))) return
    this.malformed++
    this.out.used = from
    this.put(head)
    this.writeHost(null)
    // Without a member before it, it begins the record.
    if (this.out.used === from + 1) this.out.append(MESSAGE.subarray(1))
    else this.put(MESSAGE)
    writeString(this.out, bytes, start, end)
  }

  /** False: it is broken. */
  private read5424(at: number): boolean {
    const { bytes, end, out } = this
    const time = tokenEnd(bytes, at, end)
    if (!isNil(bytes, at, time)) {
      if (parseRfc3339(bytes, at, time) === null) return false
      this.write(TIMESTAMP, at, time)
    }
    const host = tokenEnd(bytes, time + 1, end)
    const app = tokenEnd(bytes, host + 1, end)
    const procid = tokenEnd(bytes, app + 1, end)
    const msgid = tokenEnd(bytes, procid + 1, end)
    if (msgid >= end || time === at || host <= time + 1 || app <= host + 1) return false
    if (procid <= app + 1 || msgid <= procid + 1) return false
    this.writeHost(isNil(bytes, time + 1, host) ? null : [time + 1, host])
    this.writeUnlessNil(APP, host + 1, app)
    this.writeUnlessNil(PROCID, app + 1, procid)
    this.writeUnlessNil(MSGID, procid + 1, msgid)
    at = msgid + 1
    if (bytes[at] === DASH) at++
    else {
      this.put(STRUCTURED_DATA)
      at = writeStructuredData(out, bytes, at, end)
    }
    if (at < 0 || (at < end && bytes[at] !== SP)) return false
    if (at < end) at++
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3
    this.write(MESSAGE, Math.min(at, end), end)
    return true
  }

  /** False: there is no time where one must be. */
  private read3164(at: number): boolean {
    const { bytes, end, out } = this
    const legacy = at + LEGACY_TIME_BYTES <= end ? this.times.read(bytes, at) : null
    if (legacy !== null) {
      this.put(TIMESTAMP)
      writeString(out, legacy, 0, legacy.length)
      at += LEGACY_TIME_BYTES
    } else {
      const stop = tokenEnd(bytes, at, end)
      if (parseRfc3339(bytes, at, stop) === null) return false
      this.write(TIMESTAMP, at, stop)
      at = stop
    }
    if (at >= end || bytes[at] !== SP) return false
    at++
    const host = tokenEnd(bytes, at, end)
    // On sockets of the same machine there is no host: what would be it is the app.
    if (host < end && host > at && !looksLikeApp(bytes, at, host)) {
      this.writeHost([at, host])
      at = host + 1
    } else this.writeHost(null)
    this.write(MESSAGE, this.readApp(at), end)
    return true
  }

  /** Where the text begins. */
  private readApp(at: number): number {
    const { bytes, end } = this
    const stop = nameEnd(bytes, at, Math.min(end, at + APP_BYTES_MAX))
    if (stop === at) return at
    let next = stop
    let close = -1
    if (bytes[next] === 0x5b) {
      for (close = next; close < end && bytes[close] !== 0x5d; close++) if (close - next > APP_BYTES_MAX) return at
      if (close === end) return at
      next = close + 1
    }
    if (next >= end || bytes[next] !== COLON) return at
    this.write(APP, at, stop)
    if (close > stop + 1) this.write(PROCID, stop + 1, close)
    return bytes[next + 1] === SP ? next + 2 : next + 1
  }

  /** Short: a loop beats a call into the engine. */
  private put(part: Uint8Array): void {
    this.out.appendRange(part, 0, part.length)
  }

  private write(name: Uint8Array, start: number, end: number): void {
    this.put(name)
    writeString(this.out, this.bytes, start, end)
  }

  private writeUnlessNil(name: Uint8Array, start: number, end: number): void {
    if (!isNil(this.bytes, start, end)) this.write(name, start, end)
  }

  private writeHost(range: readonly [start: number, end: number] | null): void {
    if (range !== null) this.write(HOST, range[0], range[1])
    else if (this.host !== null) {
      // Nothing is before it when there is no priority.
      const isFirst = this.out.bytes[this.out.used - 1] === 0x7b
      this.out.append(isFirst ? HOST.subarray(1) : HOST)
      this.out.append(Buffer.from(JSON.stringify(this.host)))
    }
  }
}

/** Behind the priority, or -1. */
function priorityEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== 0x3c) return -1
  for (let at = start + 1; at < end && at <= start + 4; at++) {
    if (bytes[at] === 0x3e) return at > start + 1 && priorityOf(bytes, start, at + 1) < 192 ? at + 1 : -1
    if (bytes[at] < 0x30 || bytes[at] > 0x39) return -1
  }
  return -1
}

function priorityOf(bytes: Uint8Array, start: number, end: number): number {
  let priority = 0
  for (let at = start + 1; at < end - 1; at++) priority = priority * 10 + bytes[at] - 0x30
  return priority
}

/** Line ends and NULs at the end are of the transport. */
function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d || bytes[end - 1] === 0)) end--
  return end
}

function tokenEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== SP) at++
  return at
}

function isNil(bytes: Uint8Array, start: number, end: number): boolean {
  return end === start + 1 && bytes[start] === DASH
}

function looksLikeApp(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[end - 1] === COLON || bytes.subarray(start, end).indexOf(0x5b) > 0
}

/** A name of a program: up to a colon, a bracket or a space. */
function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] > SP && bytes[at] !== COLON && bytes[at] !== 0x5b) at++
  return at
}
