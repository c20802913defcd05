// Durations and sizes as people write them: `60s`, `5m`, `64MiB`, or plain milliseconds and bytes.
import { z } from 'zod'

const MS_PER: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const BYTES_PER: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

interface Range {
  readonly min: number
  readonly max: number
}

function quantity(range: Range, units: Readonly<Record<string, number>>, plain: string) {
  const names = Object.keys(units).join('|')
  const written = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${names})?$`)
  const wanted = `a whole number of ${plain} from ${range.min} to ${range.max}, or a text with a unit (${names})`
  return z
    .union([z.number(), z.string()])
    .transform((value) => {
      if (typeof value === 'number') return value
      const match = written.exec(value.trim())
      return match === null ? Number.NaN : Math.round(Number(match[1]) * units[match[2] ?? plainUnit(units)])
    })
    .refine((value) => Number.isSafeInteger(value) && value >= range.min && value <= range.max, {
      message: `not ${wanted}`,
    })
}

/** A number without a unit: the first of the table, which is worth one. */
function plainUnit(units: Readonly<Record<string, number>>): string {
  return Object.keys(units)[0]
}

/** Milliseconds: a number, or a text such as `500ms`, `60s`, `5m`, `1h`. */
export function durationMs(range: Range) {
  return quantity(range, MS_PER, 'milliseconds')
}

/** Bytes: a number, or a text such as `64MiB`, `500kB`. */
export function sizeBytes(range: Range) {
  return quantity(range, BYTES_PER, 'bytes')
}
