// What an operator may write about an otlp_census sink.
import { z } from 'zod'
import { exporterTls } from '../../net/exporter.ts'
import { headersSetting } from '../../net/headers.ts'

export const otlpCensusSettings = z
  .strictObject({
    endpoint: z
      .string()
      .refine(isEndpoint, { error: 'write http://host:port or https://host:port' })
      .describe('Where to send, over gRPC: http://host:port, or https://host:port for TLS'),
    compression: z.enum(['none', 'gzip']).default('gzip').describe('Compresses each request'),
    headers: headersSetting,
    tls: exporterTls,
    timeout_ms: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .default(10_000)
      .describe('Time for an answer; later the counts are sent again'),
  })
  .refine((given) => given.tls === undefined || given.endpoint.startsWith('https:'), {
    error: '`tls` needs an endpoint of https://',
    path: ['tls'],
  })

export type OtlpCensusSettings = z.infer<typeof otlpCensusSettings>

function isEndpoint(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { hostname, username, pathname, search, hash } = new URL(text)
  return hostname !== '' && username === '' && pathname === '/' && search === '' && hash === ''
}
