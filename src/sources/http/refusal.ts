// The ways in which a request is not taken, each with its status. How that is said is up to each protocol.
import type { HttpTrouble } from '../../net/http/call.ts'

interface RefusalKind {
  readonly status: number
  /** The client is told when to come again. */
  readonly again: boolean
  readonly message: string
}

const retryable = (status: number, message: string): RefusalKind => ({ status, again: true, message })
const final = (status: number, message: string): RefusalKind => ({ status, again: false, message })

export const REFUSALS = {
  full: retryable(429, 'too many bytes are in flight'),
  slow: retryable(503, 'the request did not arrive in time'),
  late: retryable(503, 'the request was not delivered in time'),
  undelivered: retryable(503, 'the request was not delivered'),
  stopping: retryable(503, 'the receiver is stopping'),
  malformed: final(400, 'the body is not what its path and content type say'),
  undecodable: final(400, 'the body can not be decompressed'),
  too_large: final(413, 'the request is over message_bytes_max'),
  compression: final(415, 'the compression is none of gzip, deflate, zstd, snappy, lz4'),
  method: final(405, 'the method is not served here'),
  path: final(404, 'nothing is served here'),
  unauthenticated: final(401, 'a valid token, or user and password, is required'),
} as const satisfies Record<HttpTrouble | 'method' | 'path' | 'unauthenticated', RefusalKind>

export type Refusal = keyof typeof REFUSALS
