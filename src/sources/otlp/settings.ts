// What an operator may write about an otlp source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'
import { addressSetting } from '../../net/address.ts'
import { serverTls } from '../../net/tls.ts'

const bytes = z.int().min(1024)
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

export const otlpSettings = z
  .strictObject({
    grpc: addressSetting
      .optional()
      .describe('Where to listen for OTLP/gRPC, usually port 4317: host:port, [ipv6]:port or unix:/path'),
    http: addressSetting
      .optional()
      .describe('Where to listen for OTLP/HTTP (POST /v1/logs, protobuf and JSON), usually port 4318'),
    unix_mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, { error: 'write an octal mode such as 0660' })
      .default('0660')
      .describe('Mode of a socket file when an address is unix:/path'),
    tls: serverTls.optional().describe('TLS for both; absent: none'),
    bearer_tokens: z
      .array(z.string().min(1))
      .default([])
      .describe('Tokens of which a client must send one (Authorization: Bearer …); write each as ${ENV} or ${file:…}'),
    connections_max: z
      .int()
      .min(1)
      .default(LIMITS.connections_max)
      .describe('Open connections of each listener; more are closed at once'),
    streams_max: z
      .int()
      .min(1)
      .default(LIMITS.otlp_streams_max)
      .describe('Requests at once on one gRPC connection; its client keeps the others waiting'),
    message_bytes_max: bytes
      .max(2 ** 32 - 1)
      .default(LIMITS.otlp_message_bytes_max)
      .describe('Bytes of one request, before and after decompression; a larger one is refused for good'),
    in_flight_bytes_max: bytes
      .default(LIMITS.otlp_in_flight_bytes_max)
      .describe('Bytes of all requests that are not answered yet; more are refused, with a time to come again'),
    receive_ms_max: milliseconds
      .default(60_000)
      .describe('How long a client may take to send a request; then it is refused, with a time to come again'),
    reply_ms_max: milliseconds
      .default(30_000)
      .describe('How long a request may wait for its delivery; then it is refused, with a time to come again'),
    retry_after_ms: milliseconds
      .default(1000)
      .describe('The time to come again that is told to clients (RetryInfo, Retry-After in whole seconds)'),
    idle_ms_max: milliseconds.default(300_000).describe('A connection without requests for this long is closed'),
  })
  .refine((settings) => settings.grpc !== undefined || settings.http !== undefined, {
    error: 'give `grpc`, `http` or both',
    path: ['grpc'],
  })
  .refine((settings) => settings.in_flight_bytes_max >= 3 * settings.message_bytes_max, {
    error: 'must hold one whole request, and what it was compressed to, and some more: 3 × message_bytes_max at least',
    path: ['in_flight_bytes_max'],
  })

export type OtlpSettings = z.infer<typeof otlpSettings>
