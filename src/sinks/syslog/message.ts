// One message: the header and what follows it, within a bound. It knows nothing of sockets.
//
//   RFC 5424: <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - MSG        PRI = facility × 8 + severity
//   RFC 3164: <PRI>Mmm dd hh:mm:ss HOSTNAME TAG[PID]: MSG                  in local time, the day padded with a space
//
// There is no byte order mark before MSG: parsers of CEF stumble over it, and all of UTF-8 is read without it.
import { hostname } from 'node:os'
import { FACILITIES, SEVERITIES, type SyslogSettings } from './settings.ts'

export type Severity = (typeof SEVERITIES)[number]

/** What is different from message to message. */
export interface About {
  /** Milliseconds since 1970, UTC. */
  readonly time_ms: number
  readonly severity: Severity
  /** Kind of event, or `-`. */
  readonly msgid: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const BYTES_MAX = { tcp: 8192, udp: 2048 }

export class Messages {
  readonly #settings: SyslogSettings
  readonly #facility: number
  readonly #host: string
  readonly #bytes_max: number
  /** Messages that were longer than they may be. */
  cut = 0

  constructor(settings: SyslogSettings) {
    this.#settings = settings
    this.#facility = FACILITIES.indexOf(settings.facility)
    this.#host = settings.hostname ?? printable(hostname())
    this.#bytes_max = settings.message_bytes_max ?? BYTES_MAX[settings.transport]
  }

  /** The message for a frame; line feeds within it become spaces, the one at its end goes. */
  of(frame: Uint8Array, about: About): Buffer {
    const text = this.#settings.header === 'rfc5424' ? this.#rfc5424(about) : this.#rfc3164(about)
    const head = Buffer.from(text, 'latin1')
    const room = this.#bytes_max - head.length
    let end = withoutBreak(frame)
    if (end > room) {
      this.cut++
      end = characterStart(frame, room)
    }
    const message = Buffer.allocUnsafe(head.length + end)
    head.copy(message)
    message.set(frame.subarray(0, end), head.length)
    for (let at = head.length; at < message.length; at++) {
      if (message[at] === LINE_FEED || message[at] === CARRIAGE_RETURN) message[at] = SPACE
    }
    return message
  }

  #priority(severity: Severity): number {
    return this.#facility * 8 + SEVERITIES.indexOf(severity)
  }

  #rfc5424({ time_ms, severity, msgid }: About): string {
    const time = new Date(time_ms).toISOString()
    const who = `${this.#host} ${this.#settings.app_name} ${process.pid} ${msgid}`
    return `<${this.#priority(severity)}>1 ${time} ${who} - `
  }

  #rfc3164({ time_ms, severity }: About): string {
    const time = new Date(time_ms)
    const two = (part: number): string => String(part).padStart(2, '0')
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
    const day = `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock}`
    return `<${this.#priority(severity)}>${day} ${this.#host} ${this.#settings.app_name}[${process.pid}]: `
  }
}

/** Messages back to back, as a stream carries them. */
export function framed(messages: readonly Buffer[], framing: SyslogSettings['framing']): Buffer {
  const pieces = messages.flatMap((message) =>
    framing === 'octets' ? [Buffer.from(`${message.length} `), message] : [message, Buffer.of(LINE_FEED)],
  )
  return Buffer.concat(pieces)
}

function withoutBreak(frame: Uint8Array): number {
  let end = frame.length
  while (end > 0 && (frame[end - 1] === LINE_FEED || frame[end - 1] === CARRIAGE_RETURN)) end--
  return end
}

/** `at`, or the start of the character that lies across it. */
function characterStart(bytes: Uint8Array, at: number): number {
  while (at > 0 && (bytes[at] & 0xc0) === 0x80) at--
  return at
}

function printable(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, 255) || '-'
}
