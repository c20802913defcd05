// What the two ways of sending a request have in common: what they resolve with, and the errors that they reject with.
// A receiver's own words are read by nobody: they may repeat what we sent.
import { SinkError } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import { Fields, Wire } from '../../net/protobuf.ts'

/** Sends one ExportLogsServiceRequest and resolves with the bytes of its response. Rejects with a SinkError. */
export interface Exchange {
  send(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  close(): void
}

/** What a response says besides that the request was taken. */
export interface Response {
  readonly rejected_records: number
  /** It has words for people, which are a warning when no record was rejected. */
  readonly warns: boolean
  /** It is no ExportLogsServiceResponse. */
  readonly unreadable: boolean
}

//   Response ::= partial_success=1 { rejected_log_records=1 varint, error_message=2 string }
export function readResponse(bytes: Uint8Array): Response {
  let rejected_records = 0
  let warns = false
  const outer = new Fields(bytes)
  while (outer.next()) {
    if (outer.number !== 1 || outer.wire !== Wire.bytes) continue
    const inner = new Fields(outer.content())
    while (inner.next()) {
      // A negative one looks like a number over 2^63.
      if (inner.number === 1 && inner.wire === Wire.varint) rejected_records = inner.asNumber()
      if (inner.number === 2 && inner.wire === Wire.bytes) warns = inner.end > inner.start
    }
  }
  return { rejected_records: rejected_records < 2 ** 53 ? rejected_records : 0, warns, unreadable: outer.broken }
}

/** The operator's headers, their names in lower case: the same one in two cases would be sent twice. */
export function commonHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { 'user-agent': `logveil/${version()}`, ...Object.fromEntries(lower) }
}

/** The receiver says that this request is at fault, and not the sender, the place or the time. */
export class Unacceptable extends SinkError {
  constructor(status: string) {
    super('SINK_REFUSED', status, false)
    this.name = 'Unacceptable'
  }
}

/** The receiver answered, and did not take it. */
export function refused(status: string, retryable: boolean, retry_after_ms?: number): SinkError {
  return new SinkError('SINK_REFUSED', status, retryable, undefined, retry_after_ms)
}

export function timedOut(): SinkError {
  return new SinkError('SINK_TIMEOUT', 'no answer within timeout_ms', true)
}

/** `code` is one of Node or of the client library: ECONNREFUSED. */
export function unreachable(code: string): SinkError {
  return new SinkError('SINK_UNREACHABLE', code, true)
}
