// What an operator may write about an otlp sink.
import { z } from 'zod'
import { headersSetting } from '../../net/headers.ts'
import { endpointSetting } from '../../net/http_settings.ts'
import { clientTls } from '../../net/tls.ts'

const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

export const otlpSettings = z
  .strictObject({
    endpoint: endpointSetting.describe(
      'Where to send: http://host:port or https://host:port; for HTTP a path may follow, else /v1/logs does',
    ),
    protocol: z.enum(['grpc', 'http']).default('grpc').describe('`http` sends protobuf, too'),
    compression: z.enum(['none', 'gzip']).default('gzip').describe('Compresses each request'),
    headers: headersSetting,
    tls: clientTls.optional().describe('TLS for an endpoint of https://; absent: the roots of Node.js are trusted'),
    request_bytes_max: z
      .int()
      .min(1024)
      .default(4_000_000)
      .describe(
        'Bytes of a request before compression; most receivers refuse more than 4 MiB. One larger record goes alone',
      ),
    connections: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .describe('Connections open at once with `protocol: http`; gRPC sends all over one'),
    timeout_ms: milliseconds.default(30_000).describe('Time for an answer; later the request is sent again'),
  })
  .refine((given) => given.tls === undefined || given.endpoint.startsWith('https:'), {
    error: '`tls` needs an endpoint of https://',
    path: ['tls'],
  })
  .refine((given) => given.protocol === 'http' || new URL(given.endpoint).pathname === '/', {
    error: 'an endpoint for gRPC has no path',
    path: ['endpoint'],
  })

export type OtlpSettings = z.infer<typeof otlpSettings>
