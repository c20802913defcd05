// What the status of a receiver of records means for the records: one table for every sink over HTTP that has no table
// of its own. Of an answer only the status, a delay and codes are read, for its words may repeat what we sent.
import { systemClock } from '../core/clock.ts'
import { SinkError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'

/**
 * - `taken`: it is there for good.
 * - `at_fault`: what was sent is bad, or some of it; the same again is refused again.
 * - `too_large`: less at once may be taken.
 * - `no_entry`: not what was sent is at fault but the token, the path or the receiver's settings: somebody has to mend
 *   them, and until then the batch is kept.
 * - `later`: the same again may be taken.
 */
export type Verdict = 'taken' | 'at_fault' | 'too_large' | 'no_entry' | 'later'

const AT_FAULT: readonly number[] = [400, 409, 422]
const LATER: readonly number[] = [408, 425, 429]

/** RFC 9110 section 15, as APIs that take records use it. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 413) return 'too_large'
  if (AT_FAULT.includes(status)) return 'at_fault'
  return status >= 500 || LATER.includes(status) ? 'later' : 'no_entry'
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). Milliseconds from now. */
export function retryAfter_ms(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at_ms = Date.parse(header)
  return Number.isNaN(at_ms) ? undefined : Math.max(0, at_ms - systemClock.now_ms())
}

/** The receiver says that what it was sent is bad or too large: the same again is refused again. */
export class Unacceptable extends SinkError {
  readonly verdict: 'at_fault' | 'too_large'

  constructor(status: string, verdict: 'at_fault' | 'too_large' = 'at_fault') {
    super('SINK_REFUSED', status, false)
    this.name = 'Unacceptable'
    this.verdict = verdict
  }
}

/** The receiver answered, and did not take it. */
export function refused(status: string, retryable: boolean, retry_after_ms?: number): SinkError {
  return new SinkError('SINK_REFUSED', status, retryable, undefined, retry_after_ms)
}

/** Not what was sent is at fault: the batch is kept until somebody has mended the sink's settings or the receiver's. */
export class NoEntry extends SinkError {
  constructor(status: string) {
    super('SINK_REFUSED', status, true, undefined, LIMITS.no_entry_retry_ms)
    this.name = 'NoEntry'
  }
}

export function timedOut(): SinkError {
  return new SinkError('SINK_TIMEOUT', 'no answer within timeout_ms', true)
}

/** `code` is one of Node or of the client library: ECONNREFUSED. */
export function unreachable(code: string): SinkError {
  return new SinkError('SINK_UNREACHABLE', code, true)
}

/** The error for a verdict that is not `taken`. `status` says what was answered: a number or a code, never a text. */
export function errorOf(verdict: Exclude<Verdict, 'taken'>, status: string, retry_after_ms?: number): SinkError {
  if (verdict === 'later') return refused(status, true, retry_after_ms)
  return verdict === 'no_entry' ? new NoEntry(status) : new Unacceptable(status, verdict)
}
