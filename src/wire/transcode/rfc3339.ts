// Reads a time from its bytes, without a string or a Date: logs in JSON have one in each record.

export interface Instant {
  /** Since 1970, UTC. */
  seconds: number
  nanos: number
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

/**
 * `2026-11-21T15:00:00[.fraction](Z|+hh:mm)` (RFC 3339 section 5.6, with a space for the T as it allows). Null when it
 * is another form, or before 1970 or after 2106: an EventTime cannot hold those.
 */
export function parseRfc3339(bytes: Uint8Array, start: number, end: number): Instant | null {
  if (end - start < 20) return null
  const year = digits(bytes, start, 4)
  const month = digits(bytes, start + 5, 2)
  const day = digits(bytes, start + 8, 2)
  const hour = digits(bytes, start + 11, 2)
  const minute = digits(bytes, start + 14, 2)
  const second = digits(bytes, start + 17, 2)
  const separator = bytes[start + 10] | 0x20
  const dashes = bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d
  const colons = bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a
  if (!dashes || !colons || (separator !== 0x74 && separator !== 0x20)) return null
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return null
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return null
  let at = start + 19
  let nanos = 0
  if (bytes[at] === 0x2e) {
    let scale = 1e8
    for (at++; at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39; at++) {
      nanos += (bytes[at] - 0x30) * Math.floor(scale)
      scale /= 10
    }
    if (scale === 1e8) return null
  }
  const zone = zoneSeconds(bytes, at, end)
  if (zone === null) return null
  const leaps = (year - 1969) >> 2
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const century = year > 2100 ? 1 : 0
  const days = (year - 1970) * 365 + leaps - century + DAYS_BEFORE_MONTH[month - 1] + day - 1
  const seconds = (days + (isLeap && month > 2 ? 1 : 0)) * 86_400 + hour * 3600 + minute * 60 + second - zone
  return seconds < 0 || seconds > 0xfffffffd ? null : { seconds, nanos }
}

/** `Z`, `z`, or an offset that ends the text; null for anything else. */
function zoneSeconds(bytes: Uint8Array, at: number, end: number): number | null {
  if (at + 1 === end && (bytes[at] | 0x20) === 0x7a) return 0
  if (at + 6 !== end || bytes[at + 3] !== 0x3a || (bytes[at] !== 0x2b && bytes[at] !== 0x2d)) return null
  const hours = digits(bytes, at + 1, 2)
  const minutes = digits(bytes, at + 4, 2)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null
  return (hours * 3600 + minutes * 60) * (bytes[at] === 0x2d ? -1 : 1)
}

/** The number in `count` digits, or less than 0. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) {
    const digit = bytes[at + i] - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
