// What the two ways of sending a request have in common. A receiver's own words are read by nobody: they may repeat
// what we sent.
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
