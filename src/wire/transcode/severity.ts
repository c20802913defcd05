// How bad a record is, from what its writer said: the severity numbers of the OpenTelemetry log data model (1 to 24).

const decoder = new TextDecoder('latin1')

/** Members of a record that say it, best first. */
const NAMES = [
  'severity_text',
  'severitytext',
  'severity',
  'level',
  'log.level',
  'log_level',
  'loglevel',
  'levelname',
  'lvl',
  '@level',
]
const RANKS: ReadonlyMap<string, number> = new Map(NAMES.map((name, rank) => [name, rank]))
const NAME_BYTES_MAX = Math.max(...NAMES.map((name) => name.length))
/** By length: letters that a name of it begins with. Most names of records are told apart by that. */
const BEGINNINGS = Array.from({ length: NAME_BYTES_MAX + 1 }, (_, length) => {
  const names = NAMES.filter((name) => name.length === length)
  return new Set(names.flatMap((name) => [name.charCodeAt(0), name.toUpperCase().charCodeAt(0)]))
})

/** Table of the data model's appendix, and what loggers call them besides. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    trace: 1,
    verbose: 1,
    finest: 1,
    debug: 5,
    dbug: 5,
    d: 5,
    fine: 5,
    info: 9,
    information: 9,
    informational: 9,
    i: 9,
    notice: 10,
    warn: 13,
    warning: 13,
    w: 13,
    error: 17,
    err: 17,
    eror: 17,
    e: 17,
    severe: 17,
    critical: 18,
    crit: 18,
    alert: 19,
    fatal: 21,
    f: 21,
    panic: 21,
    emerg: 21,
    emergency: 21,
  }),
)
const NUMBER_BYTES_MAX = 13
/** Members that pino and bunyan fill with 10 (trace) to 60 (fatal). */
const NUMERIC_STEP = 10

/** Place of the name in the list, or -1. */
export function severityRank(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length > NAME_BYTES_MAX || !BEGINNINGS[length].has(bytes[start])) return -1
  return RANKS.get(decoder.decode(bytes.subarray(start, end)).toLowerCase()) ?? -1
}

/** 0 when the text is none that is known. */
export function severityOfText(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > NUMBER_BYTES_MAX) return 0
  return NUMBERS.get(decoder.decode(bytes.subarray(start, end)).toLowerCase()) ?? 0
}

export function severityOfNumber(value: number): number {
  const step = value / NUMERIC_STEP
  return Number.isInteger(step) && step >= 1 && step <= 6 ? (step - 1) * 4 + 1 : 0
}
