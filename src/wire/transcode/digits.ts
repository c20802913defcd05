// Numbers and times as ASCII, written straight into an Output: no string is made for an integer or a time.
import type { Output } from './output.ts'

const ZERO = 0x30

/** A safe integer in decimal. */
export function writeInt(out: Output, value: number): void {
  out.reserve(20)
  if (value < 0) {
    out.bytes[out.used++] = 0x2d
    value = -value
  }
  if (value < 10) {
    out.bytes[out.used++] = ZERO + value
    return
  }
  let width = 2
  for (let limit = 100; value >= limit; limit *= 10) width++
  writePadded(out, value, width)
}

/** `value` in exactly `width` digits. */
export function writePadded(out: Output, value: number, width: number): void {
  out.reserve(width)
  const { bytes } = out
  let at = out.used + width
  out.used = at
  // Division of a 32-bit integer is many times cheaper than that of a double.
  while (value > 0x7fffffff) {
    const rest = Math.floor(value / 10)
    bytes[--at] = ZERO + (value - rest * 10)
    value = rest
    width--
  }
  let small = value | 0
  for (; width > 0; width--) {
    const rest = (small / 10) | 0
    bytes[--at] = ZERO + (small - rest * 10)
    small = rest
  }
}

/** A 64-bit magnitude cut in three decimal limbs: `top` * 1e12 + `middle` * 1e6 + `bottom`. */
export const limbs = { top: 0, middle: 0, bottom: 0 }

/** Cuts high * 2^32 + low. Each step stays below 2^53, so it is exact without BigInt. */
export function cutWide(high: number, low: number): void {
  const upper = Math.floor(high / 1e6)
  const value = (high - upper * 1e6) * 0x100000000 + low
  const lower = Math.floor(value / 1e6)
  limbs.bottom = value - lower * 1e6
  const rest = upper * 0x100000000 + lower
  limbs.top = Math.floor(rest / 1e6)
  limbs.middle = rest - limbs.top * 1e6
}

export function writeWide(out: Output, high: number, low: number, negative: boolean): void {
  cutWide(high, low)
  const { top, middle, bottom } = limbs
  if (negative) out.push(0x2d)
  if (top > 0) {
    writeInt(out, top)
    writePadded(out, middle, 6)
    writePadded(out, bottom, 6)
  } else {
    writeInt(out, middle * 1e6 + bottom)
  }
}

/** The last second that RFC 3339 can write: 9999-12-31T23:59:59Z. */
export const LAST_SECOND = 253_402_300_799

let cachedDay = -1
const cachedDate = new Uint8Array(11)

/** RFC 3339 in UTC with nine digits of fraction, in quotes. `seconds` lies in 0..LAST_SECOND. */
export function writeTime(out: Output, seconds: number, nanos: number): void {
  const day = Math.floor(seconds / 86_400)
  if (day !== cachedDay) cacheDate(day)
  const second = seconds - day * 86_400
  out.reserve(32)
  out.push(0x22)
  out.append(cachedDate)
  writePadded(out, (second / 3600) | 0, 2)
  out.push(0x3a)
  writePadded(out, ((second / 60) | 0) % 60, 2)
  out.push(0x3a)
  writePadded(out, second % 60, 2)
  out.push(0x2e)
  writePadded(out, nanos, 9)
  out.push(0x5a)
  out.push(0x22)
}

/** `2026-11-21T`. Days to civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function cacheDate(day: number): void {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const date = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const parts = [year / 1000, (year / 100) % 10, (year / 10) % 10, year % 10, -3, month / 10, month % 10, -3]
  parts.push(date / 10, date % 10, 0x54 - ZERO)
  for (let at = 0; at < parts.length; at++) cachedDate[at] = ZERO + Math.trunc(parts[at])
  cachedDay = day
}
