// The ways in which a request is not taken, each with its gRPC code and HTTP status (OTLP specification, "Failures").
// Which of them a client may repeat is said here once: a Collector drops for good what it may not repeat.
import { Rpc } from '../../net/rpc_status.ts'

interface RefusalKind {
  readonly rpc: number
  readonly http: number
  /** The client is told when to come again. */
  readonly again: boolean
  readonly message: string
}

const retryable = (message: string): RefusalKind => ({ rpc: Rpc.unavailable, http: 503, again: true, message })
const final = (rpc: number, http: number, message: string): RefusalKind => ({ rpc, http, again: false, message })

export const REFUSALS = {
  full: retryable('too many bytes are in flight'),
  slow: retryable('the request did not arrive in time'),
  late: retryable('the request was not delivered in time'),
  undelivered: retryable('the request was not delivered'),
  stopping: retryable('the receiver is stopping'),
  malformed: final(Rpc.invalid_argument, 400, 'the body is no ExportLogsServiceRequest'),
  truncated: final(Rpc.invalid_argument, 400, 'the request ended before its message did'),
  undecodable: final(Rpc.invalid_argument, 400, 'the body can not be decompressed'),
  many_messages: final(Rpc.unimplemented, 400, 'exactly one message is expected'),
  too_large: final(Rpc.resource_exhausted, 413, 'the request is over message_bytes_max'),
  compression: final(Rpc.unimplemented, 415, 'the compression is none of gzip, deflate, zstd, snappy, lz4'),
  media_type: final(Rpc.invalid_argument, 415, 'the content type must be application/x-protobuf or application/json'),
  method: final(Rpc.unimplemented, 405, 'only POST is served'),
  path: final(Rpc.not_found, 404, 'only /v1/logs is served'),
  unauthenticated: final(Rpc.unauthenticated, 401, 'a valid bearer token is required'),
} as const satisfies Record<string, RefusalKind>

export type Refusal = keyof typeof REFUSALS
