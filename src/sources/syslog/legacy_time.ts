// The times of RFC 3164, `Nov 21 07:03:20`: without a year and without a zone. The year is the last one in which
// they are not in the future. Many messages come within one second, so what was said before is remembered.
import type { Clock } from '../../core/clock.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
export const LEGACY_TIME_BYTES = 15
/** Clocks are ahead, and zones are wrong; more than that is last year. */
const AHEAD_MS_MAX = 7 * 24 * 3_600_000
/** There is a February 29 within so many years. */
const LEAP_YEARS = 8
const REMEMBERED_MAX = 256
/** After that, a time may be one of another year. */
const REMEMBERED_MS = 60_000

export class LegacyTime {
  private readonly clock: Clock
  /** Null: that of this process. */
  private readonly offset_ms: number | null
  private readonly known = new Map<string, Buffer | null>()
  private knownSince_ms = 0
  /** What was read last, and what it was. */
  private readonly last = new Uint8Array(LEGACY_TIME_BYTES)
  private lastTime: Buffer | null = null

  /** `timezone`: `local`, `Z` or an offset. */
  constructor(timezone: string, clock: Clock) {
    this.clock = clock
    this.offset_ms = timezone === 'local' ? null : offsetOf(timezone)
  }

  /** The time in the 15 bytes at `at` in RFC 3339 (UTC), or null when they are none. */
  read(bytes: Uint8Array, at: number): Buffer | null {
    if (this.isLast(bytes, at)) return this.lastTime
    const now_ms = this.clock.now_ms()
    if (this.known.size >= REMEMBERED_MAX || Math.abs(now_ms - this.knownSince_ms) > REMEMBERED_MS) {
      this.known.clear()
      this.knownSince_ms = now_ms
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, LEGACY_TIME_BYTES).toString('latin1')
    let time = this.known.get(text)
    if (time === undefined) {
      time = this.parse(text, now_ms)
      this.known.set(text, time)
    }
    this.last.set(bytes.subarray(at, at + LEGACY_TIME_BYTES))
    this.lastTime = time
    return time
  }

  private isLast(bytes: Uint8Array, at: number): boolean {
    if (this.lastTime === null) return false
    for (let n = LEGACY_TIME_BYTES - 1; n >= 0; n--) if (bytes[at + n] !== this.last[n]) return false
    return true
  }

  private parse(text: string, now_ms: number): Buffer | null {
    const parts = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)$/.exec(text)
    const month = MONTHS.indexOf(parts?.[1] ?? '')
    if (parts === null || month < 0) return null
    const [day, hour, minute, second] = parts.slice(2).map(Number)
    if (day < 1 || hour > 23 || minute > 59 || second > 60) return null
    const year = new Date(now_ms).getUTCFullYear()
    for (let candidate = year + 1; candidate >= year - LEAP_YEARS; candidate--) {
      const time_ms = this.instant(candidate, month, day, hour, minute, second)
      if (time_ms === null || time_ms > now_ms + AHEAD_MS_MAX) continue
      return Buffer.from(new Date(time_ms).toISOString().replace('.000Z', 'Z'))
    }
    return null
  }

  /** Null: that year has no such day. */
  private instant(
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
  ): number | null {
    if (new Date(Date.UTC(year, month, day)).getUTCMonth() !== month) return null
    if (this.offset_ms === null) return new Date(year, month, day, hour, minute, second).getTime()
    return Date.UTC(year, month, day, hour, minute, second) - this.offset_ms
  }
}

function offsetOf(timezone: string): number {
  if (timezone === 'Z') return 0
  const [hours, minutes] = timezone.slice(1).split(':').map(Number)
  return (timezone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
