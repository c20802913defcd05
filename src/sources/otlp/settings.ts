// What an operator may write about an otlp source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'
import { addressSetting } from '../../net/address.ts'
import { HOLDS_REQUESTS, holdsRequests, requestSettings } from '../../net/intake/settings.ts'

export const otlpSettings = z
  .strictObject({
    grpc: addressSetting
      .optional()
      .describe('Where to listen for OTLP/gRPC, usually port 4317: host:port, [ipv6]:port or unix:/path'),
    http: addressSetting
      .optional()
      .describe('Where to listen for OTLP/HTTP (POST /v1/logs, protobuf and JSON), usually port 4318'),
    bearer_tokens: z
      .array(z.string().min(1))
      .default([])
      .describe('Tokens of which a client must send one (Authorization: Bearer …); write each as ${ENV} or ${file:…}'),
    streams_max: z
      .int()
      .min(1)
      .default(LIMITS.otlp_streams_max)
      .describe('Requests at once on one gRPC connection; its client keeps the others waiting'),
    ...requestSettings,
  })
  .refine((settings) => settings.grpc !== undefined || settings.http !== undefined, {
    error: 'give `grpc`, `http` or both',
    path: ['grpc'],
  })
  .refine(holdsRequests, HOLDS_REQUESTS)

export type OtlpSettings = z.infer<typeof otlpSettings>
