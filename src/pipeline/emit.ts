// Owns how an event becomes a counter and a log line, in one call. Every event is counted; the log repeats itself only
// so often. Facts are short and never bytes of a record: whoever emits answers for that.
import { type Logger, pino } from 'pino'
import type { Clock } from '../core/clock.ts'
import type { Emit, Facts } from '../core/events.ts'

/** Lines that one event of one component may write in a period; the next period says how many were left out. */
const LINES_MAX = 10
const PERIOD_MS = 10_000

export interface EmitOptions {
  readonly logger: Logger
  readonly clock: Clock
  count(component: string, event: string, facts?: Facts): void
}

interface Period {
  since_ms: number
  lines: number
  left_out: number
}

export function stderrLogger(level: string): Logger {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}

/** Makes the `emit` of each component. */
export function createEmits(options: EmitOptions): (component: string) => Emit {
  const { logger, clock } = options
  // Components and event names are written in the settings and the code, so this stays small.
  const periods = new Map<string, Period>()
  return (component) => (level, name, message, facts) => {
    options.count(component, name, facts)
    if (!logger.isLevelEnabled(level)) return
    const key = `${component} ${name}`
    const now = clock.steady_ms()
    let period = periods.get(key)
    if (!period || now - period.since_ms >= PERIOD_MS) {
      const left_out = period?.left_out ?? 0
      period = { since_ms: now, lines: 0, left_out: 0 }
      periods.set(key, period)
      if (left_out > 0) facts = { ...facts, left_out }
    }
    if (period.lines++ < LINES_MAX) logger[level]({ component, event: name, ...facts }, message)
    else period.left_out++
  }
}
