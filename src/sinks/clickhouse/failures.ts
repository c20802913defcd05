// What ClickHouse's exception codes mean for the rows of an insert. The code is in a header, or begins the answer's
// text (`Code: 60, …`); the rest of the text cites rows and is not read.
import type { HttpAnswer } from '../../net/http_client.ts'
import { NOTHING } from '../../net/http_sink.ts'
import { errorOf, retryAfter_ms, type Verdict, verdictOf } from '../../net/http_verdict.ts'
import type { Remains } from '../../net/parcels.ts'

/**
 * A row can not be read, or does not fit its table: CANNOT_PARSE_TEXT, _QUOTED_STRING, _INPUT_ASSERTION_FAILED, _DATE,
 * _DATETIME, TYPE_MISMATCH, ARGUMENT_OUT_OF_BOUND, CANNOT_PARSE_NUMBER, INCORRECT_DATA, CANNOT_READ_ARRAY_FROM_TEXT,
 * VIOLATED_CONSTRAINT, CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN.
 */
const AT_FAULT: readonly number[] = [6, 26, 27, 38, 41, 53, 69, 72, 117, 130, 469, 349]
/**
 * Somebody has to mend it: NO_SUCH_COLUMN, BAD_ARGUMENTS, UNKNOWN_IDENTIFIER, UNKNOWN_TABLE, SYNTAX_ERROR,
 * UNKNOWN_FORMAT, UNKNOWN_DATABASE, UNKNOWN_SETTING, READONLY, UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD,
 * IP_ADDRESS_NOT_ALLOWED, ACCESS_DENIED, AUTHENTICATION_FAILED.
 */
const NO_ENTRY: readonly number[] = [16, 36, 47, 60, 62, 73, 81, 115, 164, 192, 193, 194, 195, 497, 516]

export function readFailure(answer: HttpAnswer): Remains {
  const code = codeOf(answer)
  if (code === 0 && verdictOf(answer.status) === 'taken') return NOTHING
  const verdict = verdictFor(code, answer.status)
  const status = code > 0 ? `HTTP ${answer.status}, code ${code}` : `HTTP ${answer.status}`
  throw errorOf(verdict, status, retryAfter_ms(answer.headers['retry-after']))
}

function verdictFor(code: number, status: number): Exclude<Verdict, 'taken'> {
  if (AT_FAULT.includes(code)) return 'at_fault'
  if (NO_ENTRY.includes(code)) return 'no_entry'
  // Too many parts, no memory, a table that is read-only for now: any code that is not known says nothing of the rows.
  const byStatus = code > 0 ? 'later' : verdictOf(status)
  return byStatus === 'taken' ? 'later' : byStatus
}

/** 0 when it says none. */
function codeOf({ headers, body }: HttpAnswer): number {
  const header = headers['x-clickhouse-exception-code']
  if (typeof header === 'string' && /^\d+$/.test(header)) return Number(header)
  return Number(/^Code: (\d+)/.exec(body.subarray(0, 32).toString('latin1'))?.[1] ?? 0)
}
