// Days of the calendar, as numbers of people carry them.
import { numberAt } from './symbols.ts'

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= DAYS[month - 1] + (month === 2 && isLeap ? 1 : 0)
}

/** Two digits each, at `at`; the century is not known, so that 29 February needs a year that four divides. */
export function isYearMonthDay(values: Uint8Array, at: number): boolean {
  return isDate(2000 + numberAt(values, at, at + 2), numberAt(values, at + 2, at + 4), numberAt(values, at + 4, at + 6))
}

export function isDayMonthYear(values: Uint8Array, at: number): boolean {
  return isDate(2000 + numberAt(values, at + 4, at + 6), numberAt(values, at + 2, at + 4), numberAt(values, at, at + 2))
}

/** Eight digits, a year in which somebody who lives may have been born. */
export function isBirthDate(values: Uint8Array, at: number): boolean {
  const year = numberAt(values, at, at + 4)
  if (year < 1900 || year > 2099) return false
  return isDate(year, numberAt(values, at + 4, at + 6), numberAt(values, at + 6, at + 8))
}
