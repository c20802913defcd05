// The settings that every source of requests has: what it bounds, and how long it waits.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'
import { serverTls } from '../tls.ts'

const bytes = z.int().min(1024)
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

export const requestSettings = {
  unix_mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, { error: 'write an octal mode such as 0660' })
    .default('0660')
    .describe('Mode of a socket file when an address is unix:/path'),
  tls: serverTls.optional().describe('TLS for every connection; absent: none'),
  connections_max: z
    .int()
    .min(1)
    .default(LIMITS.connections_max)
    .describe('Open connections of each listener; more are closed at once'),
  message_bytes_max: bytes
    .max(2 ** 32 - 1)
    .default(LIMITS.request_bytes_max)
    .describe('Bytes of one request, before and after decompression; a larger one is refused for good'),
  in_flight_bytes_max: bytes
    .default(LIMITS.requests_in_flight_bytes_max)
    .describe('Bytes of all requests that are not answered yet; more are refused, with a time to come again'),
  receive_ms_max: milliseconds
    .default(60_000)
    .describe('How long a client may take to send a request; then it is refused, with a time to come again'),
  reply_ms_max: milliseconds
    .default(30_000)
    .describe('How long a request may wait for its delivery; then it is refused, with a time to come again'),
  retry_after_ms: milliseconds
    .default(1000)
    .describe('The time to come again that is told to clients (Retry-After in whole seconds; RetryInfo in gRPC)'),
  idle_ms_max: milliseconds.default(300_000).describe('A connection without requests for this long is closed'),
}

const limits = z.strictObject(requestSettings)

export type RequestLimits = z.infer<typeof limits>

/** For `.refine`: a request that was decompressed is held twice for a moment, and there is to be room beside it. */
export function holdsRequests(settings: RequestLimits): boolean {
  return settings.in_flight_bytes_max >= 3 * settings.message_bytes_max
}

export const HOLDS_REQUESTS = {
  error: 'must hold one whole request, and what it was compressed to, and some more: 3 × message_bytes_max at least',
  path: ['in_flight_bytes_max'],
}
